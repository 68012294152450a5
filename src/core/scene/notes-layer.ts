import { type PlacedNote, placeNotes } from '../notebook/anchors.ts'
import type { Note } from '../notebook/note.ts'
import type { Frame } from './frame.ts'
import { type Box, overlaps } from './labels.ts'
import { cutMiddle, oneLine } from './measure.ts'
import type { Mark } from './scene.ts'

const SIZE = 11.5
const LINE_PX = 15
const WIDTH_PX = 200
const MAX_LINES = 3

/**
 * Notes where they are pinned: a callout beside what it is about and never over it, a bracket over a range, a frame
 * around a box, an arrow for a link. Returned marks go on top of the labels.
 */
export function drawNotes(frame: Frame): Mark[] {
  const { session, notes } = frame.input
  const marks: Mark[] = []
  const taken: Box[] = []
  const { placed } = placeNotes(session, notes)
  placed.forEach((note, index) => {
    const target = targetOf(frame, note)
    if (!target) return
    const number = String(notes.indexOf(note.note) + 1 || index + 1)
    drawTarget(frame, marks, note, target)
    const other = linkEnd(frame, note.note)
    if (other) joinEnds(frame, marks, target, other)
    callout(frame, marks, taken, note.note, number, target)
  })
  return marks
}

/** What the note points at, in px; null when it is out of view. */
function targetOf(frame: Frame, { lane, startNs, endNs, row, note }: PlacedNote): Box | null {
  if (!frame.inView(startNs, endNs)) return null
  const x = Math.max(frame.leftPx, frame.clampedX(startNs))
  const w = Math.max(2, Math.min(frame.rightPx, frame.clampedX(endNs)) - x)
  const placed = lane === '' ? undefined : frame.lane(lane)
  if (!placed || note.kind === 'range') {
    return { x, y: frame.topPx, w, h: Math.min(frame.bottomPx, frame.lanesBottomPx) - frame.topPx }
  }
  const { items } = placed.lane
  let sub = -1
  if (row >= 0 && note.kind !== 'box') {
    for (let at = 0; at < items.count && sub < 0; at++) {
      if (items.span[at] === row && items.startNs[at]! <= startNs && items.endNs[at]! >= endNs)
        sub = items.row[at]!
    }
  }
  const top = placed.y + (sub < 0 ? 2 : placed.geometry.rowTop(sub))
  const h = sub < 0 ? placed.geometry.heightPx - 4 : placed.geometry.rowHeight(sub)
  return top + h < frame.topPx || top > frame.bottomPx ? null : { x, y: top, w, h }
}

function linkEnd(frame: Frame, note: Note): Box | null {
  if (note.kind !== 'link' || !note.anchor.to) return null
  const end = placeNotes(frame.input.session, [{ ...note, anchor: note.anchor.to }]).placed[0]
  return end ? targetOf(frame, end) : null
}

function drawTarget(frame: Frame, marks: Mark[], { note }: PlacedNote, { x, y, w, h }: Box): void {
  const { theme } = frame
  if (note.kind === 'range') {
    marks.push({ kind: 'rect', x, y, w, h, fill: theme.noteEdge, pattern: 'solid', alpha: 0.1 })
    for (const edge of [x, x + w]) {
      marks.push({
        kind: 'line',
        x1: edge,
        y1: y,
        x2: edge,
        y2: y + h,
        stroke: theme.noteEdge,
        width: 1.25,
        dashed: true,
      })
    }
    marks.push({ kind: 'line', x1: x, y1: y + 2, x2: x + w, y2: y + 2, stroke: theme.noteEdge, width: 3 })
    return
  }
  if (note.kind === 'pin') {
    marks.push({ kind: 'symbol', symbol: 'pin', x: x + w / 2, y, size: 12, fill: theme.noteEdge })
    return
  }
  marks.push({
    kind: 'rect',
    x: x - 2,
    y: y - 2,
    w: w + 4,
    h: h + 4,
    fill: theme.noteEdge,
    pattern: 'none',
    stroke: theme.noteEdge,
    strokeWidth: 2,
    radius: 4,
    ...(note.kind === 'box' && { dashed: true }),
  })
}

function joinEnds(frame: Frame, marks: Mark[], a: Box, b: Box): void {
  const { noteEdge } = frame.theme
  const x1 = a.x + Math.min(a.w / 2, 40)
  const x2 = b.x + Math.min(b.w / 2, 40)
  const down = b.y > a.y
  marks.push({
    kind: 'line',
    x1,
    y1: down ? a.y + a.h + 2 : a.y - 2,
    x2,
    y2: down ? b.y - 2 : b.y + b.h + 2,
    stroke: noteEdge,
    width: 2,
    arrow: true,
    bend: 16,
  })
  marks.push({
    kind: 'rect',
    x: b.x - 2,
    y: b.y - 2,
    w: b.w + 4,
    h: b.h + 4,
    fill: noteEdge,
    pattern: 'none',
    stroke: noteEdge,
    strokeWidth: 2,
    radius: 4,
  })
}

