/**
 * Bytes → JSON values, one at a time, whatever separates them: one document (pretty-printed or not), one value a line,
 * values back to back, or the elements of one array (also one whose `]` never came).
 *
 * A line that parses is one value; that is the fast way and the usual one. Otherwise brackets are counted.
 */

import { type ImportContext, Unreadable } from '../importer.ts'
import { cutJson } from './json-cut.ts'
import { parseJson } from './json-parse.ts'
import { decode, decodeText, isSpace, ValueScanner } from './json-scan.ts'
import { JsonWindow } from './json-window.ts'

export interface JsonItem {
  readonly value: unknown
  /** Line of its first byte, from 1. */
  readonly line: number
}

/** A faster way to read values; what it reads is not yielded. */
export interface FastReader {
  /** Reads as many values as it can, each on one line, from `from` on; `to` is the end of a line, or of all. */
  lines(bytes: Uint8Array, from: number, to: number, line: number): ReadLines
  /** Reads the value that these bytes are; false when it cannot, and then it has added nothing. */
  value(bytes: Uint8Array, line: number): boolean
}

export interface ReadLines {
  /** Where what was read ends; `from` when nothing was. */
  readonly end: number
  /** How many line ends are in it. */
  readonly newlines: number
}

const newline = 0x0a
const comma = 0x2c
const openList = 0x5b
const closeList = 0x5d
const openObject = 0x7b
const closeObject = 0x7d
/** Last bytes of a line whose value goes on in the next: `[ , : {` */
const goesOn = new Set([openList, comma, 0x3a, openObject])
/** Larger chunks are read in parts: what is near is quick, and other work may run in between. */
const partBytes = 1 << 18
/** Less than this is not looked at every time while a long value comes in. */
const fewBytes = 1 << 20
/** A list of spans without a scope before it waits for one behind it until this many pieces are there. */
const scopePieces = 4
/** Below V8's longest string (536,870,888), above which Chromium's TextDecoder silently returns "". */
const maxValueBytes = 500_000_000

const noReader: FastReader = { lines: (_bytes, from) => ({ end: from, newlines: 0 }), value: () => false }

/**
 * Yields every value that can be read; what cannot is counted as `bad-line` or `truncated-tail`. `unwrapped` turns a
 * line that is not JSON as it stands (a container's log prefix) into its bytes, null when it holds none, none when it goes
 * on in the next one.
 */
export async function* jsonValues(
  bytes: AsyncIterable<Uint8Array>,
  context: ImportContext,
  unwrapped: (line: Uint8Array) => Uint8Array | null = () => null,
  fast = noReader,
): AsyncGenerator<JsonItem> {
  const cutter = new ValueCutter(context, unwrapped, fast)
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; at += partBytes) {
      if (!cutter.append(chunk.subarray(at, at + partBytes))) continue
      await context.breathe()
      yield* cutter.values(false)
    }
  }
  yield* cutter.values(true)
}

/** What a step found: a value to yield, that it went on, or that it needs more bytes. */
type Step = JsonItem | 'on' | 'more'

class ValueCutter {
  readonly #context: ImportContext
  readonly #unwrapped: (line: Uint8Array) => Uint8Array | null
  readonly #fast: FastReader
  readonly #window = new JsonWindow()
  /** Bytes that came since the last look. */
  #fresh = 0
  #begun = false
  #done = false
  /** What is looked at, and how far. */
  #bytes: Uint8Array = this.#window.bytes
  #newlines = new NextNewline(this.#bytes)
  #at = 0
  /** Line of `#at`. */
  #line = 1
  /** Open arrays around the values. */
  #arrays = 0
  /** A value on a line of its own was seen. */
  #lineMode = false
  /** Counts the brackets of a value that is not a line, up to `#counted`. */
  #counter: ValueScanner | null = null
  #counted = 0
  #inFirstLine = false
  #cutAt: number

  constructor(context: ImportContext, unwrapped: (line: Uint8Array) => Uint8Array | null, fast: FastReader) {
    this.#context = context
    this.#unwrapped = unwrapped
    this.#fast = fast
    this.#cutAt = context.pieceBytes
  }

  /** Takes bytes; false when it is too early to look at them. */
  append(chunk: Uint8Array): boolean {
    const waiting = this.#window.bytes.length
    this.#window.append(chunk)
    this.#fresh += chunk.length
    const known = waiting + chunk.length - this.#fresh
    return known <= this.#fresh * 4 || this.#fresh >= fewBytes
  }

