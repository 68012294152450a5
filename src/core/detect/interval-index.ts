/** Intervals grouped by an owner (a task, a loop), each group by start: "which of owner's intervals cover t?" in O(log n + k). */
export interface IntervalIndex {
  /** All of an owner's, by start. */
  readonly of: (owner: number) => readonly number[]
  /** Those with `start ≤ t ≤ end`. */
  readonly covering: (owner: number, atNs: number) => number[]
  /** Those that share more than a point with (from, to). */
  readonly overlapping: (owner: number, fromNs: number, toNs: number) => number[]
}

interface Group {
  readonly items: number[]
  /** Largest end among the items up to here: a scan backwards stops as soon as it falls short. */
  readonly reach: Float64Array
}

const empty: readonly number[] = []

export function indexIntervals(
  count: number,
  ownerOf: (item: number) => number,
  startOf: (item: number) => number,
  endOf: (item: number) => number,
): IntervalIndex {
  const lists = new Map<number, number[]>()
  for (let item = 0; item < count; item++) {
    const owner = ownerOf(item)
    if (owner < 0) continue
    const list = lists.get(owner)
    if (list) list.push(item)
    else lists.set(owner, [item])
  }
  const groups = new Map<number, Group>()
  for (const [owner, items] of lists) {
    items.sort((a, b) => startOf(a) - startOf(b) || a - b)
    const reach = new Float64Array(items.length)
    let far = Number.NEGATIVE_INFINITY
    for (let i = 0; i < items.length; i++) {
      far = Math.max(far, endOf(items[i]!))
      reach[i] = far
    }
    groups.set(owner, { items, reach })
  }
  /** Number of the group's items that start before (or at, if `at`) `t`. */
  const before = (group: Group, t: number, at: boolean) => {
    let low = 0
    let high = group.items.length
    while (low < high) {
      const middle = (low + high) >> 1
      const start = startOf(group.items[middle]!)
      if (start < t || (at && start === t)) low = middle + 1
      else high = middle
    }
    return low
  }
  return {
    of: owner => groups.get(owner)?.items ?? empty,
    covering: (owner, atNs) => {
      const group = groups.get(owner)
      const out: number[] = []
      if (!group) return out
      for (let i = before(group, atNs, true) - 1; i >= 0 && group.reach[i]! >= atNs; i--) {
        if (endOf(group.items[i]!) >= atNs) out.push(group.items[i]!)
      }
      return out.reverse()
    },
    overlapping: (owner, fromNs, toNs) => {
      const group = groups.get(owner)
      const out: number[] = []
      if (!group) return out
      for (let i = before(group, toNs, false) - 1; i >= 0 && group.reach[i]! > fromNs; i--) {
        if (endOf(group.items[i]!) > fromNs) out.push(group.items[i]!)
      }
      return out.reverse()
    },
  }
}
