import type { Finding } from '../detect/finding.ts'
import { type Place, placeNotes } from '../notebook/anchors.ts'
import type { Note } from '../notebook/note.ts'
import type { PathPiece } from '../replay/critical-path.ts'
import { buildScene } from '../scene/build-scene.ts'
import { RULER_PX, stackLanes } from '../scene/geometry.ts'
import { cutMiddle, oneLine } from '../scene/measure.ts'
import { noteTones } from '../scene/note-colors.ts'
import { plainText } from '../scene/note-text.ts'
import type { Highlights, Mark, Scene, SceneInput, ThemeName } from '../scene/scene.ts'
import { toneOf } from '../scene/severity.ts'
import { type Theme, theme } from '../scene/theme.ts'
import { formatClock, formatDuration, formatRelative } from '../scene/time-text.ts'
import { drawLegend, meaningsIn } from './legend.ts'
import { shiftHit, shiftMark } from './shift-marks.ts'

export interface PictureOptions {
  readonly session: SceneInput['session']
  readonly lanes: SceneInput['lanes']
  readonly collapsed: SceneInput['collapsed']
  readonly startNs: number
  readonly endNs: number
  readonly highlights: Highlights
  readonly criticalPath: readonly PathPiece[] | null
  readonly notes: readonly Note[]
  readonly theme: ThemeName
  readonly timeDisplay: SceneInput['timeDisplay']
  readonly widthPx: number
  /** Height of everything, 0 = as high as the lanes need. */
  readonly heightPx: number
  readonly gutterPx: number
  /** Scroll of the lanes, px. */
  readonly scrollPx: number
  /** `''` = the finding's title, or the services. */
  readonly title: string
  /** Version of the app, for the caption. */
  readonly version: string
  readonly caption: boolean
  readonly legend: boolean
  readonly measure: SceneInput['measure']
}

const MARGIN = 16

/**
 * A view as a picture that explains itself:
 *
 *     ┌ title · rule · services, UTC range, fingerprint ┐  caption
 *     │ ruler and lanes as on screen                     │
 *     ├ legend                                           ┤
 *     │ steps of the finding        │ notes              │
 *     └──────────────────────────────────────────────────┘
 */
export function composePicture(options: PictureOptions): Scene {
  const tokens = theme(options.theme)
  const caption = options.caption ? drawCaption(options, tokens) : { marks: [], heightPx: 0 }
  const foot = drawFoot(
    options,
    tokens,
    (options.heightPx > 0 ? options.heightPx : Number.POSITIVE_INFINITY) * 0.4,
  )
  const contentPx = RULER_PX + stackLanes(options.lanes, options.collapsed).heightPx
  const scenePx =
    options.heightPx > 0
      ? Math.max(RULER_PX + 40, options.heightPx - caption.heightPx - foot.heightPx)
      : contentPx
  const scene = buildScene(sceneInput(options, scenePx))
  const dy = caption.heightPx
  const footY = dy + scenePx
  const heightPx = footY + foot.heightPx
  return {
    widthPx: options.widthPx,
    heightPx,
    background: tokens.background,
    marks: [
      ...caption.marks,
      ...scene.marks.map(mark => shiftMark(mark, 0, dy)),
      ...foot.marks.map(mark => shiftMark(mark, 0, footY)),
    ],
    hits: scene.hits.map(hit => shiftHit(hit, 0, dy)),
    laneBoxes: scene.laneBoxes.map(box => ({ ...box, y: box.y + dy })),
    contentPx: scene.contentPx,
  }
}

function sceneInput(options: PictureOptions, heightPx: number): SceneInput {
  const { session, lanes, collapsed, highlights, criticalPath, notes, timeDisplay, measure } = options
  const { startNs, endNs, widthPx, gutterPx, scrollPx } = options
  return {
    session,
    lanes,
    collapsed,
    highlights,
    criticalPath,
    notes,
    timeDisplay,
    measure,
    theme: options.theme,
    viewport: { startNs, endNs, widthPx, heightPx, gutterPx, scrollPx },
  }
}

interface Block {
  readonly marks: Mark[]
  readonly heightPx: number
}

const findingOf = ({ session, highlights }: PictureOptions): Finding | undefined =>
  session.analysis.findings.find(({ id }) => id === highlights.finding)

