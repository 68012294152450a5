/**
 * Where an ordered sequence changes from what lies before to what does not: the first index of `from … to` for which
 * `isBefore` is false, `to` where it is true for all. O(log n); `isBefore` must be true up to some index and false from there on.
 *
 *     isBefore   true true true false false
 *     index       2    3    4     5     6     from 2 to 7 → 5
 */
export function partitionPoint(from: number, to: number, isBefore: (at: number) => boolean): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isBefore(middle)) low = middle + 1
    else high = middle
  }
  return low
}

/** Position of the first of ascending times that is not before `ns`. */
export const firstAtOrAfter = (times: ArrayLike<number>, ns: number): number =>
  partitionPoint(0, times.length, at => times[at]! < ns)

/** Position of the first of ascending times that is after `ns`: as many are at it or before. */
export const firstAfter = (times: ArrayLike<number>, ns: number): number =>
  partitionPoint(0, times.length, at => times[at]! <= ns)
