/**
 * Rows by a number. Times of a trace lie fairly even between the first and the last, and nearly in order: dealt to buckets by
 * where they lie between these, four rows to a bucket, little is left to compare, and memory is walked through from front to back.
 *
 *     keys      3 9 1 4 60 52 58            least 1, most 60
 *     buckets   3 9 1 4 │ │ │ 60 52 58      each sorted on its own: a few by insertion, more are dealt again
 */
import { SpareBuffers } from './columns.ts'

/** So many are sorted by insertion. */
const fewRows = 32
/** Keys that lie in one heap after so many rounds are compared. */
const mostRounds = 4

/** The rows of `keys` by key, equal ones as they stand; keys are no NaN. */
export function orderOf(keys: Float64Array): Int32Array {
  const rows = new Int32Array(keys.length)
  for (let row = 0; row < rows.length; row++) rows[row] = row
  sortByKey(rows, keys, new SpareBuffers())
  return rows
}

/** Sorts `rows` by `keys[row]`, equal ones as they stood; keys are no NaN. O(n) for even keys, O(n log n) at worst. */
export function sortByKey(rows: Int32Array, keys: Float64Array, spare: SpareBuffers): void {
  if (isSorted(rows, keys)) return
  const scratch = spare.integers(rows.length)
  const heaps = [{ rows, round: 0 }]
  for (let heap = heaps.pop(); heap; heap = heaps.pop()) {
    const ends = heap.round < mostRounds ? deal(heap.rows, keys, scratch) : null
    if (!ends) {
      // Two infinite ones have no difference.
      heap.rows.sort((a, b) => (keys[a] === keys[b] ? 0 : keys[a]! - keys[b]!))
      continue
    }
    for (let bucket = 0, from = 0; bucket < ends.length; bucket++) {
      const to = ends[bucket]!
      if (to - from <= fewRows) insert(heap.rows, keys, from, to)
      else {
        const part = heap.rows.subarray(from, to)
        if (!isSorted(part, keys)) heaps.push({ rows: part, round: heap.round + 1 })
      }
      from = to
    }
  }
  spare.give(scratch.buffer)
}

/** Deals the rows to buckets and returns where each of these ends; null when the keys cannot be told apart in this way. */
function deal(rows: Int32Array, keys: Float64Array, scratch: Int32Array): Int32Array | null {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (let at = 0; at < rows.length; at++) {
    const key = keys[rows[at]!]!
    if (key < least) least = key
    if (key > most && key < Number.POSITIVE_INFINITY) most = key
  }
  const buckets = (rows.length >> 2) + 1
  const scale = buckets / (most - least)
  if (!(scale > 0 && scale < Number.POSITIVE_INFINITY)) return null
  const last = buckets - 1
  const ends = new Int32Array(buckets)
  for (let at = 0; at < rows.length; at++)
    ends[Math.min(last, Math.floor((keys[rows[at]!]! - least) * scale))]!++
  // Counts → where each begins; dealing moves that to where it ends.
  for (let bucket = 0, sum = 0; bucket < buckets; bucket++) {
    const count = ends[bucket]!
    ends[bucket] = sum
    sum += count
  }
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!
    const bucket = Math.min(last, Math.floor((keys[row]! - least) * scale))
    scratch[ends[bucket]!++] = row
  }
  rows.set(scratch.subarray(0, rows.length))
  return ends
}

function insert(rows: Int32Array, keys: Float64Array, from: number, to: number): void {
  for (let at = from + 1; at < to; at++) {
    const row = rows[at]!
    const key = keys[row]!
    let hole = at
    for (; hole > from && keys[rows[hole - 1]!]! > key; hole--) rows[hole] = rows[hole - 1]!
    rows[hole] = row
  }
}

function isSorted(rows: Int32Array, keys: Float64Array): boolean {
  for (let at = 1; at < rows.length; at++) if (keys[rows[at - 1]!]! > keys[rows[at]!]!) return false
  return true
}
