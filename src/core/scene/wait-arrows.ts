import type { Hold, Model, Wait } from '../convention/model.ts'
import { kindOf } from '../lanes/items.ts'
import { type Frame, itemOf } from './frame.ts'

const MAX_ARROWS = 12

/**
 * From a selected waiter to those who held what it waited for, and from a selected hold to those who waited:
 * arrows point from who waits to who holds.
 */
export function drawWaitArrows(frame: Frame): void {
  const { selected } = frame.input.highlights
  const { model } = frame.input.session
  const placed = selected ? frame.lane(selected.lane) : undefined
  if (!selected || !placed || selected.item >= placed.lane.items.count) return
  const kind = kindOf(placed.lane.items, selected.item)
  const ref = placed.lane.items.ref[selected.item]!
  if (kind !== 'wait' && kind !== 'hold') return
  for (const other of othersOf(model, kind, ref)) {
    if (kind === 'wait') arrow(frame, ref, other)
    else arrow(frame, other, ref)
  }
}

interface Met {
  readonly kind: 'wait' | 'hold'
  readonly ref: number
  readonly others: readonly number[]
}

/** The last answer: the same item is selected for many frames. */
const met = new WeakMap<Model, Met>()

/** Holds that were in the way of a wait, or waits that a hold was in the way of; the first few. */
function othersOf(model: Model, kind: Met['kind'], ref: number): readonly number[] {
  const known = met.get(model)
  if (known?.kind === kind && known.ref === ref) return known.others
  const others: number[] = []
  const { holds, waits } = model
  const count = kind === 'wait' ? holds.length : waits.length
  for (let other = 0; other < count && others.length < MAX_ARROWS; other++) {
    const [hold, wait] = kind === 'wait' ? [other, ref] : [ref, other]
    if (waits[wait]!.hold !== hold && meets(holds[hold]!, waits[wait]!)) others.push(other)
  }
  met.set(model, { kind, ref, others })
  return others
}

const meets = (hold: Hold, wait: Wait): boolean =>
  hold.resource === wait.resource && hold.startNs < wait.endNs && hold.endNs > wait.startNs

function arrow(frame: Frame, wait: number, hold: number): void {
  const { model } = frame.input.session
  const lane = frame.visible.find(
    ({ lane }) => lane.kind === 'resource' && lane.subject === model.waits[wait]!.resource,
  )
  if (!lane) return
  const from = itemOf(lane.lane, 'wait', wait)
  const to = itemOf(lane.lane, 'hold', hold)
  if (from < 0 || to < 0) return
  const middle = (item: number): number => {
    const row = lane.lane.items.row[item]!
    return lane.y + lane.geometry.rowTop(row) + lane.geometry.rowHeight(row) / 2
  }
  const overlapFrom = Math.max(model.waits[wait]!.startNs, model.holds[hold]!.startNs)
  const x1 = Math.max(frame.leftPx + 6, frame.clampedX(model.waits[wait]!.startNs) + 3)
  const x2 = Math.max(frame.leftPx + 20, frame.clampedX(overlapFrom) + 14)
  frame.over.push({
    kind: 'line',
    x1,
    y1: middle(from),
    x2,
    y2: middle(to),
    stroke: frame.theme.waiting,
    width: 1.5,
    arrow: true,
    bend: 14,
    alpha: 0.9,
  })
}
