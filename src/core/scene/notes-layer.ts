import { itemAt, type Place, type PlacedNote, placeNotes } from '../notebook/anchors.ts'
import type { NoteKind } from '../notebook/note.ts'
import type { Frame } from './frame.ts'
import type { PlacedLane } from './geometry.ts'
import type { Box } from './labels.ts'
import { type Callout, drawCallout } from './note-callout.ts'
import { type NoteTones, noteTones } from './note-colors.ts'
import type { Mark } from './scene.ts'

/**
 * Notes where they are pinned: a callout beside what it is about and never over it, a bracket over a range, a frame
 * around a box, an arrow for a link. Returned marks go on top of the labels.
 */
export function drawNotes(frame: Frame): Mark[] {
  const { session, notes } = frame.input
  const marks: Mark[] = []
  // Papers after everything that notes point with: no line runs through a text.
  const callouts: Callout[] = []
  const numbers = new Map(notes.map((note, at) => [note, String(at + 1)]))
  for (const placed of placeNotes(session, notes).placed) {
    const { note, to } = placed
    if (note.hidden) continue
    const tones = noteTones(frame.input.theme, note.color)
    const target = targetOf(frame, placed)
    const other = note.kind === 'link' && to ? placeBox(frame, to, 'link') : null
    if (target) drawTarget(frame, marks, placed, target, tones)
    if (other) drawFrameAround(marks, other, tones)
    if (target && other) joinEnds(marks, target, other, tones)
    const about = target ?? other
    if (about) callouts.push({ note, number: numbers.get(note)!, target: about, tones })
  }
  const taken: Box[] = []
  for (const callout of callouts) drawCallout(frame, marks, taken, callout)
  return marks
}

/** What the note points at, in px; null when it is out of view or its lanes are not shown. */
function targetOf(frame: Frame, placed: PlacedNote): Box | null {
  const { kind } = placed.note
  if (kind !== 'box' || !placed.to) return placeBox(frame, placed, kind)
  const lanes = [placed.lane, placed.to.lane].flatMap(id => frame.lane(id) ?? [])
  if (lanes.length === 0 || !frame.inView(placed.startNs, placed.endNs)) return null
  const top = Math.min(...lanes.map(({ y }) => y)) + 2
  const bottom = Math.max(...lanes.map(({ y, geometry }) => y + geometry.heightPx)) - 2
  return inSight(frame, { ...stretch(frame, placed), y: top, h: bottom - top })
}

function placeBox(frame: Frame, place: Place, kind: NoteKind): Box | null {
  if (!frame.inView(place.startNs, place.endNs)) return null
  if (place.lane === '' || kind === 'range') {
    const h = Math.min(frame.bottomPx, frame.lanesBottomPx) - frame.topPx
    return { ...stretch(frame, place), y: frame.topPx, h }
  }
  const placed = frame.lane(place.lane)
  if (!placed) return null
  const row = rowOf(placed, place, kind)
  return inSight(frame, {
    ...stretch(frame, place),
    y: placed.y + (row < 0 ? 2 : placed.geometry.rowTop(row)),
    h: row < 0 ? placed.geometry.heightPx - 4 : placed.geometry.rowHeight(row),
  })
}

function stretch(frame: Frame, { startNs, endNs }: Place): { readonly x: number; readonly w: number } {
  const x = Math.max(frame.leftPx, frame.clampedX(startNs))
  return { x, w: Math.max(2, Math.min(frame.rightPx, frame.clampedX(endNs)) - x) }
}

const inSight = (frame: Frame, box: Box): Box | null =>
  box.y + box.h < frame.topPx || box.y > frame.bottomPx ? null : box

/** Sub-row of the lane that the span is drawn in, −1 for the whole lane. */
function rowOf({ lane }: PlacedLane, place: Place, kind: NoteKind): number {
  const item = place.row < 0 || kind === 'box' ? -1 : itemAt(lane, place)
  return item < 0 ? -1 : lane.items.row[item]!
}

function drawTarget(
  frame: Frame,
  marks: Mark[],
  { note, lane }: PlacedNote,
  target: Box,
  tones: NoteTones,
): void {
  const { x, y, w, h } = target
  if (note.kind === 'pin') {
    marks.push({ kind: 'symbol', symbol: 'pin', x: x + w / 2, y: y + 6, size: 12, fill: tones.edge })
  } else if (note.kind !== 'range' && lane !== '') {
    drawFrameAround(marks, target, tones, note.kind === 'box')
  } else {
    marks.push({ kind: 'rect', x, y, w, h, fill: tones.edge, pattern: 'solid', alpha: 0.1 })
    for (const edge of [x, x + w]) {
      const line = { x1: edge, y1: y, x2: edge, y2: Math.max(y + h, frame.bottomPx) }
      marks.push({ kind: 'line', ...line, stroke: tones.edge, width: 1.25, dashed: true })
    }
    marks.push({ kind: 'line', x1: x, y1: y + 2, x2: x + w, y2: y + 2, stroke: tones.edge, width: 3 })
  }
}

const drawFrameAround = (marks: Mark[], { x, y, w, h }: Box, { edge }: NoteTones, dashed = false): void => {
  marks.push({
    kind: 'rect',
    x: x - 2,
    y: y - 2,
    w: w + 4,
    h: h + 4,
    fill: edge,
    pattern: 'none',
    stroke: edge,
    strokeWidth: 2,
    radius: 4,
    ...(dashed && { dashed: true }),
  })
}

function joinEnds(marks: Mark[], a: Box, b: Box, { edge }: NoteTones): void {
  const down = b.y > a.y
  marks.push({
    kind: 'line',
    x1: a.x + Math.min(a.w / 2, 40),
    y1: down ? a.y + a.h + 2 : a.y - 2,
    x2: b.x + Math.min(b.w / 2, 40),
    y2: down ? b.y - 2 : b.y + b.h + 2,
    stroke: edge,
    width: 2,
    arrow: true,
    bend: 16,
  })
}
