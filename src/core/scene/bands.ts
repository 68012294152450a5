import type { Model, Stall } from '../convention/model.ts'
import type { Finding } from '../detect/finding.ts'
import { isOwnLane } from '../lanes/child-lanes.ts'
import type { Frame } from './frame.ts'

/** Stall bands drawn at most; beyond that only the longest in view. */
const MAX_BANDS = 60

/** While a loop stalls nothing on it moves: a cross-hatched band through all lanes. */
export function drawStallBands(frame: Frame): void {
  const { stalls } = frame.input.session.model
  const inView = stalls
    .filter(
      stall => frame.inView(stall.startNs, stall.endNs) && (stall.endNs - stall.startNs) / frame.nsPerPx >= 1,
    )
    .sort((a, b) => b.endNs - b.startNs - (a.endNs - a.startNs))
    .slice(0, MAX_BANDS)
  const selected = selectedStall(frame)
  for (const stall of inView) {
    const strong = stalls[selected] === stall
    drawBand(frame, stall.startNs, stall.endNs, strong ? 0.45 : 0.28)
  }
}

function drawBand(frame: Frame, startNs: number, endNs: number, alpha: number): void {
  const { theme } = frame
  const x = frame.clampedX(startNs)
  const w = frame.clampedX(endNs) - x
  const bottom = Math.min(frame.bottomPx, frame.lanesBottomPx)
  frame.push({
    kind: 'rect',
    x,
    y: frame.topPx,
    w,
    h: bottom - frame.topPx,
    fill: theme.stall,
    pattern: 'cross',
    alpha,
  })
  for (const edge of [x, x + w]) {
    frame.push({
      kind: 'line',
      x1: edge,
      y1: frame.topPx,
      x2: edge,
      y2: bottom,
      stroke: theme.stall,
      width: 1,
      alpha: Math.min(1, alpha * 1.5),
    })
  }
}

/** The stall that is selected, as an item or through its finding; −1 none. */
function selectedStall({ input }: Frame): number {
  const { selected } = input.highlights
  if (!selected) return -1
  const lane = input.lanes.find(({ id }) => id === selected.lane)
  return lane?.kind === 'loop' && selected.item < lane.items.count ? lane.items.ref[selected.item]! : -1
}

export const selectedFinding = ({ input }: Frame): Finding | undefined =>
  input.highlights.finding === ''
    ? undefined
    : input.session.analysis.findings.find(({ id }) => id === input.highlights.finding)

/** The lanes of a stall's or finding's victims get a warm tint, so that the eye finds them. */
export function tintVictims(frame: Frame): void {
  const finding = selectedFinding(frame)
  const { model } = frame.input.session
  const tasks = new Set(finding?.victims.rows.map(row => model.taskOfSpan[row] ?? -1) ?? [])
  const stall = model.stalls[selectedStall(frame)]
  if (stall) {
    for (const task of delayedBy(model, stall)) tasks.add(task)
    tasks.delete(stall.task)
  }
  tasks.delete(-1)
  if (tasks.size === 0) return
  for (const { lane, y, geometry } of frame.visible) {
    if (!isOwnLane(lane) || !tasks.has(lane.subject)) continue
    frame.push({
      kind: 'rect',
      x: frame.leftPx,
      y,
      w: frame.rightPx - frame.leftPx,
      h: geometry.heightPx,
      fill: frame.theme.waiting,
      pattern: 'solid',
      alpha: 0.08,
    })
  }
}

const delayed = new WeakMap<Stall, ReadonlySet<number>>()

/** Tasks of the loop that awaited something while it stalled; remembered, because a selected stall is drawn frame by frame. */
function delayedBy(model: Model, stall: Stall): ReadonlySet<number> {
  const known = delayed.get(stall)
  if (known) return known
  const tasks = new Set<number>()
  for (const { task, startNs, endNs } of model.awaits) {
    const loop = model.tasks[task]?.loop
    if (loop === stall.loop && startNs < stall.endNs && endNs > stall.startNs) tasks.add(task)
  }
  delayed.set(stall, tasks)
  return tasks
}
