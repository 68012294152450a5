/**
 * Bytes → JSON values, one at a time, whatever separates them: one document (pretty-printed or not), one value a line,
 * values back to back, or the elements of one array (also one whose `]` never came).
 *
 * A line that parses is one value; that is the fast way and the usual one. Otherwise brackets are counted.
 */

import { type ImportContext, Unreadable } from './importer.ts'
import { cutJson } from './json-cut.ts'
import { parseJson } from './json-parse.ts'
import { decode, decodeText, isSpace, ValueScanner } from './json-scan.ts'

export interface JsonItem {
  readonly value: unknown
  /** Line of its first byte, from 1. */
  readonly line: number
}

/** A faster way to read the value that begins these bytes: its length when it was read, and then it is not yielded; else -1. */
export type ValueScan = (value: Uint8Array, line: number) => number

const newline = 0x0a
/** Last bytes of a line whose value goes on in the next: `[ , : {` */
const goesOn = new Set([0x5b, 0x2c, 0x3a, 0x7b])
/** How much is scanned before other work may run. */
const breathBytes = 1 << 20
/** Below V8's longest string (536,870,888), above which Chromium's TextDecoder silently returns "". */
const maxValueBytes = 500_000_000

/**
 * Yields every value that can be read; what cannot is counted as `bad-line` or `truncated-tail`. `unwrapped` turns a
 * line that is not JSON as it stands (a container's log prefix) into its bytes, or null.
 */
export async function* jsonValues(
  bytes: AsyncIterable<Uint8Array>,
  context: ImportContext,
  unwrapped: (line: Uint8Array) => Uint8Array | null = () => null,
  scan: ValueScan = () => -1,
): AsyncGenerator<JsonItem> {
  const { issues } = context.builder
  const buffer = new Gathered()
  let rest = buffer.bytes
  let line = 1
  let scanner: ValueScanner | null = null
  let scanned = 0
  let inFirstLine = false
  let first = true
  let arrays = 0
  let lineMode = false
  let done = false
  let cutAt = context.pieceBytes
  const chunks = bytes[Symbol.asyncIterator]()
  const pending: Uint8Array[] = []
  let pendingBytes = 0

  const tryParse = (part: Uint8Array): unknown => {
    let repaired = false
    const text = decodeText(part, () => {
      repaired = true
    })
    const value = tryParseText(text)
    if (repaired && value !== undefined) issues.add('bad-utf8', () => context.place(line))
    return value
  }
  const badLine = (text: Uint8Array, why: string): void =>
    issues.add('bad-line', () => `${context.place(line)}: ${why}: ${decode(text.subarray(0, 80))}`)

  while (!done || rest.length > 0) {
    const chunk = done ? undefined : await chunks.next()
    if (chunk?.done) done = true
    if (chunk && !chunk.done) {
      // Tiny chunks are collected, so that a long value is not copied once per chunk.
      pending.push(chunk.value)
      pendingBytes += chunk.value.length
      if (rest.length > pendingBytes * 4 && pendingBytes < 1 << 20) continue
    }
    if (pending.length > 0) {
      rest = buffer.append(rest, pending, pendingBytes)
      pending.length = 0
      pendingBytes = 0
    }
    await context.breathe()
    if (first && rest.length >= 3) {
      if (rest[0] === 0xef && rest[1] === 0xbb && rest[2] === 0xbf) rest = rest.subarray(3)
      first = false
    } else if (first && !done) continue
    let at = 0
    let breathedAt = 0
    const newlines = new NextNewline(rest)
    for (;;) {
      if (!scanner) {
        // Between values.
        while (
          at < rest.length &&
          (isSpace(rest[at]!) || rest[at] === 0x2c || (arrays > 0 && rest[at] === 0x5d))
        ) {
          if (rest[at] === newline) line++
          if (rest[at] === 0x5d) arrays--
          at++
        }
        if (at === rest.length) break
        const byte = rest[at]!
        if (byte === 0x5b) {
          // Elements of an array come one by one, also those of arrays of arrays.
          arrays++
          at++
          continue
        }
        if (byte === 0x7b) {
          const lineEnd = newlines.from(at)
          // Lines are worth waiting for.
          if (lineEnd === -1 && lineMode && !done) break
          const length =
            lineEnd === -1 && !done
              ? -1
              : scan(rest.subarray(at, lineEnd === -1 ? rest.length : lineEnd), line)
          if (length !== -1) {
            at += length
            lineMode = true
            if (at - breathedAt > breathBytes) {
              breathedAt = at
              await context.breathe()
            }
            continue
          }
        }
        const lineEnd = newlines.from(at)
        if (byte !== 0x7b) {
          if (lineEnd === -1 && !done) break
          const end = lineEnd === -1 ? rest.length : lineEnd
          const inner = unwrapped(rest.subarray(at, end))
          const value = inner === null ? undefined : tryParse(inner)
          if (value !== undefined) yield { value, line }
          else badLine(rest.subarray(at, end), 'not JSON')
          at = end
          continue
        }
        if (lineEnd !== -1 && lastByte(rest, at, lineEnd) === 0x7d) {
          const value = tryParse(rest.subarray(at, lineEnd))
          if (value !== undefined) {
            yield { value, line }
            lineMode = true
            at = lineEnd
            continue
          }
        }
        scanner = new ValueScanner()
        scanned = at
        inFirstLine = true
      }
      // A broken line must not swallow the good ones after it, so its newline is looked at before going on.
      const lineEnd = inFirstLine ? newlines.from(scanned) : -1
      const end = scanner.end(lineEnd === -1 ? rest : rest.subarray(0, lineEnd), scanned)
      if (end === -1) {
        scanned = lineEnd === -1 ? rest.length : lineEnd
        if (lineEnd === -1 || (lineEnd + 1 === rest.length && !done)) break
        inFirstLine = false
        const begins = rest[lineEnd + 1] === 0x7b && (lineMode || !goesOn.has(lastByte(rest, at, lineEnd)))
        if (begins || scanner.inString) {
          badLine(rest.subarray(at, lineEnd), 'broken JSON')
          at = lineEnd
          scanner = null
        }
        continue
      }
      if (inFirstLine) lineMode = true
      if (scan(rest.subarray(at, end), line) === end - at) {
        line += countLines(rest, at, end)
        at = end
        scanner = null
        continue
      }
      const value = tryParse(rest.subarray(at, end))
      if (value === undefined) {
        badLine(rest.subarray(at, end), 'broken JSON')
        const firstEnd = newlines.from(at)
        at = firstEnd === -1 || firstEnd > end ? end : firstEnd
      } else {
        yield { value, line }
        line += countLines(rest, at, end)
        at = end
      }
      scanner = null
    }
    rest = rest.subarray(at)
    scanned -= at
    if (rest.length > cutAt && rest[0] === 0x7b) {
      const cut = cutJson(rest, true)
      // Looked for again when there is twice as much, so that looking stays cheap.
      cutAt = Math.max(context.pieceBytes, (cut ? rest.length - cut.at : rest.length) * 2)
      // At the very end nobody knows yet what follows.
      if (cut && cut.at < rest.length) {
        if (scan(cut.piece, line) === -1) {
          const value = tryParse(cut.piece)
          if (value === undefined) badLine(cut.piece, 'broken JSON')
          else yield { value, line }
        }
        line += countLines(rest, 0, cut.at)
        // The frame is shorter than what it stands for.
        const from = cut.at - cut.frame.length
        rest.set(cut.frame, from)
        rest = rest.subarray(from)
        inFirstLine ||= scanner === null
        scanner = new ValueScanner()
        scanned = 0
      }
    }
    if (rest.length > maxValueBytes) {
      throw new Unreadable(
        `a JSON value of more than ${maxValueBytes} bytes that cannot be read in pieces begins at line ${line}; write it as JSON lines (one request a line)`,
      )
    }
    if (done) {
      if (rest.length > 0) {
        const cut = cutJson(rest, false)
        const value = cut ? tryParse(cut.piece) : undefined
        issues.add('truncated-tail', () => `${context.place(line)}: the file ends inside a JSON value`)
        if (value !== undefined) yield { value, line }
      }
      return
    }
  }
}

