/** How many of these, sorted by `timeOf`, come at `timeNs` or before. */
export function countUntil<T>(sorted: readonly T[], timeNs: number, timeOf: (one: T) => number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (timeOf(sorted[middle]!) <= timeNs) low = middle + 1
    else high = middle
  }
  return low
}
