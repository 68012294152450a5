import { codeOf } from '../lanes/items.ts'
import type { Lane } from '../lanes/lane.ts'

/** Height of the ruler with its row of finding flags, in px. */
export const RULER_PX = 44
export const HEADING_PX = 24
export const COLLAPSED_PX = 22
const PADDING_PX = 5
/** Room above a task for the numbers of a finding's steps. */
const TASK_TOP_PX = 9

/** Where a lane's sub-rows lie, in px from the lane's top. */
export interface LaneGeometry {
  readonly heightPx: number
  /** Resource and queue lanes: the strip of capacity and use above the rows; 0 where there is none. */
  readonly stripPx: number
  /** Sub-rows that are slots of a resource; the queue is below. */
  readonly slots: number
  rowTop(row: number): number
  rowHeight(row: number): number
}

const open = new WeakMap<Lane, LaneGeometry>()
const collapsed = new WeakMap<Lane, LaneGeometry>()

export function laneGeometry(lane: Lane, isCollapsed: boolean): LaneGeometry {
  const cache = isCollapsed ? collapsed : open
  const known = cache.get(lane)
  if (known) return known
  const made = isCollapsed ? squeezed(lane) : laneKinds[lane.kind](lane)
  cache.set(lane, made)
  return made
}

/** All rows in one line's height: what is in them is merged, never hidden. */
function squeezed(lane: Lane): LaneGeometry {
  const inner = COLLAPSED_PX - 8
  const height = inner / Math.max(1, lane.rows)
  return {
    heightPx: COLLAPSED_PX,
    stripPx: 0,
    slots: slotsOf(lane),
    rowTop: row => 4 + row * height,
    rowHeight: () => Math.max(1, height - (height > 3 ? 1 : 0)),
  }
}

const laneKinds: Record<Lane['kind'], (lane: Lane) => LaneGeometry> = {
  loop: lane => even(lane, 20, 0),
  gauge: lane => even(lane, 26, 0),
  resource: resourceGeometry,
  queue: queueGeometry,
  state: lane => even(lane, 22, 2),
  task: lane => (lane.subject >= 0 && lane.id.startsWith('task:') ? taskGeometry(lane) : even(lane, 15, 1)),
  marks: lane => even(lane, 22, 0),
}

function even(lane: Lane, rowPx: number, gapPx: number): LaneGeometry {
  return {
    heightPx: lane.rows * (rowPx + gapPx) - gapPx + 2 * PADDING_PX,
    stripPx: 0,
    slots: lane.rows,
    rowTop: row => PADDING_PX + row * (rowPx + gapPx),
    rowHeight: () => rowPx,
  }
}

/** The task's own row, application spans below it in thinner ones. */
function taskGeometry(lane: Lane): LaneGeometry {
  const own = 18
  const nested = 13
  return {
    heightPx: TASK_TOP_PX + own + (lane.rows - 1) * (nested + 1) + (lane.rows > 1 ? 1 : 0) + PADDING_PX,
    stripPx: 0,
    slots: 1,
    rowTop: row => (row === 0 ? TASK_TOP_PX : TASK_TOP_PX + own + 1 + (row - 1) * (nested + 1) + 1),
    rowHeight: row => (row === 0 ? own : nested),
  }
}

/**
 *     strip    ▁▂▅▅▅▅▂▁   in use against capacity
 *     slots    ████████
 *     queue      ╱╱╱╱
 */
function resourceGeometry(lane: Lane): LaneGeometry {
  const slots = slotsOf(lane)
  const queue = lane.rows - slots
  const stripPx = slots > 1 ? 30 : 0
  const slotPx = slots <= 2 ? 18 : slots <= 16 ? 14 : 7
  const queuePx = queue <= 12 ? 14 : 8
  const slotsTop = PADDING_PX + (stripPx > 0 ? stripPx + 4 : 0)
  const queueTop = slotsTop + slots * (slotPx + 1) + (queue > 0 ? 3 : 0)
  return {
    heightPx: queueTop + queue * (queuePx + 1) + PADDING_PX,
    stripPx,
    slots,
    rowTop: row => (row < slots ? slotsTop + row * (slotPx + 1) : queueTop + (row - slots) * (queuePx + 1)),
    rowHeight: row => (row < slots ? slotPx : queuePx),
  }
}

/** The depth above, the items below. */
function queueGeometry(lane: Lane): LaneGeometry {
  const stripPx = 30
  const rowPx = 12
  const top = PADDING_PX + stripPx + 4
  return {
    heightPx: top + lane.rows * (rowPx + 1) + PADDING_PX,
    stripPx,
    slots: lane.rows,
    rowTop: row => top + row * (rowPx + 1),
    rowHeight: () => rowPx,
  }
}

function slotsOf(lane: Lane): number {
  const hold = codeOf('hold')
  let slots = 0
  for (let at = 0; at < lane.items.count; at++) {
    if (lane.items.kind[at] === hold) slots = Math.max(slots, lane.items.row[at]! + 1)
  }
  return slots
}

/** A lane in the column of lanes; `y` in px from the top of the content, before scrolling. */
export interface PlacedLane {
  readonly lane: Lane
  readonly geometry: LaneGeometry
  readonly y: number
  /** Height of the heading above it, 0 when it continues its group. */
  readonly headingPx: number
  readonly collapsed: boolean
}

export interface LaneStack {
  readonly placed: readonly PlacedLane[]
  readonly heightPx: number
  readonly byId: ReadonlyMap<string, PlacedLane>
}

const stacks = new WeakMap<
  readonly Lane[],
  { readonly collapsedIds: ReadonlySet<string>; readonly stack: LaneStack }
>()

/** Stacks the lanes, with a heading wherever the group changes. Remembered: there may be 100,000, and frames ask each time. */
export function stackLanes(lanes: readonly Lane[], collapsedIds: ReadonlySet<string>): LaneStack {
  const known = stacks.get(lanes)
  if (known?.collapsedIds === collapsedIds) return known.stack
  const stack = stacked(lanes, collapsedIds)
  stacks.set(lanes, { collapsedIds, stack })
  return stack
}

function stacked(lanes: readonly Lane[], collapsedIds: ReadonlySet<string>): LaneStack {
  const placed: PlacedLane[] = []
  let y = 0
  lanes.forEach((lane, index) => {
    const isCollapsed = collapsedIds.has(lane.id)
    const geometry = laneGeometry(lane, isCollapsed)
    const headingPx = lanes[index - 1]?.group === lane.group ? 0 : HEADING_PX
    placed.push({ lane, geometry, y: y + headingPx, headingPx, collapsed: isCollapsed })
    y += headingPx + geometry.heightPx
  })
  return { placed, heightPx: y, byId: new Map(placed.map(one => [one.lane.id, one])) }
}

/** Lanes of a stack that are at least partly between two heights, headings included. */
export function lanesBetween({ placed }: LaneStack, topPx: number, bottomPx: number): readonly PlacedLane[] {
  let low = 0
  for (let high = placed.length; low < high; ) {
    const middle = (low + high) >> 1
    if (placed[middle]!.y + placed[middle]!.geometry.heightPx <= topPx) low = middle + 1
    else high = middle
  }
  let end = low
  while (end < placed.length && placed[end]!.y - placed[end]!.headingPx < bottomPx) end++
  return placed.slice(low, end)
}
