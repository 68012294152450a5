/**
 * The paper of a note beside what it is about. It never covers that, nor another note's paper; where neither fits, a
 * numbered disc on the edge has to do, and the notebook has the words.
 *
 *     ┌──────────┐
 *     │① text    │──┐ leader
 *     └──────────┘  ▼
 *              ┌─target─┐
 */
import type { Note } from '../notebook/note.ts'
import type { Frame } from './frame.ts'
import { type Box, overlaps } from './labels.ts'
import type { NoteTones } from './note-colors.ts'
import { plainText, wrapNote } from './note-text.ts'
import type { Mark } from './scene.ts'

const SIZE = 11.5
const LINE_PX = 15
const WIDTH_PX = 200
const MAX_LINES = 3
const DISC_PX = 15

export interface Callout {
  readonly note: Note
  /** As the notebook counts it. */
  readonly number: string
  readonly target: Box
  readonly tones: NoteTones
}

/** `taken` is where papers lie already; this one's is added. */
export function drawCallout(frame: Frame, marks: Mark[], taken: Box[], callout: Callout): void {
  const { note, number, target, tones } = callout
  const wholeHeight = note.kind === 'range'
  const lines = wrapNote(plainText(note.text), WIDTH_PX - 36, MAX_LINES, text =>
    frame.text(text, SIZE, false),
  )
  if (lines.length === 0) lines.push(`Note ${number}`)
  const w = Math.max(...lines.map(line => frame.text(line, SIZE, false))) + 34
  const found = place(frame, taken, target, w, lines.length * LINE_PX + 9, wholeHeight)
  const box = found ?? discBox(frame, target)
  taken.push(box)
  frame.labels.block(box)
  frame.hits.push({ ...box, target: { kind: 'note', note: note.id } })
  if (found) {
    if (!wholeHeight) drawLeader(frame, marks, box, target, tones)
    marks.push({
      kind: 'rect',
      ...box,
      fill: tones.paper,
      pattern: 'solid',
      stroke: tones.edge,
      strokeWidth: 1.25,
      radius: 5,
    })
    lines.forEach((text, line) => {
      const y = box.y + 16 + line * LINE_PX
      marks.push({ kind: 'text', x: box.x + 27, y, text, size: SIZE, fill: tones.text })
    })
  }
  const x = found ? box.x + 14 : box.x + box.w / 2
  const y = found ? box.y + 12 : box.y + box.h / 2
  marks.push({ kind: 'symbol', symbol: 'note', x, y, size: DISC_PX, fill: tones.edge })
  marks.push({
    kind: 'text',
    align: 'middle',
    bold: true,
    size: 9.5,
    fill: tones.paper,
    x,
    y: y + 3.4,
    text: number,
  })
}

/** Half outside the target's upper left corner, as far as the view goes. */
const discBox = (frame: Frame, { x, y }: Box): Box => ({
  x: Math.max(frame.leftPx + 2, Math.min(frame.rightPx - DISC_PX - 2, x - DISC_PX)),
  y: Math.max(frame.topPx + 2, Math.min(frame.bottomPx - DISC_PX - 2, y - DISC_PX)),
  w: DISC_PX,
  h: DISC_PX,
})

/** The emptiest place near the target that covers neither it nor another note; null when there is none. */
function place(
  frame: Frame,
  taken: readonly Box[],
  target: Box,
  w: number,
  h: number,
  wholeHeight: boolean,
): Box | null {
  const inside = ({ x, y }: Box): boolean =>
    y >= frame.topPx + 2 && y + h <= frame.bottomPx - 2 && x >= frame.leftPx + 4 && x + w <= frame.rightPx - 4
  const near = frame.hits.filter(({ target: { kind } }) => kind === 'item')
  let best: Box | null = null
  let bestCost = Number.POSITIVE_INFINITY
  for (const box of wholeHeight ? downTheRange(frame, target, w, h) : around(frame, target, w, h)) {
    const away = wholeHeight ? (box.y - target.y) / 4 : distance(box, target)
    if (away >= bestCost || !inside(box)) continue
    if ((!wholeHeight && overlaps(box, target)) || taken.some(other => overlaps(box, other))) continue
    // Each px² of a covered bar counts as much as a thirtieth of a px further away.
    const cost = away + near.reduce((sum, hit) => sum + shared(box, hit), 0) / 30
    if (cost < bestCost) {
      best = box
      bestCost = cost
    }
  }
  return best
}

const centred = (frame: Frame, target: Box, w: number): number =>
  Math.max(frame.leftPx + 4, Math.min(frame.rightPx - w - 4, target.x + target.w / 2 - w / 2))

/** A range is as high as the lanes: its paper lies somewhere in it, as near to its top as the bars let it. */
function* downTheRange(frame: Frame, target: Box, w: number, h: number): Generator<Box> {
  const x = centred(frame, target, w)
  for (let y = target.y + 8; y + h < target.y + target.h; y += 14) yield { x, y, w, h }
}

function* around(frame: Frame, target: Box, w: number, h: number): Generator<Box> {
  const lefts = [
    target.x + 14,
    target.x - w - 18,
    target.x + target.w + 18,
    target.x + target.w - w - 14,
    centred(frame, target, w),
  ]
  for (const x of lefts) {
    yield { x, y: target.y + target.h / 2 - h / 2, w, h }
    for (const gap of [12, 30, 55, 90, 130, 180, 240, 300]) {
      yield { x, y: target.y + target.h + gap, w, h }
      yield { x, y: target.y - gap - h, w, h }
    }
  }
}

const shared = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y))

function distance(a: Box, b: Box): number {
  const dx = Math.max(0, b.x - (a.x + a.w), a.x - (b.x + b.w))
  const dy = Math.max(0, b.y - (a.y + a.h), a.y - (b.y + b.h))
  return Math.hypot(dx, dy)
}

function drawLeader(frame: Frame, marks: Mark[], box: Box, target: Box, { edge }: NoteTones): void {
  const left = Math.max(frame.leftPx, target.x)
  const right = Math.min(frame.rightPx, target.x + target.w)
  const x1 = Math.max(box.x + 8, Math.min(box.x + box.w - 8, (left + right) / 2))
  const below = box.y >= target.y + target.h
  const above = box.y + box.h <= target.y
  const side = { kind: 'line', stroke: edge, width: 1.5 } as const
  if (below || above) {
    marks.push({
      ...side,
      x1,
      y1: below ? box.y : box.y + box.h,
      x2: Math.max(left, Math.min(right, x1)),
      y2: below ? target.y + target.h + 2 : target.y - 2,
    })
    return
  }
  const isRight = box.x > target.x
  const y = box.y + box.h / 2
  marks.push({
    ...side,
    x1: isRight ? box.x : box.x + box.w,
    y1: y,
    x2: isRight ? right + 2 : left - 2,
    y2: y,
  })
}
