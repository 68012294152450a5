/**
 * Occupancy of one resource over time, by one sweep over the ends of its holds and waits.
 *
 *     in use   1 2 3 3 3 2 …       capacity 3
 *     waiting  0 0 0 1 2 0 …       ↑ exhausted while in use = capacity and someone waits
 */
import type { Model } from '../convention/model.ts'
import { orderOf } from '../store/sort-by-key.ts'
import type { ResourceGroup } from './resource-groups.ts'

export interface Occupancy {
  /** Instants at which something changed; the values hold until the next one. */
  readonly atNs: Float64Array
  readonly inUse: Int32Array
  readonly waiting: Int32Array
  readonly peakInUse: number
  readonly peakWaiting: number
}

export function occupancyOf(model: Model, group: ResourceGroup): Occupancy {
  const count = (group.holds.length + group.waits.length) * 2
  const time = new Float64Array(count)
  const use = new Int32Array(count)
  const wait = new Int32Array(count)
  let n = 0
  const push = (at: number, useDelta: number, waitDelta: number) => {
    time[n] = at
    use[n] = useDelta
    wait[n] = waitDelta
    n++
  }
  for (const index of group.holds) {
    const hold = model.holds[index]!
    push(hold.startNs, hold.permits, 0)
    push(hold.open ? Number.POSITIVE_INFINITY : hold.endNs, -hold.permits, 0)
  }
  for (const index of group.waits) {
    const entry = model.waits[index]!
    if (entry.endNs <= entry.startNs && !entry.open) continue
    push(entry.startNs, 0, 1)
    push(entry.open ? Number.POSITIVE_INFINITY : entry.endNs, 0, -1)
  }
  // All that happens at one instant is one change, so a hand-over in zero time never shows as a free slot.
  const order = orderOf(time.subarray(0, n))
  const atNs = new Float64Array(n)
  const inUse = new Int32Array(n)
  const waiting = new Int32Array(n)
  let steps = 0
  let used = 0
  let queued = 0
  let peakInUse = 0
  let peakWaiting = 0
  for (let i = 0; i < n; ) {
    const now = time[order[i]!]!
    if (now === Number.POSITIVE_INFINITY) break
    for (; i < n && time[order[i]!] === now; i++) {
      used += use[order[i]!]!
      queued += wait[order[i]!]!
    }
    atNs[steps] = now
    inUse[steps] = used
    waiting[steps] = queued
    steps++
    if (used > peakInUse) peakInUse = used
    if (queued > peakWaiting) peakWaiting = queued
  }
  return {
    atNs: atNs.slice(0, steps),
    inUse: inUse.slice(0, steps),
    waiting: waiting.slice(0, steps),
    peakInUse,
    peakWaiting,
  }
}

/** Maximal stretches where `test` holds, joined over gaps of at most `bridgeNs`; the last may end at `endNs`. */
export function stretches(
  occupancy: Occupancy,
  endNs: number,
  bridgeNs: number,
  test: (inUse: number, waiting: number) => boolean,
): { startNs: number; endNs: number }[] {
  const out: { startNs: number; endNs: number }[] = []
  const { atNs, inUse, waiting } = occupancy
  for (let i = 0; i < atNs.length; i++) {
    if (!test(inUse[i]!, waiting[i]!)) continue
    const startNs = atNs[i]!
    const untilNs = i + 1 < atNs.length ? atNs[i + 1]! : Math.max(endNs, startNs)
    const last = out.at(-1)
    if (last && startNs - last.endNs <= bridgeNs) last.endNs = untilNs
    else out.push({ startNs, endNs: untilNs })
  }
  return out
}
