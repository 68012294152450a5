import { cutMiddle, oneLine } from '../scene/measure.ts'
import type { Mark } from '../scene/scene.ts'
import { toneOf } from '../scene/severity.ts'
import type { Theme } from '../scene/theme.ts'
import { formatClock, formatDuration } from '../scene/time-text.ts'
import { type Block, findingOf, MARGIN, type PictureOptions } from './picture-parts.ts'
import { wrapLines } from './picture-words.ts'

/** Title and rule, then where it is from: services, UTC range, version, fingerprint. */
export function drawCaption(options: PictureOptions, tokens: Theme): Block {
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
    const rule = cutMiddle(oneLine(`Rule broken: ${finding.text.rule}`), inner, text =>
      measure(text, 12.5, false),
    )
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
