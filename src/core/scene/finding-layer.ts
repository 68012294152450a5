import { type Finding, type FindingMark, type Section, sectionsOf } from '../detect/finding.ts'
import { duration } from '../detect/words.ts'
import { isOwnLane } from '../lanes/child-lanes.ts'
import { selectedFinding } from './bands.ts'
import { type Frame, itemOf } from './frame.ts'
import type { PlacedLane } from './geometry.ts'
import type { Box } from './labels.ts'

/** Findings drawn faintly beside the selected one. */
const MAX_FAINT = 40

/** Outlines and overlaps of the findings; the selected one strong, with its gap and its steps. */
export function drawFindings(frame: Frame): void {
  const selected = selectedFinding(frame)
  const { findings } = frame.input.session.analysis
  const inView = findings.filter(
    ({ startNs, endNs, id }) => id !== selected?.id && frame.inView(startNs, endNs),
  )
  for (const finding of inView.slice(0, MAX_FAINT)) {
    for (const mark of finding.marks) drawMark(frame, finding, mark, false)
  }
  if (!selected) return
  for (const mark of selected.marks) drawMark(frame, selected, mark, true)
  drawSteps(frame, selected)
}

function drawMark(frame: Frame, finding: Finding, mark: FindingMark, strong: boolean): void {
  if (mark.kind === 'band') return
  if (mark.kind !== 'overlap') {
    const boxes = sectionsOf(mark).map(section => boxesOf(frame, finding, section))
    for (const box of boxes.flat()) outline(frame, box, strong)
    if (mark.kind === 'ring' && strong) joinRing(frame, boxes)
    return
  }
  const boxesA = boxesOf(frame, finding, mark.a)
  const boxesB = boxesOf(frame, finding, mark.b)
  const overlapFrom = Math.max(mark.a.startNs, mark.b.startNs)
  const overlapTo = Math.min(mark.a.endNs, mark.b.endNs)
  if (overlapTo > overlapFrom) {
    for (const box of [...boxesA, ...boxesB]) fillOverlap(frame, box, overlapFrom, overlapTo, strong)
  }
  for (const box of [...boxesA, ...boxesB]) outline(frame, box, strong)
  if (strong) joinDecisive(frame, mark.a, mark.b, mark.gapNs, boxesA, boxesB)
}

interface SectionBox extends Box {
  readonly lane: PlacedLane
}

/** A section stands in the task's lane, in the resource's slot, in the key's row: wherever its task shows. */
function boxesOf(frame: Frame, finding: Finding, section: Section): SectionBox[] {
  if (!frame.inView(section.startNs, section.endNs)) return []
  const x = frame.clampedX(section.startNs)
  const w = Math.max(3, frame.clampedX(section.endNs) - x)
  const boxes: SectionBox[] = []
  for (const placed of frame.visible) {
    const row = rowOf(frame, placed, finding, section)
    if (row < 0) continue
    const y = placed.y + placed.geometry.rowTop(row)
    const pad = placed.lane.kind === 'state' ? 9 : 2
    boxes.push({ x: x - pad, y: y - 1, w: w + 2 * pad, h: placed.geometry.rowHeight(row) + 2, lane: placed })
  }
  return boxes
}

function rowOf(frame: Frame, { lane }: PlacedLane, finding: Finding, section: Section): number {
  const { model } = frame.input.session
  switch (lane.kind) {
    case 'task': {
      if (section.task < 0) return -1
      const item = itemOf(lane, 'task', section.task)
      return item < 0 ? -1 : lane.items.row[item]!
    }
    case 'resource': {
      if (section.hold < 0 || model.holds[section.hold]?.resource !== lane.subject) return -1
      const item = itemOf(lane, 'hold', section.hold)
      return item < 0 ? -1 : lane.items.row[item]!
    }
    case 'state': {
      if (lane.subject < 0 || lane.subject !== finding.key) return -1
      return rowOfTask(frame, lane, section)
    }
    default:
      return -1
  }
}

/** Row of a task's accesses in a state lane. */
function rowOfTask(frame: Frame, { items }: PlacedLane['lane'], section: Section): number {
  const { accesses } = frame.input.session.model
  for (let at = 0; at < items.count; at++) {
    const access = accesses[items.ref[at]!]
    if (access?.task === section.task && access.atNs >= section.startNs && access.atNs <= section.endNs) {
      return items.row[at]!
    }
  }
  return -1
}

