import type { Access } from '../convention/model.ts'
import { groupBy } from '../store/group.ts'
import { byRank, type LaneContext, type RankedLane } from './context.ts'
import { NOT_INVOLVED } from './involved.ts'
import { ItemBuilder } from './items.ts'
import { ItemFlag, type Lane } from './lane.ts'
import { RowPacker } from './pack.ts'

const MAX_ROWS = 12
/** Keys with a lane of their own at most: those with conflicts, and quiet ones where they are few. The others share one. */
const MAX_LANES = 100
const MAX_QUIET = 6

/**
 * One lane per state key, a sub-row per task at work on it; keys that several tasks wrote at the same time come first.
 *
 *     row:jobs/4521   T1  R────────W
 *                     T2     R───────W
 */
export function stateLanes(context: LaneContext): RankedLane[] {
  const { model, involved } = context
  const accessesOf = groupBy(model.accesses.length, model.keys.length, access => model.accesses[access]!.key)
  const lanes: RankedLane[] = []
  model.keys.forEach((key, index) => {
    const order = accessesOf.order.subarray(accessesOf.start[index]!, accessesOf.start[index + 1]!)
    if (order.length === 0) return
    const found = involved.key[index]!
    const { items, rows, conflicting } = layOutKey(model.accesses, order, found < NOT_INVOLVED)
    const lane: Lane = {
      id: `state:${key}`,
      kind: 'state',
      label: key,
      group: 'State',
      process: model.accesses[order[0]!]!.process,
      subject: index,
      rows,
      items: items.finish(),
    }
    const rank = found < NOT_INVOLVED || conflicting ? found : NOT_INVOLVED + 1
    lanes.push({ lane, rank, firstNs: lane.items.startNs[0]! })
  })
  const ranked = byRank(lanes)
  const busy = ranked.filter(({ rank }) => rank <= NOT_INVOLVED).slice(0, MAX_LANES)
  const rest = ranked.slice(busy.length)
  return rest.length <= MAX_QUIET ? ranked : [...busy, shared(rest)]
}

/** Accesses of one key: each task's stretch from its first to its last access gets a row. */
function layOutKey(accesses: readonly Access[], order: Int32Array, found: boolean) {
  const stretches = new Map<number, { firstNs: number; lastNs: number; writes: boolean; row: number }>()
  for (const at of order) {
    const access = accesses[at]!
    const writes = access.op !== 'read' && access.op !== 'check'
    const stretch = stretches.get(access.task)
    if (stretch) {
      stretch.lastNs = access.atNs
      stretch.writes ||= writes
    } else {
      stretches.set(access.task, { firstNs: access.atNs, lastNs: access.atNs, writes, row: 0 })
    }
  }
  const packer = new RowPacker(MAX_ROWS)
  let conflicting = false
  let busyUntilNs = Number.NEGATIVE_INFINITY
  let busyWrites = false
  // Map order is order of first access, so rows are handed out in order of start.
  for (const stretch of stretches.values()) {
    const overlaps = stretch.firstNs < busyUntilNs
    if (overlaps && (busyWrites || stretch.writes)) conflicting = true
    busyWrites = overlaps ? busyWrites || stretch.writes : stretch.writes
    busyUntilNs = Math.max(busyUntilNs, stretch.lastNs)
    stretch.row = packer.place(stretch.firstNs, stretch.lastNs)
  }
  const items = new ItemBuilder(order.length)
  for (const at of order) {
    const access = accesses[at]!
    // A refused change (unique constraint, version conflict) is a conflict that somebody caught.
    if (access.error !== '' && stretches.size > 1) conflicting = true
    const flags = (access.error === '' ? 0 : ItemFlag.error) | (found ? ItemFlag.finding : 0)
    items.push('access', at, access.span, access.atNs, access.atNs, stretches.get(access.task)!.row, flags)
  }
  return { items, rows: packer.rows, conflicting }
}

/** The quiet keys together, each from its first to its last access. */
function shared(lanes: readonly RankedLane[]): RankedLane {
  const items = new ItemBuilder(lanes.reduce((sum, { lane }) => sum + lane.items.count, 0))
  const packer = new RowPacker(MAX_ROWS)
  const byStart = [...lanes].sort((a, b) => a.firstNs - b.firstNs)
  for (const { lane, firstNs } of byStart) {
    const { count, startNs, ref, span, flags, row } = lane.items
    const top = packer.place(firstNs, startNs[count - 1]!, lane.rows)
    for (let at = 0; at < count; at++) {
      const sub = Math.min(MAX_ROWS - 1, top + row[at]!)
      items.push('access', ref[at]!, span[at]!, startNs[at]!, startNs[at]!, sub, flags[at]!)
    }
  }
  const lane: Lane = {
    id: 'state:*',
    kind: 'state',
    label: `${lanes.length} quiet keys`,
    group: 'State',
    process: -1,
    subject: -1,
    rows: packer.rows,
    items: items.finish(),
  }
  return { lane, rank: NOT_INVOLVED + 2, firstNs: lane.items.startNs[0] ?? 0 }
}
