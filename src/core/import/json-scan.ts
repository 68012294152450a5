/**
 * A scanner over JSON bytes that knows nothing but brackets and strings. It finds where values end without building
 * them, survives any nesting (its state is one counter and one small stack) and any chunk boundary.
 */
const quote = 0x22
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

export const isSpace = (byte: number): boolean =>
  byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0x1e

/** Lists of real files lie higher; deeper cuts would cost a copy of the stack each. */
const maxCutDepth = 32

/** Finds the end of one object or array, chunk by chunk. */
export class ValueScanner {
  depth = 0
  inString = false
  #escaped = false

  /** Index after the byte that completes the value, or -1 when it goes on after `bytes`. Begin at its first bracket. */
  end(bytes: Uint8Array, from: number): number {
    let at = from
    const length = bytes.length
    while (at < length) {
      if (this.inString) {
        if (this.#escaped) {
          this.#escaped = false
          at++
          continue
        }
        const byte = bytes[at++]!
        if (byte === backslash) this.#escaped = true
        else if (byte === quote) this.inString = false
        continue
      }
      const byte = bytes[at++]!
      if (byte === quote) this.inString = true
      else if (byte === openBrace || byte === openBracket) this.depth++
      else if (byte === closeBrace || byte === closeBracket) {
        if (--this.depth <= 0) {
          this.depth = 0
          return at
        }
      }
    }
    return -1
  }
}

/** Arrays whose elements are complete things: cutting between two of them loses only what follows. */
const cutKeys = new Set([
  'resourceSpans',
  'resource_spans',
  'batches',
  'scopeSpans',
  'scope_spans',
  'instrumentationLibrarySpans',
  'instrumentation_library_spans',
  'spans',
  'resourceLogs',
  'resource_logs',
  'scopeLogs',
  'scope_logs',
  'logRecords',
  'log_records',
  'resourceMetrics',
  'scopeMetrics',
  'metrics',
  'data',
  'traceEvents',
  'Traces',
  'Segments',
])

/**
 * Text of a cut-off JSON value, closed after the last complete element of a list that can be cut:
 *
 *     {"resourceSpans":[{"scopeSpans":[{"spans":[{…},{…},{"traceId":"5b8
 *                                                    ↑ cut here, then ]}]}]}
 *
 * Returns null when not even one element is complete. `at` is the byte of the cut.
 */
export function closeCutJson(bytes: Uint8Array): { readonly text: string; readonly at: number } | null {
  const closers: number[] = []
  const cuttable: boolean[] = []
  /** Open arrays that must not be cut: inside them no place is safe. */
  let solid = 0
  let key = ''
  let safeAt = -1
  let safeClosers: number[] = []
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (byte === quote) {
      const end = stringEnd(bytes, at + 1)
      if (end === -1) break
      if (end - at < 40) key = String.fromCharCode(...bytes.subarray(at + 1, end))
      at = end
    } else if (byte === openBrace || byte === openBracket) {
      const isArray = byte === openBracket
      const cut = isArray && (cutKeys.has(key) || closers.length === 0)
      closers.push(isArray ? closeBracket : closeBrace)
      cuttable.push(cut)
      if (isArray && !cut) solid++
      key = ''
    } else if (byte === closeBrace || byte === closeBracket) {
      if (closers.pop() === closeBracket && !cuttable[cuttable.length - 1]) solid--
      cuttable.pop()
      if (closers.length === 0) return { text: decode(bytes.subarray(0, at + 1)), at: at + 1 }
      if (solid === 0 && cuttable[cuttable.length - 1] && closers.length <= maxCutDepth) {
        safeAt = at + 1
        safeClosers = closers.slice()
      }
    }
  }
  if (safeAt === -1) return null
  return {
    text: decode(bytes.subarray(0, safeAt)) + String.fromCharCode(...safeClosers.reverse()),
    at: safeAt,
  }
}

function stringEnd(bytes: Uint8Array, from: number): number {
  let at = from
  for (;;) {
    const end = bytes.indexOf(quote, at)
    if (end === -1) return -1
    let slashes = 0
    while (end - 1 - slashes >= from && bytes[end - 1 - slashes] === backslash) slashes++
    if (slashes % 2 === 0) return end
    at = end + 1
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: false })

export const decode = (bytes: Uint8Array): string => decoder.decode(bytes)

const strict = new TextDecoder('utf-8', { fatal: true })
const latin = new TextDecoder('windows-1252')

/**
 * Text of bytes that should be UTF-8. What is not is read as Windows-1252 when that explains all of it, else with
 * replacement characters; either way `onRepair` is called.
 */
export function decodeText(bytes: Uint8Array, onRepair: () => void): string {
  try {
    return strict.decode(bytes)
  } catch {
    onRepair()
    const lenient = decode(bytes)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
    return /^[\u0000-\u007f\ufffd]*$/.test(lenient) ? latin.decode(bytes) : lenient
  }
}
