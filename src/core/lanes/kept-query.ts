import type { LaneItems } from './lane.ts'
import { type Emit, queryTrack, type Track } from './mipmap.ts'

/**
 * What a query of a track gave, for more time than was asked:
 *
 *     kept     [ half the view │      the view      │ half the view ]
 *     asked              [          ]      panned, or zoomed within one power of two
 *
 * A query is O(buckets · log n) with reads all over the track; what it gave is read again from beginning to end.
 */
interface Kept {
  readonly fromNs: number
  readonly toNs: number
  /** What was emitted, column by column. */
  readonly item: number[]
  readonly startNs: number[]
  readonly endNs: number[]
  readonly count: number[]
  readonly flags: number[]
  readonly at: number[]
}

/** Answers that one kept query may have, and all together: some 25 MB. */
const MOST_KEPT = 4096
const MOST_ALL = 500_000

/** By track and bucket. */
let kept = new WeakMap<Track, Map<number, Kept>>()
let keptAll = 0

/** As `queryTrack`. Blocks at the edges may have begun further out. */
export function queryTrackKept(
  items: LaneItems,
  track: Track,
  fromNs: number,
  toNs: number,
  bucketNs: number,
  emit: Emit,
): void {
  let known = kept.get(track)?.get(bucketNs)
  if (!known || fromNs < known.fromNs || toNs > known.toNs) {
    const aroundNs = (toNs - fromNs) / 2
    known = asked(items, track, fromNs - aroundNs, toNs + aroundNs, bucketNs)
    keep(track, bucketNs, known)
  }
  if (known.item.length > MOST_KEPT) {
    queryTrack(items, track, fromNs, toNs, bucketNs, emit)
    return
  }
  const { item, startNs, endNs, count, flags, at } = known
  for (let nth = 0; nth < item.length; nth++) {
    if (startNs[nth]! > toNs) return
    if (endNs[nth]! < fromNs) continue
    if (!emit(item[nth]!, startNs[nth]!, endNs[nth]!, count[nth]!, flags[nth]!, at[nth]!)) return
  }
}

function asked(items: LaneItems, track: Track, fromNs: number, toNs: number, bucketNs: number): Kept {
  const found: Kept = { fromNs, toNs, item: [], startNs: [], endNs: [], count: [], flags: [], at: [] }
  queryTrack(items, track, fromNs, toNs, bucketNs, (item, startNs, endNs, count, flags, at) => {
    found.item.push(item)
    found.startNs.push(startNs)
    found.endNs.push(endNs)
    found.count.push(count)
    found.flags.push(flags)
    found.at.push(at)
    return found.item.length <= MOST_KEPT
  })
  return found
}

function keep(track: Track, bucketNs: number, found: Kept): void {
  keptAll += found.item.length
  if (keptAll > MOST_ALL) {
    kept = new WeakMap()
    keptAll = found.item.length
  }
  const ofTrack = kept.get(track)
  if (ofTrack) ofTrack.set(bucketNs, found)
  else kept.set(track, new Map([[bucketNs, found]]))
}
