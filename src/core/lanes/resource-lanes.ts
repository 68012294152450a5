import type { Hold, Wait } from '../convention/model.ts'
import { partitionPoint } from '../sorted.ts'
import { eachOf, groupBy, sizeOf } from '../store/group.ts'
import { byRank, type LaneContext, type RankedLane, spanFlags } from './context.ts'
import { NOT_INVOLVED } from './involved.ts'
import { ItemBuilder } from './items.ts'
import { ItemFlag } from './lane.ts'
import { RowPacker } from './pack.ts'

const MAX_SLOTS = 48
const MAX_QUEUE_ROWS = 24

/**
 * One lane per resource: holds by slot, below them the queue of waiters.
 *
 *     db-pool   slot 0  ████████████████
 *               slot 1     █████████████
 *               queue   ┄┄┄┄┄┄╱╱╱╱╱╱╱╱╱
 */
export function resourceLanes(context: LaneContext): RankedLane[] {
  const { model, involved } = context
  const resources = model.resources.length
  const holdsOf = groupBy(model.holds.length, resources, hold => model.holds[hold]!.resource)
  const waitsOf = groupBy(model.waits.length, resources, wait => model.waits[wait]!.resource)
  const lanes: RankedLane[] = []
  model.resources.forEach((resource, index) => {
    const contended = new Contention(waitsOf, index, model.waits)
    const items = new ItemBuilder(sizeOf(holdsOf, index) + sizeOf(waitsOf, index))
    const slots = new RowPacker(MAX_SLOTS)
    eachOf(holdsOf, index, at => {
      const hold = model.holds[at]!
      const row = slots.place(hold.startNs, hold.endNs)
      items.push('hold', at, hold.row, hold.startNs, hold.endNs, row, holdFlags(context, hold, at, contended))
    })
    const queue = new RowPacker(MAX_QUEUE_ROWS)
    eachOf(waitsOf, index, at => {
      const wait = model.waits[at]!
      if (wait.endNs <= wait.startNs && !wait.open) return
      const row = slots.rows + queue.place(wait.startNs, wait.endNs)
      items.push('wait', at, wait.row, wait.startNs, wait.endNs, row, waitFlags(context, wait))
    })
    if (items.count === 0) return
    const laid = items.finish()
    const rank = involved.resource[index]!
    lanes.push({
      lane: {
        id: `resource:${resource.label}`,
        kind: 'resource',
        label: resource.label,
        group: 'Resources',
        process: resource.process,
        subject: index,
        rows: slots.rows + queue.rows,
        items: laid,
      },
      // Among resources nothing is found about, those with waiters come first.
      rank: rank === NOT_INVOLVED && queue.rows === 0 ? NOT_INVOLVED + 1 : rank,
      firstNs: laid.startNs[0]!,
    })
  })
  return byRank(lanes)
}

function holdFlags(context: LaneContext, hold: Hold, index: number, contended: Contention): number {
  let flags = spanFlags(context, hold.row, hold.inferred !== null)
  if (hold.open) flags |= ItemFlag.open
  if (context.involved.hold[index] === 1) flags |= ItemFlag.finding
  if (contended.during(hold.startNs, hold.endNs)) flags |= ItemFlag.contended
  return flags
}

/** Also for the task lanes: a wait that failed is an error, one of a task in a finding about its resource is part of it. */
export function waitFlags(context: LaneContext, wait: Wait): number {
  let flags = spanFlags(context, wait.row, wait.inferred !== null)
  if (wait.open) flags |= ItemFlag.open
  if (wait.outcome === 'timeout' || wait.outcome === 'failed') flags |= ItemFlag.error
  const { task, resource } = context.involved
  if (
    (task[wait.task] ?? NOT_INVOLVED) < NOT_INVOLVED &&
    (resource[wait.resource] ?? NOT_INVOLVED) < NOT_INVOLVED
  ) {
    flags |= ItemFlag.finding
  }
  return flags
}

/** Merged waiting time of one resource: was somebody waiting during an interval? */
class Contention {
  readonly #starts: number[] = []
  readonly #ends: number[] = []

  constructor(waitsOf: ReturnType<typeof groupBy>, resource: number, waits: readonly Wait[]) {
    eachOf(waitsOf, resource, at => {
      const { startNs, endNs } = waits[at]!
      const last = this.#ends.length - 1
      if (last >= 0 && startNs <= this.#ends[last]!) this.#ends[last] = Math.max(this.#ends[last]!, endNs)
      else {
        this.#starts.push(startNs)
        this.#ends.push(endNs)
      }
    })
  }

  during(startNs: number, endNs: number): boolean {
    const first = partitionPoint(0, this.#ends.length, at => this.#ends[at]! <= startNs)
    return first < this.#starts.length && this.#starts[first]! < endNs
  }
}
