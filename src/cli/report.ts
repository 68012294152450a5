import { basename, dirname, join } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }
import type { Finding } from '../core/detect/finding.ts'
import type { Notebook } from '../core/notebook/note.ts'
import { incidentReport, picturedFindings } from '../core/report/incident-report.ts'
import { reportHtml } from '../core/report/report-html.ts'
import type { ReportInput } from '../core/report/report-input.ts'
import { reportMarkdown } from '../core/report/report-markdown.ts'
import type { Scene } from '../core/scene/scene.ts'
import { paintSvg } from '../core/scene/svg-painter.ts'
import type { OpenedSession } from '../core/session.ts'
import { composeView, viewOfFinding } from '../core/share/compose-view.ts'
import { fontCss } from '../core/share/font-css.ts'
import { writePayload } from '../core/share/payload.ts'
import { embedPayload } from '../core/share/png-payload.ts'
import { sharedNotebook } from '../core/share/shared-notebook.ts'
import { configOf } from './config-option.ts'
import { load } from './load.ts'
import { embeddedFonts, nodeMeasure, paintPng, registerFonts } from './node-canvas.ts'
import { readNotes } from './notes.ts'
import { kindOf, write } from './output.ts'
import { redacted } from './redacted.ts'

export interface ReportOptions {
  readonly output: string
  readonly notes?: string
  readonly after?: string
  readonly title?: string
  readonly redact?: boolean
  readonly config?: string
}

const WIDTH_PX = 1280
const SCALE = 2

/** `interleave report`: what a team files after an incident. */
export async function report(files: readonly string[], options: ReportOptions): Promise<void> {
  const kind = kindOf(options.output, ['md', 'html'], 'report')
  const config = await configOf(options.config)
  const opened = await load(files, config)
  const notes = options.notes === undefined ? opened.notebook : await readNotes(options.notes)
  const prepared = (each: OpenedSession, own: Notebook | null, names: readonly string[]) =>
    options.redact ? redacted(each, own) : { ...each, notebook: own, files: names }
  const main = prepared(opened, notes, files)
  const after =
    options.after === undefined ? null : prepared(await load([options.after], config), null, [options.after])
  const input: ReportInput = { ...main, after, title: options.title ?? '', version: manifest.version }
  await registerFonts()
  const document = incidentReport(input)
  const pictures = picturedFindings(input)
  if (kind === 'html') {
    const svgs = new Map(pictures.map(finding => [finding.id, svgOf(input, finding)]))
    const css = fontCss(await embeddedFonts())
    await write(options.output, reportHtml(document, { pictureOf: id => svgs.get(id) ?? null, fontCss: css }))
    return
  }
  const base = basename(options.output, '.md')
  for (const finding of pictures) {
    const png = await paintPng(sceneOf(input, finding), SCALE)
    const notebook = sharedNotebook(
      input.session,
      viewOfFinding(input.session, finding),
      main.notebook,
      main.files,
    )
    const path = join(dirname(options.output), `${base}-${finding.id}.png`)
    await write(path, embedPayload(png, writePayload({ version: 1, notebook, slice: '', startUnixNano: '' })))
  }
  await write(
    options.output,
    reportMarkdown(document, id => `${base}-${id}.png`),
  )
}

const svgOf = (input: ReportInput, finding: Finding): string =>
  paintSvg(sceneOf(input, finding), { title: finding.text.title, idPrefix: `${finding.id}-` })

const sceneOf = ({ session, notebook, version }: ReportInput, finding: Finding): Scene =>
  composeView(session, viewOfFinding(session, finding), {
    theme: 'light',
    timeDisplay: 'relative',
    widthPx: WIDTH_PX,
    heightPx: 0,
    title: '',
    version,
    caption: true,
    legend: true,
    notes: notebook?.notes ?? [],
    measure: nodeMeasure(),
  })