function tryParseText(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

function lastByte(bytes: Uint8Array, from: number, to: number): number {
  let at = to - 1
  while (at > from && isSpace(bytes[at]!)) at--
  return bytes[at]!
}

function countLines(bytes: Uint8Array, from: number, to: number): number {
  const part = bytes.subarray(from, to)
  let lines = 0
  for (let at = part.indexOf(newline); at !== -1; at = part.indexOf(newline, at + 1)) lines++
  return lines
}

/** Newlines of a buffer, asked for in rising order: one scan in all, however many values a line holds. */
class NextNewline {
  readonly #bytes: Uint8Array
  #at = -2

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Index of the first newline at or after `from`, -1 when there is none. */
  from(from: number): number {
    if (this.#at === -1 || this.#at >= from) return this.#at
    this.#at = this.#bytes.indexOf(newline, from)
    return this.#at
  }
}

/** What was read but not used yet, in one buffer that is used again. */
class Gathered {
  all = new Uint8Array(0)
  bytes: Uint8Array = this.all.subarray(0, 0)

  /** `rest` (a part of this buffer, or nothing) followed by the chunks. */
  append(rest: Uint8Array, chunks: readonly Uint8Array[], chunkBytes: number): Uint8Array {
    const length = rest.length + chunkBytes
    if (length > this.all.length) {
      const larger = new Uint8Array(Math.ceil(length * 1.5))
      larger.set(rest)
      this.all = larger
    } else this.all.copyWithin(0, rest.byteOffset, rest.byteOffset + rest.length)
    let at = rest.length
    for (const chunk of chunks) {
      this.all.set(chunk, at)
      at += chunk.length
    }
    this.bytes = this.all.subarray(0, length)
    return this.bytes
  }
}