function callout(frame: Frame, marks: Mark[], taken: Box[], note: Note, number: string, target: Box): void {
  const { theme } = frame
  const lines = wrap(plainText(note.text), WIDTH_PX - 36, text => frame.text(text, SIZE, false))
  if (lines.length === 0) lines.push(`Note ${number}`)
  const w = Math.max(...lines.map(line => frame.text(line, SIZE, false))) + 34
  const box = place(frame, taken, target, w, lines.length * LINE_PX + 9, note.kind === 'range')
  taken.push(box)
  frame.labels.block(box)
  if (note.kind !== 'range') leader(frame, marks, box, target)
  marks.push({
    kind: 'rect',
    ...box,
    fill: theme.note,
    pattern: 'solid',
    stroke: theme.noteEdge,
    strokeWidth: 1.25,
    radius: 5,
  })
  marks.push({
    kind: 'symbol',
    symbol: 'note',
    x: box.x + 14,
    y: box.y + 12,
    size: 15,
    fill: theme.noteEdge,
  })
  const digits = { kind: 'text', align: 'middle', bold: true, size: 9.5, fill: theme.note } as const
  marks.push({ ...digits, x: box.x + 14, y: box.y + 15.4, text: number })
  lines.forEach((text, line) => {
    marks.push({
      kind: 'text',
      x: box.x + 27,
      y: box.y + 16 + line * LINE_PX,
      text,
      size: SIZE,
      fill: theme.noteText,
    })
  })
  frame.hits.push({ ...box, target: { kind: 'note', note: note.id } })
}

/** The emptiest place near the target that covers neither it nor another note. */
function place(frame: Frame, taken: readonly Box[], target: Box, w: number, h: number, range: boolean): Box {
  const inside = ({ x, y }: Box): boolean =>
    y >= frame.topPx + 2 && y + h <= frame.bottomPx - 2 && x >= frame.leftPx + 4 && x + w <= frame.rightPx - 4
  const near = frame.hits.filter(({ target: { kind } }) => kind === 'item')
  let best: Box | null = null
  let bestCost = Number.POSITIVE_INFINITY
  for (const box of candidates(frame, target, w, h, range)) {
    if (!inside(box) || (!range && overlaps(box, target)) || taken.some(other => overlaps(box, other)))
      continue
    // Each px² of a covered bar counts as much as a thirtieth of a px further away.
    const covered = near.reduce((sum, hit) => sum + shared(box, hit), 0)
    const cost = distance(box, target) + covered / 30
    if (cost < bestCost) {
      best = box
      bestCost = cost
    }
  }
  const x = Math.max(frame.leftPx + 4, Math.min(frame.rightPx - w - 4, target.x))
  return (
    best ?? {
      x,
      y: Math.min(frame.bottomPx - h - 4, Math.max(frame.topPx + 4, target.y + target.h + 6)),
      w,
      h,
    }
  )
}

function* candidates(frame: Frame, target: Box, w: number, h: number, range: boolean): Generator<Box> {
  const middle = Math.max(frame.leftPx + 4, Math.min(frame.rightPx - w - 4, target.x + target.w / 2 - w / 2))
  if (range) {
    for (let step = 0; step < 8; step++) yield { x: middle, y: target.y + 8 + step * (h + 4), w, h }
    return
  }
  const lefts = [
    target.x + 14,
    target.x - w - 18,
    target.x + target.w + 18,
    target.x + target.w - w - 14,
    middle,
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

function leader(frame: Frame, marks: Mark[], box: Box, target: Box): void {
  const x1 = Math.max(box.x + 8, Math.min(box.x + box.w - 8, target.x + target.w / 2))
  const below = box.y >= target.y + target.h
  const above = box.y + box.h <= target.y
  const side = { kind: 'line', stroke: frame.theme.noteEdge, width: 1.5 } as const
  if (below || above) {
    const x2 = Math.max(target.x, Math.min(target.x + target.w, x1))
    marks.push({
      ...side,
      x1,
      y1: below ? box.y : box.y + box.h,
      x2,
      y2: below ? target.y + target.h + 2 : target.y - 2,
    })
    return
  }
  const right = box.x > target.x
  const y = box.y + box.h / 2
  marks.push({
    ...side,
    x1: right ? box.x : box.x + box.w,
    y1: y,
    x2: right ? target.x + target.w + 2 : target.x - 2,
    y2: y,
  })
}

/** Markdown as it reads without its marks: enough for a callout, the panel renders the rest. */
export const plainText = (markdown: string): string =>
  oneLine(markdown)
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`#>]+/g, '')
    .trim()

function wrap(text: string, maxPx: number, measure: (text: string) => number): string[] {
  const lines: string[] = []
  let line = ''
  const words = text.split(' ').filter(word => word !== '')
  for (const [index, word] of words.entries()) {
    const longer = line === '' ? word : `${line} ${word}`
    if (measure(longer) <= maxPx) {
      line = longer
      continue
    }
    if (lines.length === MAX_LINES - 1) {
      lines.push(cutEnd([line, ...words.slice(index, index + 30)].join(' ').trim(), maxPx, measure))
      return lines
    }
    if (line !== '') lines.push(line)
    line = measure(word) <= maxPx ? word : cutMiddle(word, maxPx, measure)
  }
  if (line !== '') lines.push(line)
  return lines
}

function cutEnd(text: string, maxPx: number, measure: (text: string) => number): string {
  let keep = text.length
  while (keep > 1 && measure(`${text.slice(0, keep)}…`) > maxPx) keep--
  return `${text.slice(0, keep).trimEnd()}…`
}
