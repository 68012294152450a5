/**
 * Who holds what, who waits, what the loops do at one instant, in O(log n + k).
 *
 * Each kind of interval is indexed once per trace: starts sorted, and over them a tree of the latest end, so that only
 * subtrees that still reach the instant are entered (an implicit augmented interval tree: Cormen et al., §17.3; layout
 * as in cgranges by Heng Li).
 *
 *     starts   0   2   3   7   9          at T = 5: rows with start ≤ 5, of those only subtrees whose latest end > 5
 *     ends     1   8   4   9  12
 */
import type { Model } from '../convention/model.ts'
import { firstAfter } from '../sorted.ts'
import { numbersOf } from '../store/columns.ts'
import { orderOf } from '../store/sort-by-key.ts'
import type { InstantState, LoopState, ResourceState } from './state.ts'

/** Intervals by start, with the latest end of every block of a complete binary tree over them. */
interface IntervalIndex {
  readonly startNs: Float64Array
  readonly endNs: Float64Array
  /** Row of the source table. */
  readonly row: Int32Array
  /** Heap order, root at 1; leaves at `size`. */
  readonly latestEnd: Float64Array
  readonly size: number
}

export interface StateIndex {
  readonly model: Model
  readonly holds: IntervalIndex
  readonly waits: IntervalIndex
  readonly stalls: IntervalIndex
  readonly slices: IntervalIndex
  readonly tasks: { readonly starts: Float64Array; readonly ends: Float64Array }
}

/** The two lists of a `ResourceState`, while they grow. */
interface Parties {
  readonly holders: ResourceState['holders'][number][]
  readonly waiters: ResourceState['waiters'][number][]
}

interface Times {
  readonly startNs: number
  readonly endNs: number
  readonly open: boolean
}

export function indexState(model: Model): StateIndex {
  const { slices } = model
  const sliceTimes = Array.from({ length: slices.count }, (_, row) => ({
    startNs: slices.startNs[row]!,
    endNs: slices.endNs[row]!,
    open: false,
  }))
  const closed = model.tasks.filter(task => !task.open)
  return {
    model,
    holds: indexIntervals(model.holds),
    waits: indexIntervals(model.waits),
    stalls: indexIntervals(model.stalls),
    slices: indexIntervals(sliceTimes),
    tasks: {
      starts: numbersOf(model.tasks, task => task.startNs).sort(),
      ends: numbersOf(closed, task => task.endNs).sort(),
    },
  }
}

/** An interval covers its start and not its end; an open one never ends. */
export function stateAt(index: StateIndex, atNs: number): InstantState {
  const { model } = index
  const resources = new Map<number, Parties>()
  const of = (resource: number) => {
    const known = resources.get(resource)
    if (known) return known
    const state: Parties = { holders: [], waiters: [] }
    resources.set(resource, state)
    return state
  }
  for (const hold of covering(index.holds, atNs)) {
    const { task, resource, startNs } = model.holds[hold]!
    of(resource).holders.push({ hold, task, sinceNs: startNs })
  }
  for (const wait of covering(index.waits, atNs)) {
    const { task, resource, startNs } = model.waits[wait]!
    of(resource).waiters.push({ wait, task, sinceNs: startNs })
  }
  return {
    atNs,
    resources: [...resources]
      .map(([resource, { holders, waiters }]) => ({
        resource,
        inUse: holders.reduce((sum, { hold }) => sum + model.holds[hold]!.permits, 0),
        capacity: model.resources[resource]?.capacity ?? -1,
        holders,
        waiters,
      }))
      .sort((a, b) => b.waiters.length - a.waiters.length || b.inUse - a.inUse || a.resource - b.resource),
    loops: loopsAt(index, atNs),
    liveTasks: firstAfter(index.tasks.starts, atNs) - firstAfter(index.tasks.ends, atNs),
  }
}

function loopsAt(index: StateIndex, atNs: number): LoopState[] {
  const { model } = index
  const loops = model.loops.map((_, loop): LoopState => ({ loop, task: -1, sinceNs: -1, stall: -1 }))
  for (const row of covering(index.slices, atNs)) {
    const loop = model.slices.loop[row]!
    if (loops[loop])
      loops[loop] = { ...loops[loop], task: model.slices.task[row]!, sinceNs: model.slices.startNs[row]! }
  }
  for (const stall of covering(index.stalls, atNs)) {
    const { loop, task, startNs } = model.stalls[stall]!
    const known = loops[loop]
    if (!known) continue
    loops[loop] = known.sinceNs < 0 ? { loop, task, sinceNs: startNs, stall } : { ...known, stall }
  }
  return loops
}

function indexIntervals(intervals: readonly Times[]): IntervalIndex {
  const row = orderOf(numbersOf(intervals, interval => interval.startNs))
  const startNs = numbersOf(row, at => intervals[at]!.startNs)
  const endNs = numbersOf(row, at => (intervals[at]!.open ? Infinity : intervals[at]!.endNs))
  let size = 1
  while (size < row.length) size *= 2
  const latestEnd = new Float64Array(2 * size).fill(-Infinity)
  latestEnd.set(endNs, size)
  for (let at = size - 1; at >= 1; at--) latestEnd[at] = Math.max(latestEnd[2 * at]!, latestEnd[2 * at + 1]!)
  return { startNs, endNs, row, latestEnd, size }
}

/** Source rows of the intervals that cover an instant, by start. */
function covering(index: IntervalIndex, atNs: number): number[] {
  const started = firstAfter(index.startNs, atNs)
  const out: number[] = []
  if (started === 0) return out
  // Left child first: rows come out by start.
  const stack = [{ node: 1, from: 0, length: index.size }]
  while (stack.length > 0) {
    const { node, from, length } = stack.pop()!
    if (from >= started || index.latestEnd[node]! <= atNs) continue
    if (length === 1) {
      out.push(index.row[from]!)
      continue
    }
    const half = length / 2
    stack.push(
      { node: 2 * node + 1, from: from + half, length: half },
      { node: 2 * node, from, length: half },
    )
  }
  return out
}
