/** Who of an owner's intervals (holds of a resource, children of a task) ended last before an instant. */
import { indexIntervals } from '../detect/interval-index.ts'
import { partitionPoint } from '../sorted.ts'

interface Times {
  readonly startNs: number
  readonly endNs: number
}

export interface EndIndex {
  /**
   * The interval that let go at `atNs`: the last to end up to `slackNs` after it; when that was long before, the one that
   * goes on over `atNs` for the longest time; -1 when none reaches into (`fromNs`, `atNs`]. `wanted` leaves some out.
   */
  readonly last: (
    owner: number,
    atNs: number,
    fromNs: number,
    slackNs: number,
    wanted: (item: number) => boolean,
  ) => number
}

export function indexEnds(
  count: number,
  ownerOf: (item: number) => number,
  timesOf: (item: number) => Times,
): EndIndex {
  const byStart = indexIntervals(
    count,
    ownerOf,
    item => timesOf(item).startNs,
    item => timesOf(item).endNs,
  )
  const byEnd = new Map<number, readonly number[]>()
  const endsOf = (owner: number): readonly number[] => {
    let ends = byEnd.get(owner)
    if (!ends) {
      ends = [...byStart.of(owner)].sort((a, b) => timesOf(a).endNs - timesOf(b).endNs || b - a)
      byEnd.set(owner, ends)
    }
    return ends
  }
  return {
    last: (owner, atNs, fromNs, slackNs, wanted) => {
      const ends = endsOf(owner)
      const after = partitionPoint(0, ends.length, at => timesOf(ends[at]!).endNs <= atNs + slackNs)
      let ended = -1
      for (let at = after - 1; at >= 0 && timesOf(ends[at]!).endNs > fromNs; at--) {
        if (timesOf(ends[at]!).startNs >= atNs || !wanted(ends[at]!)) continue
        ended = ends[at]!
        break
      }
      if (ended >= 0 && timesOf(ended).endNs >= atNs - slackNs) return ended
      const longest = byStart
        .covering(owner, atNs)
        .find(item => timesOf(item).startNs < atNs && timesOf(item).endNs > atNs && wanted(item))
      return longest ?? ended
    },
  }
}
