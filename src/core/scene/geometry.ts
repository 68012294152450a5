import { isOwnLane } from '../lanes/child-lanes.ts'
import { codeOf } from '../lanes/items.ts'
import type { Lane } from '../lanes/lane.ts'
import { partitionPoint } from '../sorted.ts'

/** Height of the ruler with its row of finding flags, in px. */
export const RULER_PX = 44
export const HEADING_PX = 24
const COLLAPSED_PX = 22
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

/** How much of a lane is shown. Opened, a task shows all levels of its spans, and its child tasks' lanes below it. */
export type Fold = 'collapsed' | 'plain' | 'opened'

/** Lanes folded by hand; the others are plain. */
export interface Folds {
  readonly collapsed: ReadonlySet<string>
  readonly opened: ReadonlySet<string>
}

export const noFolds: Folds = { collapsed: new Set(), opened: new Set() }

const geometries: Record<Fold, WeakMap<Lane, LaneGeometry>> = {
  collapsed: new WeakMap(),
  plain: new WeakMap(),
  opened: new WeakMap(),
}

function laneGeometry(lane: Lane, fold: Fold): LaneGeometry {
  const known = geometries[fold].get(lane)
  if (known) return known
  const made = fold === 'collapsed' ? squeezed(lane) : laneKinds[lane.kind](lane, fold === 'opened')
  geometries[fold].set(lane, made)
  return made
}

/** As a lane is before it is folded by hand. */
export const plainGeometry = (lane: Lane): LaneGeometry => laneGeometry(lane, 'plain')

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

const laneKinds: Record<Lane['kind'], (lane: Lane, opened: boolean) => LaneGeometry> = {
  loop: lane => even(lane, 20, 0),
  gauge: lane => even(lane, 26, 0),
  resource: resourceGeometry,
  queue: queueGeometry,
  state: lane => even(lane, 22, 2),
  task: (lane, opened) => (isOwnLane(lane) ? taskGeometry(lane, opened) : even(lane, 15, 1)),
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

/** Levels of spans below a task that are drawn before it is opened; deeper ones share the height of one. */
const PLAIN_LEVELS = 3

/** Levels of spans that a task shows in full only once it is opened. */
export const deepLevels = (lane: Lane): number =>
  isOwnLane(lane) && lane.rows > PLAIN_LEVELS + 2 ? lane.rows - 1 - PLAIN_LEVELS : 0

/**
 * The task's own row, application spans below it in thinner ones. What is deep is squeezed until it is asked for:
 *
 *     own     ▮▮▮░░░░▮▮▮▮▮        ▸ 4 deeper levels
 *     1 … 3     ──────────
 *     deeper       ┈┈┈┈           merged, never hidden
 */
function taskGeometry(lane: Lane, opened: boolean): LaneGeometry {
  const own = 18
  const nested = 13
  const deep = opened ? 0 : deepLevels(lane)
  const full = lane.rows - 1 - deep
  const spansTop = TASK_TOP_PX + own + 2
  const deepTop = spansTop + full * (nested + 1)
  const deepPx = nested / Math.max(1, deep)
  const spansPx = lane.rows > 1 ? 1 + (full + (deep > 0 ? 1 : 0)) * (nested + 1) : 0
  return {
    heightPx: TASK_TOP_PX + own + spansPx + PADDING_PX,
    stripPx: 0,
    slots: 1,
    rowTop: row => {
      if (row === 0) return TASK_TOP_PX
      return row <= full ? spansTop + (row - 1) * (nested + 1) : deepTop + (row - 1 - full) * deepPx
    },
    rowHeight: row => (row === 0 ? own : row <= full ? nested : Math.max(1, deepPx)),
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
  readonly fold: Fold
  /** Opened lanes it stands in, outermost first. */
  readonly depth: number
}

export interface LaneStack {
  readonly placed: readonly PlacedLane[]
  readonly heightPx: number
  readonly byId: ReadonlyMap<string, PlacedLane>
}

const stacks = new WeakMap<readonly Lane[], Folds & { readonly stack: LaneStack }>()

/**
 * Stacks the lanes, with a heading wherever the group changes; a lane in an opened one belongs to that one's group.
 * Remembered: there may be 100,000, and frames ask each time.
 */
export function stackLanes(lanes: readonly Lane[], { collapsed, opened }: Folds): LaneStack {
  const known = stacks.get(lanes)
  if (known?.collapsed === collapsed && known.opened === opened) return known.stack
  const stack = stacked(lanes, { collapsed, opened })
  stacks.set(lanes, { collapsed, opened, stack })
  return stack
}

function stacked(lanes: readonly Lane[], { collapsed, opened }: Folds): LaneStack {
  const placed: PlacedLane[] = []
  /** Opened lanes around the next one. */
  const around: string[] = []
  let group: string | undefined
  let y = 0
  for (const lane of lanes) {
    while (around.length > 0 && around.at(-1) !== lane.parent) around.pop()
    const depth = around.length
    const fold = collapsed.has(lane.id) ? 'collapsed' : opened.has(lane.id) ? 'opened' : 'plain'
    const geometry = laneGeometry(lane, fold)
    const headingPx = depth > 0 || group === lane.group ? 0 : HEADING_PX
    if (depth === 0) group = lane.group
    if (opened.has(lane.id)) around.push(lane.id)
    placed.push({ lane, geometry, y: y + headingPx, headingPx, fold, depth })
    y += headingPx + geometry.heightPx
  }
  return { placed, heightPx: y, byId: new Map(placed.map(one => [one.lane.id, one])) }
}

/** Lanes of a stack that are at least partly between two heights, headings included. */
export function lanesBetween({ placed }: LaneStack, topPx: number, bottomPx: number): readonly PlacedLane[] {
  const first = partitionPoint(0, placed.length, at => placed[at]!.y + placed[at]!.geometry.heightPx <= topPx)
  let end = first
  while (end < placed.length && placed[end]!.y - placed[end]!.headingPx < bottomPx) end++
  return placed.slice(first, end)
}
