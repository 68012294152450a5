/**
 * Cuts a JSON value that is not complete (too large to wait for, or broken off) after the last whole element of a list that
 * can be cut, into a value of its own and a frame for what follows:
 *
 *     {"resourceSpans":[{"resource":R,"scopeSpans":[{"spans":[A,B,C,{"traceId":"5b8
 *                                                             ↑ cut
 *     piece   {"resourceSpans":[{"resource":R,"scopeSpans":[{"spans":[A,B,C]}]}]}
 *     frame   {"resourceSpans":[{"resource":R,"scopeSpans":[{"spans":[        ← the rest goes on here
 */

import { backslash, closeBrace, closeBracket, comma, openBrace, openBracket, quote } from './json-bytes.ts'

/** Lists whose elements are complete things: cutting between two of them loses nothing but what follows. */
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
  'resource_metrics',
  'scopeMetrics',
  'scope_metrics',
  'metrics',
  'data',
  'traceEvents',
  'Traces',
  'Segments',
])
/** Members that say whose the elements of a list beside them are. */
const scopeKeys = new Set(['scope', 'instrumentationLibrary', 'instrumentation_library'])
/** Lists of scopes: their elements are nothing without the `resource` beside the list. */
const ownedKeys = new Set([
  'scopeSpans',
  'scope_spans',
  'instrumentationLibrarySpans',
  'instrumentation_library_spans',
  'scopeLogs',
  'scope_logs',
  'scopeMetrics',
  'scope_metrics',
])
/** Lists of real files lie higher; deeper cuts would cost a copy of the path each. */
const maxDepth = 32

export interface Cut {
  readonly piece: Uint8Array
  readonly frame: Uint8Array
  /** Where what follows the frame begins. */
  readonly at: number
}

/** An open object or list. */
interface Level {
  readonly from: number
  readonly list: boolean
  /** A list that may be cut. */
  readonly loose: boolean
  /** Elements of lists in it that are complete: they stand in a piece already. */
  readonly done: { readonly from: number; readonly to: number }[]
  /** A list of scopes. */
  readonly scopes: boolean
  /** Its `resource` has come. */
  owned: boolean
  /** Its `scope` has come. */
  scoped: boolean
}

/** Which lists stay whole until it is known whose their elements are. */
export type Whole = 'none' | 'without resource' | 'without resource or scope'

/**
 * Null when not even one element is complete. `whole` leaves lists whole that stand before their `resource` (or `scope`), or
 * have none: what is cut off the rest could not be told whose it is.
 */
export function cutJson(bytes: Uint8Array, whole: Whole): Cut | null {
  const path: Level[] = []
  /** Open lists that must not be cut: inside them no place is safe. */
  let solid = 0
  /** The last string: the key of a list that begins. */
  let keyFrom = 0
  let keyTo = 0
  let safeAt = -1
  let safePath: readonly Level[] = []
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (byte === quote) {
      const end = stringEnd(bytes, at + 1)
      if (end === -1) break
      keyFrom = at + 1
      keyTo = end
      at = end
    } else if (byte === openBrace || byte === openBracket) {
      const list = byte === openBracket
      // Inside a list that stays whole no key matters, and most are there.
      const key = solid > 0 ? '' : keyOf(bytes, keyFrom, keyTo)
      const around = path[path.length - 1]
      if (around && !list && key === 'resource') around.owned = true
      if (around && !list && scopeKeys.has(key)) around.scoped = true
      const scopes = list && ownedKeys.has(key)
      const alone =
        (whole !== 'none' && scopes && !around?.owned) ||
        (whole === 'without resource or scope' && path[path.length - 2]?.scopes && !around?.scoped)
      const loose = list && (path.length === 0 || cutKeys.has(key)) && !alone
      path.push({ from: at, list, loose, done: [], scopes, owned: false, scoped: false })
      if (list && !loose) solid++
      keyTo = keyFrom
    } else if (byte === closeBrace || byte === closeBracket) {
      const closed = path.pop()
      const top = path[path.length - 1]
      if (closed?.list && !closed.loose) solid--
      if (top === undefined) break
      if (closed?.loose) top.done.push({ from: closed.from + 1, to: at })
      if (solid === 0 && top.loose && path.length <= maxDepth) {
        safeAt = at + 1
        safePath = path.slice()
      }
    }
  }
  if (safeAt === -1) return null
  const closers = safePath.map(level => (level.list ? closeBracket : closeBrace)).reverse()
  const piece = new Uint8Array(safeAt + closers.length)
  piece.set(bytes.subarray(0, safeAt))
  piece.set(closers, safeAt)
  return { piece, frame: frameOf(bytes, safePath), at: nextElement(bytes, safeAt) }
}

/** What opens the levels again, without the elements that are done. */
function frameOf(bytes: Uint8Array, path: readonly Level[]): Uint8Array {
  const parts: Uint8Array[] = []
  for (const [depth, { from, list, done }] of path.entries()) {
    if (list) {
      parts.push(Uint8Array.of(openBracket))
      continue
    }
    const next = path[depth + 1]!.from
    let at = from
    for (const hole of done) {
      // Those behind the cut are still to come.
      if (hole.from > next) break
      parts.push(bytes.subarray(at, hole.from))
      at = hole.to
    }
    parts.push(bytes.subarray(at, next))
  }
  const frame = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    frame.set(part, at)
    at += part.length
  }
  return frame
}

const keyOf = (bytes: Uint8Array, from: number, to: number): string =>
  to - from < 40 ? String.fromCharCode(...bytes.subarray(from, to)) : ''

function nextElement(bytes: Uint8Array, from: number): number {
  let at = from
  while (bytes[at] === comma || bytes[at]! <= 0x20) at++
  return at
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