function drawCaption(options: PictureOptions, tokens: Theme): Block {
  const { widthPx, measure } = options
  const marks: Mark[] = []
  const finding = findingOf(options)
  const inner = widthPx - 2 * MARGIN
  let x = MARGIN
  if (finding) {
    const word = finding.severity.toUpperCase()
    const w = measure(word, 10, true) + 14
    const fill = toneOf(tokens, finding.severity)
    marks.push({ kind: 'rect', x, y: 15, w, h: 18, fill, pattern: 'solid', radius: 3 })
    marks.push({
      kind: 'text',
      x: x + w / 2,
      y: 27.6,
      text: word,
      size: 10,
      fill: tokens.severityText,
      bold: true,
      align: 'middle',
    })
    x += w + 10
  }
  const title = oneLine(options.title || finding?.text.title || defaultTitle(options))
  let y = 30
  for (const [at, line] of wrapLines(title, widthPx - MARGIN - x, inner, 17, true, measure, 2).entries()) {
    marks.push({
      kind: 'text',
      x: at === 0 ? x : MARGIN,
      y,
      text: line,
      size: 17,
      fill: tokens.text,
      bold: true,
    })
    y += 23
  }
  if (finding && finding.text.rule !== '') {
    const rule = cutMiddle(oneLine(finding.text.rule), inner, text => measure(text, 12.5, false))
    marks.push({ kind: 'text', x: MARGIN, y, text: rule, size: 12.5, fill: tokens.text })
    y += 20
  }
  const version = `Interleave ${options.version} · trace ${options.session.store.fingerprint.slice(0, 12)}`
  const versionPx = measure(version, 11, false)
  marks.push({
    kind: 'text',
    x: widthPx - MARGIN,
    y,
    text: version,
    size: 11,
    fill: tokens.textMuted,
    align: 'end',
  })
  const facts = cutMiddle(factsOf(options), inner - versionPx - 24, text => measure(text, 11, false))
  marks.push({ kind: 'text', x: MARGIN, y, text: facts, size: 11, fill: tokens.textMuted })
  y += 12
  marks.push({ kind: 'line', x1: 0, y1: y, x2: widthPx, y2: y, stroke: tokens.border, width: 1 })
  return { marks, heightPx: y }
}

const services = ({ session }: PictureOptions): string => {
  const names = [...new Set(session.store.processes.map(({ service }) => service))].filter(
    name => name !== '',
  )
  return names.length > 6 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ')
}

/** One to three services by name, more by number: the line below names them. */
function subjectOf(options: PictureOptions): string {
  const count = new Set(options.session.store.processes.map(({ service }) => service)).size
  return count > 3 ? `${count} services` : services(options) || 'Trace'
}

const defaultTitle = (options: PictureOptions): string =>
  `${subjectOf(options)} · ${formatDuration(options.endNs - options.startNs)}`

/** `api · 2026-11-21 09:30:00.125 – 09:30:12.500 UTC · 12.4 s` */
function factsOf(options: PictureOptions): string {
  const { session, startNs, endNs, lanes } = options
  const { epochUnixNano } = session.store
  const from = formatClock(epochUnixNano, startNs, 1e6, 'utc', true)
  const to = formatClock(epochUnixNano, endNs, 1e6, 'utc')
  const shown = lanes.length < session.lanes.length ? `${lanes.length} of ${session.lanes.length} lanes` : ''
  return [services(options), `${from} – ${to} UTC`, formatDuration(endNs - startNs), shown]
    .filter(Boolean)
    .join(' · ')
}

/** Legend, then the finding's steps beside the list of notes. */
function drawFoot(options: PictureOptions, tokens: Theme, maxPx: number): Block {
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
    marks.push({ kind: 'symbol', symbol: 'note', x: 8, y: y - 4, size: 15, fill: tokens.overlapEdge })
    marks.push({
      kind: 'text',
      x: 8,
      y: y - 0.5,
      text: String(at + 1),
      size: 9.5,
      fill: tokens.background,
      bold: true,
      align: 'middle',
    })
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
    marks.push({ kind: 'symbol', symbol: 'note', x: 8, y: y - 4, size: 15, fill: edge })
    marks.push({
      kind: 'text',
      x: 8,
      y: y - 0.5,
      text: String(number),
      size: 9.5,
      fill: paper,
      bold: true,
      align: 'middle',
    })
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

const fitted = ({ measure }: PictureOptions, text: string, maxPx: number, size: number): string =>
  cutMiddle(oneLine(text), maxPx, part => measure(part, size, false))

/** Words on at most `maxLines` lines, the first one maybe shorter; what is left over is cut. */
function wrapLines(
  text: string,
  firstPx: number,
  restPx: number,
  size: number,
  bold: boolean,
  measure: SceneInput['measure'],
  maxLines: number,
): string[] {
  const lines: string[] = []
  const width = (part: string): number => measure(part, size, bold)
  let rest = text.trim()
  while (rest !== '' && lines.length < maxLines) {
    const room = lines.length === 0 ? firstPx : restPx
    if (width(rest) <= room || lines.length === maxLines - 1) {
      lines.push(cutMiddle(rest, room, width))
      break
    }
    const words = rest.split(' ')
    let line = words[0] ?? ''
    let used = 1
    while (used < words.length && width(`${line} ${words[used]}`) <= room) line += ` ${words[used++]}`
    lines.push(cutMiddle(line, room, width))
    rest = words.slice(used).join(' ')
  }
  return lines
}