function outline(frame: Frame, { x, y, w, h }: Box, strong: boolean): void {
  frame.over.push({
    kind: 'rect',
    x,
    y,
    w,
    h,
    fill: frame.theme.overlapEdge,
    pattern: 'none',
    stroke: frame.theme.overlapEdge,
    strokeWidth: strong ? 2 : 1,
    radius: 4,
    ...(!strong && { alpha: 0.55 }),
  })
}

function fillOverlap(frame: Frame, box: SectionBox, fromNs: number, toNs: number, strong: boolean): void {
  const x = Math.max(box.x, frame.clampedX(fromNs))
  const right = Math.min(box.x + box.w, frame.clampedX(toNs))
  if (right <= x) return
  frame.push({
    kind: 'rect',
    x,
    y: box.y,
    w: right - x,
    h: box.h,
    fill: frame.theme.overlap,
    pattern: 'solid',
    alpha: (strong ? 0.28 : 0.14) * (box.lane.lane.kind === 'task' ? 0.5 : 1),
  })
}

/**
 * The distance of the decisive moments, as a dimension between the two rows of the most telling lane:
 *
 *     ⓡ────────────ⓦ
 *     └────────▶ⓡ──────────ⓦ
 *      7 ms apart
 */
function joinDecisive(
  frame: Frame,
  a: Section,
  b: Section,
  gapNs: number,
  boxesA: readonly SectionBox[],
  boxesB: readonly SectionBox[],
): void {
  const moments = decisiveMoments(frame, a, b, gapNs)
  const [from, to] = moments.swapped ? [b, a] : [a, b]
  const [fromBoxes, toBoxes] = moments.swapped ? [boxesB, boxesA] : [boxesA, boxesB]
  const key = fromBoxes.find(({ lane }) => lane.lane.kind === 'state')
  const other = toBoxes.find(({ lane }) => lane.lane.kind === 'state')
  // Where the tasks' starts decide, the accesses still get their arrow, without a second number.
  if (moments.ofTasks && key && other)
    arrowBetween(frame, from.startNs, to.startNs - 8 * frame.nsPerPx, key, other)
  // The most telling lane that shows both: state, else resource, else tasks; where the tasks' starts decide, tasks.
  const kinds = moments.ofTasks ? (['task'] as const) : (['state', 'resource', 'task'] as const)
  const kind = kinds.find(
    wanted =>
      fromBoxes.some(({ lane }) => lane.lane.kind === wanted) &&
      toBoxes.some(({ lane }) => lane.lane.kind === wanted),
  )
  const first = fromBoxes.find(({ lane }) => lane.lane.kind === kind)
  const second = toBoxes.find(({ lane }) => lane.lane.kind === kind)
  if (!first || !second) return
  const { theme } = frame
  const toNs = moments.toNs - (moments.ofTasks ? 0 : 8 * frame.nsPerPx)
  const { x1, x2, y2 } = arrowBetween(frame, moments.fromNs, toNs, first, second)
  const text = `${duration(gapNs)} apart`
  const width = frame.text(text, 12, true)
  const fits = x2 - x1 > width + 8
  // On the side of the arrow where the first section is not.
  const besideY = second.y > first.y ? y2 + 12 : y2 - 5
  frame.labels.add({
    text,
    x: fits ? (x1 + x2) / 2 - 4 : x1 - 8 - width > frame.leftPx ? x1 - 8 : x2 + 20,
    align: fits ? 'middle' : x1 - 8 - width > frame.leftPx ? 'end' : 'start',
    maxPx: 160,
    y: fits ? besideY : y2 + 4,
    size: 12,
    bold: true,
    fill: theme.overlapEdge,
    halo: theme.background,
    whole: true,
    priority: 10,
  })
}

/** Down from the first moment's row, then along the second's row to its moment. */
function arrowBetween(
  frame: Frame,
  fromNs: number,
  toNs: number,
  first: SectionBox,
  second: SectionBox,
): { x1: number; x2: number; y2: number } {
  const x1 = frame.clampedX(fromNs)
  const x2 = frame.clampedX(toNs)
  const y2 = second.y + second.h / 2
  const y1 = second.y >= first.y ? first.y + first.h : first.y
  const line = { kind: 'line', stroke: frame.theme.overlapEdge, width: 2 } as const
  if (Math.abs(y2 - y1) > 2) frame.over.push({ ...line, x1, y1, x2: x1, y2, dashed: true, width: 1.5 })
  if (x2 - x1 > 6) frame.over.push({ ...line, x1, y1: y2, x2, y2, arrow: true })
  return { x1, x2, y2 }
}

