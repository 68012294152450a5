import type { Finding, FindingMark, Section } from '../detect/finding.ts'
import { selectedFinding } from './bands.ts'
import { type Frame, itemOf } from './frame.ts'
import type { PlacedLane } from './geometry.ts'
import type { Box } from './labels.ts'
import { formatDuration } from './time-text.ts'

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
}

function drawMark(frame: Frame, finding: Finding, mark: FindingMark, strong: boolean): void {
  if (mark.kind === 'band') return
  if (mark.kind === 'section') {
    for (const box of boxesOf(frame, finding, mark.a)) outline(frame, box, strong)
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

/** A section stands in the task's lane, in the resource's slot, in the key's row: wherever its task shows. */
function boxesOf(frame: Frame, finding: Finding, section: Section): (Box & { readonly lane: PlacedLane })[] {
  if (!frame.inView(section.startNs, section.endNs)) return []
  const x = frame.clampedX(section.startNs)
  const w = Math.max(3, frame.clampedX(section.endNs) - x)
  const boxes: (Box & { lane: PlacedLane })[] = []
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

function fillOverlap(frame: Frame, box: Box, fromNs: number, toNs: number, strong: boolean): void {
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
    alpha: strong ? 0.28 : 0.14,
  })
}

/** An arrow from the first decisive moment to the second, with their distance: `7 ms apart`. */
function joinDecisive(
  frame: Frame,
  a: Section,
  b: Section,
  gapNs: number,
  boxesA: ReturnType<typeof boxesOf>,
  boxesB: ReturnType<typeof boxesOf>,
): void {
  const [from, to] = a.startNs <= b.startNs ? [a, b] : [b, a]
  const [fromBoxes, toBoxes] = from === a ? [boxesA, boxesB] : [boxesB, boxesA]
  // The most telling lane that shows both: state, else resource, else tasks.
  const kinds = ['state', 'resource', 'task'] as const
  const kind = kinds.find(
    wanted =>
      fromBoxes.some(({ lane }) => lane.lane.kind === wanted) &&
      toBoxes.some(({ lane }) => lane.lane.kind === wanted),
  )
  const first = fromBoxes.find(({ lane }) => lane.lane.kind === kind)
  const second = toBoxes.find(({ lane }) => lane.lane.kind === kind)
  if (!first || !second) return
  const { theme } = frame
  const x1 = frame.clampedX(from.startNs)
  const x2 = frame.clampedX(to.startNs)
  const down = second.y >= first.y
  const y1 = down ? first.y + first.h : first.y
  const y2 = down ? second.y : second.y + second.h
  if (Math.abs(second.y - first.y) > 2) {
    frame.over.push({ kind: 'line', x1, y1, x2, y2, stroke: theme.overlapEdge, width: 2, arrow: true })
  }
  frame.labels.add({
    text: `${formatDuration(gapNs)} apart`,
    x: Math.min(frame.rightPx - 70, Math.max(x1, x2, frame.leftPx) + 16),
    maxPx: 110,
    y: first.lane === second.lane ? first.lane.y + first.lane.geometry.heightPx - 1 : (y1 + y2) / 2 + 4,
    size: 11.5,
    bold: true,
    fill: theme.overlapEdge,
    halo: theme.background,
    whole: true,
    priority: 10,
  })
}
