/**
 * Which intervals cover an instant, in O(log n + k).
 *
 * Starts sorted, and over them a tree of the latest end, so that only subtrees that still reach the instant are entered
 * (an implicit augmented interval tree: Cormen et al., §17.3; layout as in cgranges by Heng Li).
 *
 *     starts   0   2   3   7   9          at T = 5: rows with start ≤ 5, of those only subtrees whose latest end > 5
 *     ends     1   8   4   9  12
 */

import { firstAfter } from '../sorted.ts'
import { numbersOf } from '../store/columns.ts'
import { orderOf } from '../store/sort-by-key.ts'

/** Intervals by start, with the latest end of every block of a complete binary tree over them. */
export interface IntervalIndex {
  readonly startNs: Float64Array
  readonly endNs: Float64Array
  /** Row of the source table. */
  readonly row: Int32Array
  /** Heap order, root at 1; leaves at `size`. */
  readonly latestEnd: Float64Array
  readonly size: number
}

interface Times {
  readonly startNs: number
  readonly endNs: number
  readonly open: boolean
}

export function indexIntervals(intervals: readonly Times[]): IntervalIndex {
  const row = orderOf(numbersOf(intervals, interval => interval.startNs))
  const startNs = numbersOf(row, at => intervals[at]!.startNs)
  const endNs = numbersOf(row, at => (intervals[at]!.open ? Infinity : intervals[at]!.endNs))
  let size = 1
  while (size < row.length) size *= 2
  const latestEnd = new Float64Array(2 * size).fill(-Infinity)
  latestEnd.set(endNs, size)
  for (let at = size - 1; at >= 1; at--) latestEnd[at] = Math.max(latestEnd[2 * at]!, latestEnd[2 * at + 1]!)
  return { startNs, endNs, row, latestEnd, size }
}

/** Source rows of the intervals that cover an instant, by start. */
export function covering(index: IntervalIndex, atNs: number): number[] {
  const started = firstAfter(index.startNs, atNs)
  const out: number[] = []
  if (started === 0) return out
  // Left child first: rows come out by start.
  const stack = [{ node: 1, from: 0, length: index.size }]
  while (stack.length > 0) {
    const { node, from, length } = stack.pop()!
    if (from >= started || index.latestEnd[node]! <= atNs) continue
    if (length === 1) {
      out.push(index.row[from]!)
      continue
    }
    const half = length / 2
    stack.push(
      { node: 2 * node + 1, from: from + half, length: half },
      { node: 2 * node, from, length: half },
    )
  }
  return out
}