  /** Values that are complete; with `done`, all that are left. */
  *values(done: boolean): Generator<JsonItem> {
    this.#fresh = 0
    this.#done = done
    if (!this.#begin()) return
    this.#bytes = this.#window.bytes
    this.#newlines = new NextNewline(this.#bytes)
    this.#at = 0
    for (let step = this.#step(); step !== 'more'; step = this.#step()) if (step !== 'on') yield step
    this.#window.drop(this.#at)
    this.#counted -= this.#at
    yield* this.#cut()
    yield* this.#end()
  }

  /** Skips a byte order mark; false when there may be one to come. */
  #begin(): boolean {
    const { bytes } = this.#window
    if (this.#begun) return true
    if (bytes.length < 3 && !this.#done) return false
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.#window.drop(3)
    this.#begun = true
    return true
  }

  #step(): Step {
    return this.#counter ? this.#across(this.#counter) : this.#between()
  }

  /** Between values. */
  #between(): Step {
    const bytes = this.#bytes
    if (!this.#skipSeparators()) return 'more'
    const at = this.#at
    if (bytes[at] === openList) {
      // Elements of an array come one by one, also those of arrays of arrays.
      this.#arrays++
      this.#at++
      return 'on'
    }
    if (bytes[at] === openObject && this.#readFast()) return 'on'
    const lineEnd = this.#newlines.from(at)
    const unfinished = lineEnd === -1 && !this.#done
    if (bytes[at] !== openObject) return unfinished ? 'more' : this.#otherLine(lineEnd)
    // Lines are worth waiting for.
    if (unfinished && this.#lineMode) return 'more'
    if (lineEnd !== -1 && lastByte(bytes, at, lineEnd) === closeObject) {
      const value = this.#parsed(bytes.subarray(at, lineEnd))
      if (value !== undefined) {
        this.#at = lineEnd
        this.#lineMode = true
        return { value, line: this.#line }
      }
    }
    this.#counter = new ValueScanner()
    this.#counted = at
    this.#inFirstLine = true
    return 'on'
  }

  #skipSeparators(): boolean {
    const bytes = this.#bytes
    for (; this.#at < bytes.length; this.#at++) {
      const byte = bytes[this.#at]!
      if (byte === newline) this.#line++
      else if (byte === closeList && this.#arrays > 0) this.#arrays--
      else if (byte !== comma && !isSpace(byte)) return true
    }
    return false
  }

  #readFast(): boolean {
    const to = this.#done ? this.#bytes.length : this.#newlines.last + 1
    if (to <= this.#at) return false
    const { end, newlines } = this.#fast.lines(this.#bytes, this.#at, to, this.#line)
    if (end === this.#at) return false
    this.#at = end
    this.#line += newlines
    this.#lineMode = true
    return true
  }

  /** A line that does not begin as a value does. */
  #otherLine(lineEnd: number): Step {
    const line = this.#bytes.subarray(this.#at, lineEnd === -1 ? this.#bytes.length : lineEnd)
    this.#at += line.length
    const inner = this.#unwrapped(line)
    if (inner?.length === 0) return 'on'
    const value = inner === null ? undefined : this.#parsed(inner)
    if (value !== undefined) return { value, line: this.#line }
    this.#badLine(line, 'not JSON')
    return 'on'
  }

  /** Inside a value, counting brackets. */
  #across(counter: ValueScanner): Step {
    const bytes = this.#bytes
    // A broken line must not swallow the good ones after it, so its newline is looked at before going on.
    const lineEnd = this.#inFirstLine ? this.#newlines.from(this.#counted) : -1
    const end = counter.end(lineEnd === -1 ? bytes : bytes.subarray(0, lineEnd), this.#counted)
    if (end !== -1) return this.#whole(end)
    this.#counted = lineEnd === -1 ? bytes.length : lineEnd
    if (lineEnd === -1 || (lineEnd + 1 === bytes.length && !this.#done)) return 'more'
    this.#inFirstLine = false
    const begins =
      bytes[lineEnd + 1] === openObject && (this.#lineMode || !goesOn.has(lastByte(bytes, this.#at, lineEnd)))
    if (begins || counter.inString) {
      this.#badLine(bytes.subarray(this.#at, lineEnd), 'broken JSON')
      this.#at = lineEnd
      this.#counter = null
    }
    return 'on'
  }

  /** A value that ends there, as brackets go. */
  #whole(end: number): Step {
    const line = this.#line
    const bytes = this.#bytes.subarray(this.#at, end)
    this.#counter = null
    if (this.#inFirstLine) this.#lineMode = true
    const read = this.#fast.value(bytes, line)
    const value = read ? undefined : this.#parsed(bytes)
    if (read || value !== undefined) {
      this.#line += countLines(bytes)
      this.#at = end
      return read ? 'on' : { value, line }
    }
    this.#badLine(bytes, 'broken JSON')
    const firstEnd = this.#newlines.from(this.#at)
    this.#at = firstEnd === -1 || firstEnd > end ? end : firstEnd
    return 'on'
  }

  /** Reads what is complete of a value that is too large to wait for. */
  *#cut(): Generator<JsonItem> {
    const { bytes } = this.#window
    if (bytes.length > this.#cutAt && bytes[0] === openObject) {
      let cut = cutJson(bytes, 'without resource or scope')
      if (!cut && bytes.length > this.#context.pieceBytes * scopePieces) {
        cut = cutJson(bytes, 'without resource')
        const place = this.#context.place(this.#line)
        if (cut) this.#context.builder.issues.add('late-scope', () => place)
      }
      // Looked for again when there is twice as much, so that looking stays cheap.
      this.#cutAt = Math.max(this.#context.pieceBytes, (cut ? bytes.length - cut.at : bytes.length) * 2)
      // At the very end nobody knows yet what follows.
      if (cut && cut.at < bytes.length) {
        const line = this.#line
        this.#line += countLines(bytes.subarray(0, cut.at))
        this.#window.replace(cut.at, cut.frame)
        this.#inFirstLine ||= this.#counter === null
        this.#counter = new ValueScanner()
        this.#counted = 0
        yield* this.#piece(cut.piece, line)
      }
    }
    if (this.#window.bytes.length > maxValueBytes) {
      throw new Unreadable(
        `a JSON value of more than ${maxValueBytes} bytes that cannot be read in pieces begins at line ${this.#line}; write it as JSON lines (one request a line)`,
      )
    }
  }

  *#piece(piece: Uint8Array, line: number): Generator<JsonItem> {
    if (this.#fast.value(piece, line)) return
    const value = this.#parsed(piece, line)
    if (value !== undefined) yield { value, line }
    else this.#badLine(piece, 'broken JSON', line)
  }

  /** What is left at the end is a value that was broken off. */
  *#end(): Generator<JsonItem> {
    const { bytes } = this.#window
    if (!this.#done || bytes.length === 0) return
    const cut = cutJson(bytes, 'none')
    const value = cut ? this.#parsed(cut.piece) : undefined
    const place = this.#context.place(this.#line)
    this.#context.builder.issues.add('truncated-tail', () => `${place}: the file ends inside a JSON value`)
    this.#window.drop(bytes.length)
    if (value !== undefined) yield { value, line: this.#line }
  }

  #parsed(bytes: Uint8Array, line = this.#line): unknown {
    let repaired = false
    const text = decodeText(bytes, () => {
      repaired = true
    })
    const value = parsedText(text)
    if (repaired && value !== undefined)
      this.#context.builder.issues.add('bad-utf8', () => this.#context.place(line))
    return value
  }

  #badLine(text: Uint8Array, why: string, line = this.#line): void {
    this.#context.builder.issues.add(
      'bad-line',
      () => `${this.#context.place(line)}: ${why}: ${decode(text.subarray(0, 80))}`,
    )
  }
}

function parsedText(text: string): unknown {
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

function countLines(bytes: Uint8Array): number {
  let lines = 0
  for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) lines++
  return lines
}

/** Newlines of a buffer, asked for in rising order: one scan in all, however many values a line holds. */
class NextNewline {
  readonly #bytes: Uint8Array
  #at = -2
  #last = -2

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Index of the first newline at or after `from`, -1 when there is none. */
  from(from: number): number {
    if (this.#at === -1 || this.#at >= from) return this.#at
    if (this.#last !== -2 && from > this.#last) return -1
    this.#at = this.#bytes.indexOf(newline, from)
    return this.#at
  }

  /** Index of the last newline, -1 when there is none. */
  get last(): number {
    if (this.#last === -2) this.#last = this.#bytes.lastIndexOf(newline)
    return this.#last
  }
}
