import { firstAtOrAfter } from '../sorted.ts'
import { groupBy } from '../store/group.ts'
import type { Lane, LaneItems } from './lane.ts'
import { itemKinds } from './lane.ts'

/**
 * Level of detail for drawing. A *track* is the items of one kind in one sub-row, by start. Over each track lies a
 * pyramid of power-of-two blocks with the longest duration, the latest start and the union of the flags:
 *
 *     level 1   [   0–15: 4 ms, error   ] [   16–31 … ]
 *     level 0   [ 0–7: 4 ms ] [ 8–15: … ] [ … ] [ … ]
 *     items      ▏▏▎▏▏▍▏▏      ▏▏▏▏▏▏▏▏
 *
 * A query walks from left to right: items at least one bucket long come out by themselves, a run of shorter ones that
 * start in the same bucket comes out as one block with its count and flags, so an error in it still shows. Buckets are
 * powers of two of a nanosecond on an absolute grid: panning does not make the picture shimmer. Work per query is
 * O(buckets · log n). A track has its items' starts, lengths and flags side by side: a query reads them by the thousand,
 * and of a lane's own columns it would need one here, one there.
 *
 * Source of the idea: Perfetto's slice mip-map (longest duration, count, index per bucket).
 */
export interface LaneIndex {
  readonly tracks: readonly Track[]
  /** Tracks of a sub-row, by kind in the order of `itemKinds`. */
  readonly ofRow: ReadonlyMap<number, readonly Track[]>
}

export interface Track {
  readonly row: number
  readonly kind: number
  /** Items of the track, by start. */
  readonly order: Int32Array
  /** In that order; lengths rounded, which is enough to choose what is drawn alone. */
  readonly startNs: Float64Array
  readonly lengthNs: Float32Array
  readonly flags: Uint8Array
  readonly blocks: Blocks
  /** Latest end among the items up to the end of each block of level 0: where a left edge may reach back to. */
  readonly maxEnd: Float64Array
}

/** Columns by block, level after level. */
interface Blocks {
  readonly longestNs: Float32Array
  /** Item of the longest duration. */
  readonly longest: Uint32Array
  readonly flags: Uint8Array
  /** Level → its first block. */
  readonly levels: readonly number[]
}

/** What a query gives: one item, or a block of `count` short ones from position `at` of the track on. False: enough. */
export type Emit = (
  item: number,
  startNs: number,
  endNs: number,
  count: number,
  flags: number,
  at: number,
) => boolean

/** Items in a block of level 0, as a power of two: blocks of level n have `1 << (BLOCK_BITS + n)`. */
const BLOCK_BITS = 3
const BLOCK = 1 << BLOCK_BITS
const indexes = new WeakMap<Lane, LaneIndex>()

/** Bucket for a resolution: the power of two (ns) at or below it, at least 2⁻¹⁰ ns. */
export const bucketFor = (nsPerPx: number): number => 2 ** Math.max(-10, Math.floor(Math.log2(nsPerPx)))

