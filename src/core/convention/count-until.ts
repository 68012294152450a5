import { partitionPoint } from '../sorted.ts'

/** How many of these, sorted by `timeOf`, come at `timeNs` or before. */
export const countUntil = <T>(sorted: readonly T[], timeNs: number, timeOf: (one: T) => number): number =>
  partitionPoint(0, sorted.length, at => timeOf(sorted[at]!) <= timeNs)
