/** `state --at T --json`, version 1: who holds what, who waits, what the loops do at one instant. */
import type { InstantState } from '../replay/state.ts'
import { waitGraphOf } from '../replay/wait-graph.ts'
import type { Session } from '../scene/scene.ts'
import { unixNano } from '../store/store.ts'
import { taskName } from './analysis-json.ts'
import { stuckSentence } from './stuck-sentence.ts'

export interface StateJson {
  readonly version: 1
  readonly atUnixNano: string
  readonly atNs: number
  readonly liveTasks: number
  readonly resources: readonly {
    readonly resource: string
    readonly type: string
    readonly inUse: number
    /** null when unknown */
    readonly capacity: number | null
    readonly holders: readonly PartyJson[]
    /** First come first. */
    readonly waiters: readonly PartyJson[]
  }[]
  /** Who waits for whom, longest first; the stuck ones can't move before another stuck one does. */
  readonly waitsFor: readonly {
    readonly task: string
    readonly resource: string
    readonly holders: readonly string[]
    readonly forNs: number
    readonly stuck: boolean
  }[]
  /** The stuck ones as a sentence; null when there are none. */
  readonly stuck: string | null
  readonly loops: readonly {
    readonly loop: string
    /** null when idle, or when the trace does not tell */
    readonly task: string | null
    readonly forNs: number | null
    readonly stalled: boolean
  }[]
}

interface PartyJson {
  readonly task: string
  readonly site: string
  readonly sinceUnixNano: string
  readonly forNs: number
}

export function stateJson({ store, model }: Session, state: InstantState): StateJson {
  const party = (task: number, sinceNs: number, site: string): PartyJson => ({
    task: taskName(model, task),
    site,
    sinceUnixNano: unixNano(store, sinceNs),
    forNs: Math.round(state.atNs - sinceNs),
  })
  const graph = waitGraphOf(state)
  return {
    version: 1,
    atUnixNano: unixNano(store, state.atNs),
    atNs: Math.round(state.atNs),
    liveTasks: state.liveTasks,
    resources: state.resources.map(({ resource, inUse, capacity, holders, waiters }) => ({
      resource: model.resources[resource]!.label,
      type: model.resources[resource]!.type,
      inUse,
      capacity: capacity < 0 ? null : capacity,
      holders: holders.map(({ hold, task, sinceNs }) => party(task, sinceNs, model.holds[hold]!.site)),
      waiters: waiters.map(({ wait, task, sinceNs }) => party(task, sinceNs, model.waits[wait]!.site)),
    })),
    waitsFor: graph.edges.map(({ task, resource, holders, sinceNs }) => ({
      task: taskName(model, task),
      resource: model.resources[resource]!.label,
      holders: holders.map(holder => taskName(model, holder)),
      forNs: Math.round(state.atNs - sinceNs),
      stuck: graph.stuck.has(task),
    })),
    stuck: stuckSentence({ model }, graph),
    loops: state.loops.map(({ loop, task, sinceNs, stall }) => ({
      loop: model.loops[loop]!.label,
      task: task < 0 ? null : taskName(model, task),
      forNs: sinceNs < 0 ? null : Math.round(state.atNs - sinceNs),
      stalled: stall >= 0,
    })),
  }
}
