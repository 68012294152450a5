/**
 * Rows by a number, without comparing: the 64 bits of doubles that are not negative rise as the doubles do, so 16 bits at a time
 * are counted and dealt, lowest first. Bits that are the same in all are passed over. O(n), stable.
 */
import { SpareBuffers } from './columns.ts'

const digits = 4
const values = 1 << 16
/** Below this, comparing is as fast. */
const fewRows = 2048

/** The rows of `keys` by key, equal ones as they stand; keys are no NaN and not below 0. */
export function orderOf(keys: Float64Array): Int32Array {
  const rows = new Int32Array(keys.length)
  for (let row = 0; row < rows.length; row++) rows[row] = row
  sortByKey(rows, keys, new SpareBuffers())
  return rows
}

/** Sorts `rows` by `keys[row]`, equal ones as they stood; keys are no NaN and not below 0. */
export function sortByKey(rows: Int32Array, keys: Float64Array, spare: SpareBuffers): void {
  if (isSorted(rows, keys)) return
  if (rows.length < fewRows) {
    // Two infinite ones have no difference.
    rows.sort((a, b) => (keys[a] === keys[b] ? 0 : keys[a]! - keys[b]!))
    return
  }
  // A zero may be a negative one, whose bits are not zero.
  const copies = new Float64Array(spare.take(rows.length * 8), 0, rows.length)
  for (let at = 0; at < rows.length; at++) copies[at] = keys[rows[at]!]! + 0
  const words = new Uint16Array(copies.buffer, 0, rows.length * digits)
  const counts = Array.from({ length: digits }, () => new Uint32Array(values))
  for (let digit = 0; digit < digits; digit++) {
    const count = counts[digit]!
    for (let at = digit; at < words.length; at += digits) count[words[at]!]!++
  }
  let from = spare.integers(rows.length)
  let to = spare.integers(rows.length)
  for (let at = 0; at < from.length; at++) from[at] = at
  for (let digit = 0; digit < digits; digit++) {
    const next = counts[digit]!
    if (next.includes(rows.length)) continue
    startsOf(next)
    for (let at = 0; at < from.length; at++) {
      const entry = from[at]!
      to[next[words[entry * digits + digit]!]!++] = entry
    }
    ;[from, to] = [to, from]
  }
  for (let at = 0; at < from.length; at++) to[at] = rows[from[at]!]!
  rows.set(to)
  for (const { buffer } of [copies, from, to]) spare.give(buffer)
}

function isSorted(rows: Int32Array, keys: Float64Array): boolean {
  for (let at = 1; at < rows.length; at++) if (keys[rows[at - 1]!]! > keys[rows[at]!]!) return false
  return true
}

/** Counts → where each value's entries begin. */
function startsOf(counts: Uint32Array): void {
  let sum = 0
  for (let value = 0; value < counts.length; value++) {
    const count = counts[value]!
    counts[value] = sum
    sum += count
  }
}
