/**
 * Which items of the lanes a query found. Drawing asks for whole blocks of merged items, so each track gets running sums
 * when it is first asked for:
 *
 *     items     · ▏▏ · ▏ ·     matched in [2, 5) = sum[5] − sum[2] = 2
 *     sums    0 0 1 2 2 3 3
 */
import type { Lane } from './lane.ts'
import type { Track } from './mipmap.ts'

export interface Matches {
  /** By lane, one byte per item: 0 no, 1 yes, 2 yes, but an earlier lane draws the same thing. Lanes without matches are left out. */
  readonly bits: ReadonlyMap<Lane, Uint8Array>
  /** Distinct things: a wait is drawn by its task and by its resource. */
  readonly count: number
}

export const NO_MATCHES: Matches = { bits: new Map(), count: 0 }

const sums = new WeakMap<Uint8Array, Map<Track, Int32Array>>()

/** How many of the `count` items from position `at` of a track match. O(1) after the first time. */
export function matchesIn(matches: Matches, lane: Lane, track: Track, at: number, count: number): number {
  const bits = matches.bits.get(lane)
  if (!bits) return 0
  const sum = sumsOf(bits, track)
  return sum[at + count]! - sum[at]!
}

function sumsOf(bits: Uint8Array, track: Track): Int32Array {
  const ofLane = sums.get(bits) ?? new Map<Track, Int32Array>()
  sums.set(bits, ofLane)
  const known = ofLane.get(track)
  if (known) return known
  const sum = new Int32Array(track.order.length + 1)
  for (let at = 0; at < track.order.length; at++) {
    sum[at + 1] = sum[at]! + (bits[track.order[at]!]! > 0 ? 1 : 0)
  }
  ofLane.set(track, sum)
  return sum
}
