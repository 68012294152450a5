import type { Finding } from '../detect/finding.ts'
import { type Place, placeNotes } from '../notebook/anchors.ts'
import type { Note } from '../notebook/note.ts'
import { noteTones } from '../scene/note-colors.ts'
import { plainText } from '../scene/note-text.ts'
import type { Mark } from '../scene/scene.ts'
import type { Theme } from '../scene/theme.ts'
import { formatDuration, formatRelative } from '../scene/time-text.ts'
import { drawLegend, meaningsIn } from './legend.ts'
import { type Block, findingOf, MARGIN, type PictureOptions, sceneInput } from './picture-parts.ts'
import { fitted, wrapLines } from './picture-words.ts'
import { shiftMark } from './shift-marks.ts'

/** Legend, then the finding's steps beside the list of notes. */
export function drawFoot(options: PictureOptions, tokens: Theme, maxPx: number): Block {
  const { widthPx, measure } = options
  const marks: Mark[] = [
    { kind: 'line', x1: 0, y1: 0.5, x2: widthPx, y2: 0.5, stroke: tokens.border, width: 1 },
  ]
  let y = 12
  if (options.legend) {
    const legend = drawLegend(tokens, meaningsIn(sceneInput(options, 1)), widthPx - 2 * MARGIN, measure)
    marks.push(...legend.marks.map(mark => shiftMark(mark, MARGIN, y)))
    y += legend.heightPx + 12
  }
  const finding = findingOf(options)
  const notes = notesInView(options)
  const both = (finding?.steps.length ?? 0) > 0 && notes.length > 0
  const columnPx = both ? (widthPx - 3 * MARGIN) / 2 : widthPx - 2 * MARGIN
  const columns: Block[] = []
  if (finding && finding.steps.length > 0) columns.push(drawSteps(options, tokens, finding, columnPx))
  if (notes.length > 0) columns.push(drawNoteList(options, notes, tokens, columnPx, Math.max(60, maxPx - y)))
  let columnsPx = 0
  columns.forEach((column, at) => {
    const x = MARGIN + at * (columnPx + MARGIN)
    marks.push(...column.marks.map(mark => shiftMark(mark, x, y)))
    columnsPx = Math.max(columnsPx, column.heightPx)
  })
  if (columnsPx > 0) y += columnsPx + 12
  return y > 12 ? { marks, heightPx: y } : { marks: [], heightPx: 0 }
}

function drawSteps(options: PictureOptions, tokens: Theme, finding: Finding, widthPx: number): Block {
  const { model } = options.session
  const marks: Mark[] = [heading('What happened', tokens)]
  const firstNs = finding.steps[0]?.atNs ?? 0
  finding.steps.forEach((step, at) => {
    const y = 34 + at * 18
    const since = step.atNs - firstNs
    const when = at === 0 ? formatRelative(step.atNs, 1e6) : `+${formatDuration(since)}`
    const task = model.tasks[step.task]
    const lane = options.session.lanes.find(each => each.id.startsWith('task:') && each.subject === step.task)
    const who = lane?.label ?? (task ? task.name || task.id : '')
    marks.push(...numberDisc(at + 1, y, tokens.overlapEdge, tokens.background))
    marks.push({ kind: 'text', x: 92, y, text: when, size: 11, fill: tokens.textMuted, align: 'end' })
    const taskPx = Math.min(260, widthPx * 0.35)
    marks.push({
      kind: 'text',
      x: 104,
      y,
      text: fitted(options, who, taskPx, 11.5),
      size: 11.5,
      fill: tokens.text,
    })
    const what = [step.event, step.value].filter(Boolean).join(' ')
    marks.push({
      kind: 'text',
      x: 116 + taskPx,
      y,
      text: fitted(options, what, widthPx - 124 - taskPx, 11.5),
      size: 11.5,
      fill: tokens.text,
      bold: true,
    })
  })
  return { marks, heightPx: 34 + finding.steps.length * 18 - 10 }
}

/** Notes that point at something in the picture, with their numbers in the notebook. */
function notesInView({ session, notes, lanes, startNs, endNs }: PictureOptions): readonly NumberedNote[] {
  const shown = new Set(lanes.map(({ id }) => id))
  const isShown = (place: Place | null): boolean =>
    place !== null &&
    place.startNs <= endNs &&
    place.endNs >= startNs &&
    (place.lane === '' || shown.has(place.lane))
  const numbers = new Map(notes.map((note, at) => [note, at + 1]))
  return placeNotes(session, notes).placed.flatMap(placed =>
    !placed.note.hidden && (isShown(placed) || isShown(placed.to))
      ? [{ note: placed.note, number: numbers.get(placed.note)! }]
      : [],
  )
}

interface NumberedNote {
  readonly note: Note
  readonly number: number
}

function drawNoteList(
  options: PictureOptions,
  notes: readonly NumberedNote[],
  tokens: Theme,
  widthPx: number,
  maxPx: number,
): Block {
  const marks: Mark[] = [heading('Notes', tokens)]
  let y = 34
  for (const [at, { note, number }] of notes.entries()) {
    if (y > maxPx) {
      const text = `and ${notes.length - at} more`
      marks.push({ kind: 'text', x: 22, y, text, size: 11.5, fill: tokens.textMuted })
      y += 18
      break
    }
    const { edge, paper } = noteTones(tokens.name, note.color)
    marks.push(...numberDisc(number, y, edge, paper))
    const room = widthPx - 26
    for (const line of wrapLines(
      plainText(note.text) || 'without text',
      room,
      room,
      11.5,
      false,
      options.measure,
      3,
    )) {
      marks.push({ kind: 'text', x: 22, y, text: line, size: 11.5, fill: tokens.text })
      y += 16
    }
    if (note.author !== '') {
      const by = fitted(options, note.author, room, 10.5)
      marks.push({ kind: 'text', x: 22, y, text: by, size: 10.5, fill: tokens.textMuted })
      y += 16
    }
    y += 4
  }
  return { marks, heightPx: y - 8 }
}

const heading = (text: string, tokens: Theme): Mark => ({
  kind: 'text',
  x: 0,
  y: 12,
  text,
  size: 11.5,
  fill: tokens.textMuted,
  bold: true,
})

/** A number on a disc, as the lanes have it. */
const numberDisc = (number: number, y: number, fill: string, textFill: string): readonly Mark[] => [
  { kind: 'symbol', symbol: 'note', x: 8, y: y - 4, size: 15, fill },
  {
    kind: 'text',
    x: 8,
    y: y - 0.5,
    text: String(number),
    size: 9.5,
    fill: textFill,
    bold: true,
    align: 'middle',
  },
]