interface Moments {
  readonly fromNs: number
  readonly toNs: number
  readonly ofTasks: boolean
  /** The first moment is the second section's. */
  readonly swapped: boolean
}

/**
 * What lies `gapNs` apart: starts or ends of the sections (reads or writes), one's end and the other's start, or, for two
 * runs of one operation, the starts of their tasks. The finding gives the distance; the pair that has it is drawn.
 */
function decisiveMoments({ input }: Frame, a: Section, b: Section, gapNs: number): Moments {
  const { tasks } = input.session.model
  const firstTask = tasks[a.task]
  const secondTask = tasks[b.task]
  const pairs: (readonly [ofA: number, ofB: number, ofTasks: boolean])[] = [
    [a.startNs, b.startNs, false],
    [a.endNs, b.endNs, false],
    [a.endNs, b.startNs, false],
    [a.startNs, b.endNs, false],
  ]
  if (firstTask && secondTask) pairs.push([firstTask.startNs, secondTask.startNs, true])
  const off = ([ofA, ofB]: (typeof pairs)[number]): number => Math.abs(Math.abs(ofB - ofA) - gapNs)
  const nearest = Math.min(...pairs.map(off))
  const [ofA, ofB, ofTasks] = pairs.find(pair => off(pair) <= nearest + gapNs * 0.005) ?? pairs[0]!
  return { fromNs: Math.min(ofA, ofB), toNs: Math.max(ofA, ofB), ofTasks, swapped: ofB < ofA }
}

/**
 * Who waits for whom, as arrows from task to task: a ring has no end to begin with.
 *
 *     refund  ▒▒▒▒▒╷▒▒▲▒▒▒
 *     buy     ▒▒▒▒▒▼▒▒╵▒▒▒
 */
function joinRing(frame: Frame, members: readonly (readonly SectionBox[])[]): void {
  const boxes = members.map(all => all.find(({ lane }) => lane.lane.kind === 'task'))
  const startPx = Math.max(frame.leftPx, ...boxes.map(box => box?.x ?? 0)) + 24
  boxes.forEach((from, at) => {
    const to = boxes[(at + 1) % boxes.length]
    if (!from || !to || from === to) return
    const down = to.y > from.y
    const x = startPx + at * 28
    frame.over.push({
      kind: 'line',
      x1: x,
      y1: from.y + from.h / 2,
      x2: x,
      y2: down ? to.y + 4 : to.y + to.h - 4,
      stroke: frame.theme.overlapEdge,
      width: 2.5,
      arrow: true,
      bend: down ? 10 : -10,
    })
  })
}

/** The interleaving's steps, numbered where they happened, in the lanes of their tasks. */
function drawSteps(frame: Frame, { steps }: Finding): void {
  const lastX = new Map<number, number>()
  const size = 13
  steps.forEach((step, at) => {
    const placed = frame.visible.find(({ lane }) => isOwnLane(lane) && lane.subject === step.task)
    if (!placed || !frame.inView(step.atNs, step.atNs)) return
    // Steps at one moment stand side by side.
    const x = Math.max(
      frame.clampedX(step.atNs),
      frame.leftPx + size / 2 + 1,
      (lastX.get(step.task) ?? Number.NEGATIVE_INFINITY) + size,
    )
    lastX.set(step.task, x)
    const y = placed.y + 5
    frame.over.push({ kind: 'symbol', symbol: 'note', x, y, size: size + 2, fill: frame.theme.background })
    frame.over.push({ kind: 'symbol', symbol: 'note', x, y, size, fill: frame.theme.overlapEdge })
    frame.over.push({
      kind: 'text',
      x,
      y: y + 3.1,
      text: String(at + 1),
      size: 9,
      fill: frame.theme.background,
      bold: true,
      align: 'middle',
    })
    frame.labels.block({ x: x - size / 2, y: y - size / 2, w: size, h: size })
  })
}
