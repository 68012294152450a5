import type { Model } from '../convention/model.ts'
import { partitionPoint } from '../sorted.ts'
import { numbersOf } from '../store/columns.ts'
import { eachOf, type Groups, groupBy } from '../store/group.ts'
import { orderOf } from '../store/sort-by-key.ts'

/**
 * Permits in use and waiters of one resource over time, as steps, with a pyramid of maxima over them: the highest
 * value between two times costs O(log n), however many steps lie there.
 */
export interface Usage {
  readonly atNs: Float64Array
  readonly inUse: readonly Float32Array[]
  readonly waiting: readonly Float32Array[]
  readonly peakInUse: number
  readonly peakWaiting: number
  /** Highest of in use + waiting. */
  readonly peak: number
}

const usages = new WeakMap<Model, Map<number, Usage>>()

function usagesOf(model: Model): Map<number, Usage> {
  const known = usages.get(model) ?? new Map<number, Usage>()
  usages.set(model, known)
  return known
}

/** Rows by resource: with thousands of resources nobody looks through all holds for each. */
interface Rows {
  readonly holds: Groups
  readonly waits: Groups
}

const rows = new WeakMap<Model, Rows>()

function rowsOf(model: Model): Rows {
  const found = rows.get(model)
  if (found) return found
  const { holds, waits, resources } = model
  const known = {
    holds: groupBy(holds.length, resources.length, row => holds[row]!.resource),
    waits: groupBy(waits.length, resources.length, row => waits[row]!.resource),
  }
  rows.set(model, known)
  return known
}

export function usageOf(model: Model, resource: number): Usage {
  const known = usagesOf(model)
  const found = known.get(resource)
  if (found) return found
  const usage = build(model, rowsOf(model), resource)
  known.set(resource, usage)
  return usage
}

/** Takes over what was added up elsewhere. */
export const keepUsage = (model: Model, resource: number, usage: Usage): void =>
  void usagesOf(model).set(resource, usage)

function build(model: Model, rows: Rows, resource: number): Usage {
  const times: number[] = []
  const uses: number[] = []
  const waits: number[] = []
  const add = (ns: number, use: number, wait: number): void => {
    times.push(ns)
    uses.push(use)
    waits.push(wait)
  }
  eachOf(rows.holds, resource, row => {
    const { startNs, endNs, permits, open } = model.holds[row]!
    add(startNs, permits, 0)
    if (!open) add(endNs, -permits, 0)
  })
  eachOf(rows.waits, resource, row => {
    const { startNs, endNs, open } = model.waits[row]!
    if (endNs <= startNs) return
    add(startNs, 0, 1)
    if (!open) add(endNs, 0, -1)
  })
  const order = orderOf(new Float64Array(times))
  const atNs = numbersOf(order, edge => times[edge]!)
  // At one instant, releases come before grants: a hand-over is not a moment of two holders.
  for (let from = 0, to = 1; from < order.length; from = to++) {
    while (to < order.length && atNs[to] === atNs[from]) to++
    if (to - from > 1) order.subarray(from, to).sort((a, b) => uses[a]! - uses[b]! || waits[a]! - waits[b]!)
  }
  const inUse = new Float32Array(order.length)
  const waiting = new Float32Array(order.length)
  let use = 0
  let wait = 0
  let peakInUse = 0
  let peakWaiting = 0
  let peak = 0
  order.forEach((edge, index) => {
    use += uses[edge]!
    wait += waits[edge]!
    inUse[index] = use
    waiting[index] = wait
    // Steps of the same instant are one.
    if (atNs[index + 1] === atNs[index]) return
    peakInUse = Math.max(peakInUse, use)
    peakWaiting = Math.max(peakWaiting, wait)
    peak = Math.max(peak, use + wait)
  })
  return { atNs, inUse: pyramid(inUse), waiting: pyramid(waiting), peakInUse, peakWaiting, peak }
}

/** Level 0 is the base; each next one has the maxima of two. */
export function pyramid(base: Float32Array): Float32Array[] {
  const levels = [base]
  for (let below = base; below.length > 1; below = levels.at(-1)!) {
    const level = new Float32Array(Math.ceil(below.length / 2))
    for (let at = 0; at < level.length; at++) {
      level[at] = Math.max(below[at * 2]!, below[Math.min(at * 2 + 1, below.length - 1)]!)
    }
    levels.push(level)
  }
  return levels
}

/** Last step at or before an instant, −1 before the first. It is looked for near `from`, a step that is not after it. */
export function stepAt({ atNs }: Usage, ns: number, from = -1): number {
  const near = Math.max(0, from)
  let reach = from < 0 ? atNs.length : 1
  while (near + reach < atNs.length && atNs[near + reach]! <= ns) reach *= 2
  return partitionPoint(near, Math.min(atNs.length, near + reach), at => atNs[at]! <= ns) - 1
}

/** Highest value among steps `from … to` (inclusive). */
export function highest(levels: readonly Float32Array[], from: number, to: number): number {
  let best = 0
  let left = Math.max(0, from)
  let right = to
  for (let level = 0; left <= right && level < levels.length; level++) {
    const values = levels[level]!
    if (left % 2 === 1) best = Math.max(best, values[left++]!)
    if (right % 2 === 0) best = Math.max(best, values[right--]!)
    left >>= 1
    right >>= 1
  }
  return best
}
