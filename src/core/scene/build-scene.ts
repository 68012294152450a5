import { drawStallBands, tintVictims } from './bands.ts'
import { drawFindings } from './finding-layer.ts'
import { Frame } from './frame.ts'
import { drawGaugeLane } from './gauge-layer.ts'
import type { PlacedLane } from './geometry.ts'
import { drawGutter } from './gutter.ts'
import { drawLoopLane } from './loop-layer.ts'
import { drawMarksLane } from './marks-layer.ts'
import { cutMiddle, oneLine } from './measure.ts'
import { drawNotes } from './notes-layer.ts'
import { drawCriticalPath } from './path-layer.ts'
import { drawRange, playheadMarks } from './playhead.ts'
import { drawQueueLane } from './queue-layer.ts'
import { drawResourceLane } from './resource-layer.ts'
import { drawGrid, drawRuler, tickLabels, viewTicks } from './ruler.ts'
import type { Mark, Scene, SceneInput } from './scene.ts'
import { drawStateLane } from './state-layer.ts'
import { drawTaskLane } from './task-layer.ts'
import { drawWaitArrows } from './wait-arrows.ts'

const laneDrawers: Record<PlacedLane['lane']['kind'], (frame: Frame, placed: PlacedLane) => void> = {
  loop: drawLoopLane,
  gauge: drawGaugeLane,
  resource: drawResourceLane,
  queue: drawQueueLane,
  state: drawStateLane,
  task: drawTaskLane,
  marks: drawMarksLane,
}

/** A scene in two parts: what stays while the playhead moves, and what is painted over it; for one instant the same list. */
export interface SceneLayers {
  readonly still: Scene
  readonly following: (playheadNs: number) => readonly Mark[]
}

export function buildScene(input: SceneInput): Scene {
  const { still, following } = buildLayers(input)
  return { ...still, marks: [...still.marks, ...following(input.highlights.playheadNs)] }
}

/**
 * The picture of one view: paper and grid, stall bands, lanes, findings, arrows, notes, labels, and over the lanes'
 * edges the gutter and the ruler. Cost is bounded by pixels and visible lanes, not by spans.
 */
export function buildLayers(input: SceneInput): SceneLayers {
  const frame = new Frame(input)
  const { stepNs, at } = viewTicks(frame)
  frame.push(lanesClip(frame))
  drawPaper(frame)
  drawGrid(frame, at)
  tintVictims(frame)
  drawStallBands(frame)
  drawLanes(frame)
  if (input.matches) drawMatches(frame)
  drawFindings(frame)
  drawCriticalPath(frame)
  drawWaitArrows(frame)
  for (const mark of frame.over) frame.push(mark)
  drawRange(frame)
  const notes = drawNotes(frame)
  for (const label of frame.labels.place()) frame.push(label)
  frame.push({ kind: 'unclip' })
  drawGutter(frame)
  drawHeadings(frame)
  frame.marks.push(lanesClip(frame), ...notes, { kind: 'unclip' })
  drawRuler(frame, at)
  const still: Scene = {
    widthPx: input.viewport.widthPx,
    heightPx: input.viewport.heightPx,
    background: frame.theme.background,
    marks: frame.marks,
    hits: frame.hits,
    laneBoxes: frame.laneBoxes,
    contentPx: frame.contentPx,
  }
  const ticks = tickLabels(frame, stepNs, at)
  let last: { readonly playheadNs: number; readonly marks: readonly Mark[] } | null = null
  const following = (playheadNs: number): readonly Mark[] => {
    if (last?.playheadNs !== playheadNs) last = { playheadNs, marks: playheadMarks(frame, ticks, playheadNs) }
    return last.marks
  }
  return { still, following }
}

function drawLanes(frame: Frame): void {
  for (const placed of frame.visible) laneDrawers[placed.lane.kind](frame, placed)
}

/** A veil over everything, and what the query found once more on top of it: only that is named. */
function drawMatches(frame: Frame): void {
  const { theme, leftPx: x, topPx: y, rightPx, bottomPx } = frame
  const h = Math.max(0, bottomPx - y)
  frame.push({ kind: 'rect', x, y, w: rightPx - x, h, fill: theme.background, pattern: 'solid', alpha: 0.8 })
  frame.labels.clear()
  frame.matchingOnly = true
  drawLanes(frame)
}

const lanesClip = (frame: Frame): Mark => ({
  kind: 'clip',
  x: frame.leftPx,
  y: frame.topPx,
  w: frame.rightPx - frame.leftPx,
  h: Math.max(0, frame.bottomPx - frame.topPx),
})

/** Lanes on alternating paper, a hair line between them. */
function drawPaper(frame: Frame): void {
  const { theme } = frame
  frame.visible.forEach(({ y, geometry, lane }) => {
    const w = frame.rightPx - frame.leftPx
    const fill = lane.kind === 'loop' || lane.kind === 'resource' ? theme.laneOdd : theme.laneEven
    frame.push({ kind: 'rect', x: frame.leftPx, y, w, h: geometry.heightPx, fill, pattern: 'solid' })
    const bottom = y + geometry.heightPx
    frame.push({
      kind: 'line',
      x1: frame.leftPx,
      y1: bottom,
      x2: frame.rightPx,
      y2: bottom,
      stroke: theme.grid,
      width: 1,
    })
  })
}

/** Group headings run over the whole width, gutter included. */
function drawHeadings(frame: Frame): void {
  const { theme } = frame
  frame.push({
    kind: 'clip',
    x: 0,
    y: frame.topPx,
    w: frame.rightPx,
    h: Math.max(0, frame.bottomPx - frame.topPx),
  })
  for (const { lane, y, headingPx } of frame.visible) {
    if (headingPx === 0 || y <= frame.topPx) continue
    const top = y - headingPx
    frame.push({
      kind: 'rect',
      x: 0,
      y: top,
      w: frame.rightPx,
      h: headingPx,
      fill: theme.heading,
      pattern: 'solid',
    })
    frame.push({
      kind: 'text',
      x: 12,
      y: top + headingPx / 2 + 4,
      text: cutMiddle(oneLine(lane.group), frame.rightPx - 24, part => frame.text(part, 11, true)),
      size: 11,
      fill: theme.textMuted,
      bold: true,
    })
  }
  frame.push({ kind: 'unclip' })
}