/** The lane's index, built on first use. */
export function laneIndex(lane: Lane): LaneIndex {
  const steps = laneIndexSteps(lane)
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** Takes over what was built elsewhere. */
export const keepLaneIndex = (lane: Lane, index: LaneIndex): void => void indexes.set(lane, index)

/** The same with pauses, for whoever must not stop for long. */
export function* laneIndexSteps(lane: Lane): Generator<void, LaneIndex> {
  const known = indexes.get(lane)
  if (known) return known
  const built = yield* buildIndex(lane.items)
  indexes.set(lane, built)
  return built
}

function* buildIndex(items: LaneItems): Generator<void, LaneIndex> {
  const kinds = itemKinds.length
  let rows = 0
  for (let at = 0; at < items.count; at++) rows = Math.max(rows, items.row[at]! + 1)
  yield
  const members = groupBy(items.count, rows * kinds, at => items.row[at]! * kinds + items.kind[at]!)
  yield
  // Tracks are parts of the lane's columns: many small buffers would take long to hand over.
  const whole = {
    startNs: new Float64Array(items.count),
    lengthNs: new Float32Array(items.count),
    flags: new Uint8Array(items.count),
  }
  const tracks: Track[] = []
  for (let key = 0; key < rows * kinds; key++) {
    const from = members.start[key]!
    const to = members.start[key + 1]!
    if (from === to) continue
    const track = {
      row: Math.floor(key / kinds),
      kind: key % kinds,
      order: members.order.subarray(from, to),
      startNs: whole.startNs.subarray(from, to),
      lengthNs: whole.lengthNs.subarray(from, to),
      flags: whole.flags.subarray(from, to),
    }
    tracks.push({ ...track, ...(yield* fill(items, track)) })
    yield
  }
  return { tracks, ofRow: Map.groupBy(tracks, track => track.row) }
}

/** Blocks between two pauses. */
const BLOCKS_A_STEP = 1 << 14

/** Fills the track's columns and builds the blocks over them. */
function* fill(
  items: LaneItems,
  { order, startNs, lengthNs, flags }: Omit<Track, 'blocks' | 'maxEnd'>,
): Generator<void, Pick<Track, 'blocks' | 'maxEnd'>> {
  const blocks = blocksFor(order.length)
  const base = Math.ceil(order.length / BLOCK)
  const maxEnd = new Float64Array(base)
  let latest = Number.NEGATIVE_INFINITY
  for (let block = 0; block < base; block++) {
    if (block % BLOCKS_A_STEP === BLOCKS_A_STEP - 1) yield
    let longestNs = -1
    for (let at = block * BLOCK; at < Math.min(order.length, (block + 1) * BLOCK); at++) {
      const item = order[at]!
      startNs[at] = items.startNs[item]!
      lengthNs[at] = items.endNs[item]! - items.startNs[item]!
      flags[at] = items.flags[item]!
      if (lengthNs[at]! > longestNs) {
        longestNs = lengthNs[at]!
        blocks.longest[block] = item
      }
      blocks.flags[block]! |= flags[at]!
      latest = Math.max(latest, items.endNs[item]!)
    }
    blocks.longestNs[block] = longestNs
    maxEnd[block] = latest
  }
  for (let level = 1; level < blocks.levels.length; level++) halve(blocks, level)
  return { blocks, maxEnd }
}

/** Room for the blocks of all levels, down to a single one. */
function blocksFor(items: number): Blocks {
  const levels = [0]
  let count = Math.ceil(items / BLOCK)
  let all = count
  while (count > 1) {
    levels.push(all)
    count = Math.ceil(count / 2)
    all += count
  }
  return {
    longestNs: new Float32Array(all),
    longest: new Uint32Array(all),
    flags: new Uint8Array(all),
    levels,
  }
}

/** Each block of a level sums up two of the level below. */
function halve({ longestNs, longest, flags, levels }: Blocks, level: number): void {
  const first = levels[level]!
  const below = levels[level - 1]!
  const end = levels[level + 1] ?? longest.length
  for (let block = first; block < end; block++) {
    const left = below + (block - first) * 2
    const right = Math.min(left + 1, first - 1)
    const winner = longestNs[right]! > longestNs[left]! ? right : left
    longestNs[block] = longestNs[winner]!
    longest[block] = longest[winner]!
    flags[block] = flags[left]! | flags[right]!
  }
}

/** How many items of a track start between two times; O(log n). */
export function countStarts({ startNs }: Track, fromNs: number, toNs: number): number {
  return firstAtOrAfter(startNs, toNs) - firstAtOrAfter(startNs, fromNs)
}

/**
 * Emits what is in a track between two times, from left to right; nothing finer than `bucketNs`. Items of at least
 * `aloneNs` come out by themselves: with `Infinity` none does, and work is bounded by buckets whatever their lengths are.
 */
export function queryTrack(
  items: LaneItems,
  track: Track,
  fromNs: number,
  toNs: number,
  bucketNs: number,
  emit: Emit,
  aloneNs = bucketNs,
): void {
  const { order } = track
  let at = firstReaching(track, fromNs)
  while (at < order.length) {
    const startNs = track.startNs[at]!
    if (startNs > toNs) return
    if (track.lengthNs[at]! >= aloneNs) {
      const item = order[at]!
      const endNs = items.endNs[item]!
      if (endNs >= fromNs && !emit(item, startNs, endNs, 1, track.flags[at]!, at)) return
      at++
      continue
    }
    at = emitBlock(items, track, at, fromNs, bucketNs, emit, aloneNs)
  }
}

/** Merges the run of short items from `at` on that start in one bucket; returns the first item after it, or the end. */
function emitBlock(
  items: LaneItems,
  track: Track,
  from: number,
  fromNs: number,
  bucketNs: number,
  emit: Emit,
  aloneNs: number,
): number {
  const { order, startNs, lengthNs, blocks } = track
  const limitNs = (Math.floor(startNs[from]! / bucketNs) + 1) * bucketNs
  let longest = order[from]!
  let longestNs = -1
  let flags = 0
  let at = from
  while (at < order.length) {
    const level = (at & (BLOCK - 1)) === 0 ? tallestBlock(track, at, limitNs, aloneNs) : -1
    if (level >= 0) {
      const block = blocks.levels[level]! + (at >> (BLOCK_BITS + level))
      if (blocks.longestNs[block]! > longestNs) {
        longestNs = blocks.longestNs[block]!
        longest = blocks.longest[block]!
      }
      flags |= blocks.flags[block]!
      at = Math.min(order.length, at + (BLOCK << level))
      continue
    }
    const length = lengthNs[at]!
    // The first one is always taken: far out, a bucket may be finer than a double can tell.
    if (at > from && (startNs[at]! >= limitNs || length >= aloneNs)) break
    if (length > longestNs) {
      longestNs = length
      longest = order[at]!
    }
    flags |= track.flags[at]!
    at++
  }
  const lastEnd = Math.max(items.endNs[order[at - 1]!]!, items.endNs[longest]!)
  const goesOn = lastEnd < fromNs || emit(longest, startNs[from]!, lastEnd, at - from, flags, from)
  return goesOn ? at : order.length
}

/** Highest level whose block begins at `at` and holds only short items that start before `limitNs`; −1 none. */
function tallestBlock(
  { startNs, blocks: { levels, longestNs } }: Track,
  at: number,
  limitNs: number,
  aloneNs: number,
): number {
  let fits = -1
  for (let level = 0; level < levels.length; level++) {
    const size = BLOCK << level
    if ((at & (size - 1)) !== 0) break
    const last = Math.min(startNs.length, at + size) - 1
    const block = levels[level]! + (at >> (BLOCK_BITS + level))
    if (longestNs[block]! >= aloneNs || startNs[last]! >= limitNs) break
    fits = level
  }
  return fits
}

/** First position from which on items may reach `fromNs`. */
const firstReaching = ({ maxEnd }: Track, fromNs: number): number => firstAtOrAfter(maxEnd, fromNs) * BLOCK
