/**
 * Rows by group, compressed: the members of group `g` are `order[start[g]] … order[start[g + 1] − 1]`, in their
 * original order. One counting sort, no arrays of arrays.
 */
export interface Groups {
  readonly start: Int32Array
  readonly order: Int32Array
}

/** Groups `0 … count − 1` by `groupOf`; a group outside `[0, groups)` leaves the row out. */
export function groupBy(count: number, groups: number, groupOf: (row: number) => number): Groups {
  const start = new Int32Array(groups + 1)
  const group = new Int32Array(count)
  for (let row = 0; row < count; row++) {
    const g = groupOf(row)
    group[row] = g
    if (g >= 0 && g < groups) start[g + 1]!++
  }
  for (let g = 0; g < groups; g++) start[g + 1]! += start[g]!
  const next = start.slice()
  const order = new Int32Array(start[groups]!)
  for (let row = 0; row < count; row++) {
    const g = group[row]!
    if (g >= 0 && g < groups) order[next[g]!++] = row
  }
  return { start, order }
}

/** How many members a group has. */
export const sizeOf = ({ start }: Groups, group: number): number => start[group + 1]! - start[group]!

/** Calls back with every member of a group, in order. */
export function eachOf(groups: Groups, group: number, visit: (row: number) => void): void {
  for (let at = groups.start[group]!; at < groups.start[group + 1]!; at++) visit(groups.order[at]!)
}
