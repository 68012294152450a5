import type { Model } from '../convention/model.ts'
import { hasFlag, SpanFlag, Status, type Store } from '../store/store.ts'
import type { Involved } from './involved.ts'
import { ItemFlag, type Lane } from './lane.ts'

/** What every lane kind needs to lay itself out. */
export interface LaneContext {
  readonly store: Store
  readonly model: Model
  readonly involved: Involved
}

/** A lane with the rank of the worst finding it is involved in, before ordering. */
export interface RankedLane {
  readonly lane: Lane
  readonly rank: number
  readonly firstNs: number
}

/** Flags of an item that stands for a span: open, error, finding, inferred. */
export function spanFlags(context: LaneContext, row: number, inferred = false): number {
  if (row < 0) return inferred ? ItemFlag.inferred : 0
  const { store, involved } = context
  let flags = inferred ? ItemFlag.inferred : 0
  if (hasFlag(store, row, SpanFlag.open)) flags |= ItemFlag.open
  if (store.spans.status[row] === Status.error) flags |= ItemFlag.error
  if (involved.span[row] === 1) flags |= ItemFlag.finding
  return flags
}

export const processLabel = (store: Store, process: number): string =>
  store.processes[process]?.label ?? 'unknown service'

/** Worst finding first, then earliest. */
export function byRank(lanes: RankedLane[]): RankedLane[] {
  return lanes.sort(
    (a, b) => a.rank - b.rank || a.firstNs - b.firstNs || compareText(a.lane.label, b.lane.label),
  )
}

/** Locale-independent order, so that pictures are the same everywhere. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
