/** Who holds what, who waits, what the loops do at one instant, in O(log n + k): each kind of interval is indexed once per trace. */
import type { Model } from '../convention/model.ts'
import { firstAfter } from '../sorted.ts'
import { numbersOf } from '../store/columns.ts'
import { covering, type IntervalIndex, indexIntervals } from './interval-index.ts'
import type { InstantState, LoopState, ResourceState } from './state.ts'

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
