import { partitionPoint } from '../sorted.ts'
import { groupBy } from '../store/group.ts'

/** Intervals grouped by an owner (a task, a loop), each group by start: "which of owner's intervals cover t?" in O(log n + k). */
export interface IntervalIndex {
  /** All of an owner's, by start. */
  readonly of: (owner: number) => Int32Array
  /** Those with `start ≤ t ≤ end`. */
  readonly covering: (owner: number, atNs: number) => number[]
  /** Those that share more than a point with (from, to). */
  readonly overlapping: (owner: number, fromNs: number, toNs: number) => number[]
}

const empty = new Int32Array(0)

/** Owners are indexes of a table; intervals with an owner below 0 are left out. */
export function indexIntervals(
  count: number,
  ownerOf: (item: number) => number,
  startOf: (item: number) => number,
  endOf: (item: number) => number,
): IntervalIndex {
  let owners = 0
  for (let item = 0; item < count; item++) owners = Math.max(owners, ownerOf(item) + 1)
  const { start: first, order: items } = groupBy(count, owners, ownerOf)
  const starts = new Float64Array(items.length)
  /** Largest end among the owner's items up to here: a scan backwards stops as soon as it falls short. */
  const reach = new Float64Array(items.length)
  for (let owner = 0; owner < owners; owner++) {
    const from = first[owner]!
    const to = first[owner + 1]!
    if (!inOrder(items, from, to, startOf))
      items.subarray(from, to).sort((a, b) => startOf(a) - startOf(b) || a - b)
    let far = Number.NEGATIVE_INFINITY
    for (let at = from; at < to; at++) {
      starts[at] = startOf(items[at]!)
      far = Math.max(far, endOf(items[at]!))
      reach[at] = far
    }
  }
  const known = (owner: number): boolean => owner >= 0 && owner < owners
  /** Position after the last of the owner's items that start before (or at, if `at`) `t`. */
  const before = (owner: number, t: number, at: boolean): number =>
    partitionPoint(first[owner]!, first[owner + 1]!, position => {
      const start = starts[position]!
      return start < t || (at && start === t)
    })
  return {
    of: owner => (known(owner) ? items.subarray(first[owner]!, first[owner + 1]!) : empty),
    covering: (owner, atNs) => {
      const out: number[] = []
      if (!known(owner)) return out
      for (let i = before(owner, atNs, true) - 1; i >= first[owner]! && reach[i]! >= atNs; i--) {
        if (endOf(items[i]!) >= atNs) out.push(items[i]!)
      }
      return out.reverse()
    },
    overlapping: (owner, fromNs, toNs) => {
      const out: number[] = []
      if (!known(owner)) return out
      for (let i = before(owner, toNs, false) - 1; i >= first[owner]! && reach[i]! > fromNs; i--) {
        if (endOf(items[i]!) > fromNs) out.push(items[i]!)
      }
      return out.reverse()
    },
  }
}

/** Most tables are by start already. */
function inOrder(items: Int32Array, from: number, to: number, startOf: (item: number) => number): boolean {
  for (let at = from + 1; at < to; at++) if (startOf(items[at - 1]!) > startOf(items[at]!)) return false
  return true
}
