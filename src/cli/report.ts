import { basename, dirname, join } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }
import { incidentReport, picturedFindings } from '../core/report/incident-report.ts'
import { reportHtml } from '../core/report/report-html.ts'
import type { ReportInput } from '../core/report/report-input.ts'
import { reportMarkdown } from '../core/report/report-markdown.ts'
import { findingPayload, findingPicture, findingSvg, REPORT_SCALE } from '../core/share/finding-picture.ts'
import { fontCss } from '../core/share/font-css.ts'
import { embedPayload } from '../core/share/png-payload.ts'
import { Pseudonyms } from '../core/share/pseudonyms.ts'
import { embeddedFonts, registerFonts } from '../raster/fonts.ts'
import { nodeMeasure, paintPng } from '../raster/node-canvas.ts'
import { configOf } from './config-option.ts'
import { load } from './load.ts'
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

/** `interleave report`: what a team files after an incident. */
export async function report(files: readonly string[], options: ReportOptions): Promise<void> {
  const kind = kindOf(options.output, ['md', 'html'], 'report')
  const config = await configOf(options.config)
  const opened = await load(files, config)
  const notes = options.notes === undefined ? opened.notebook : await readNotes(options.notes)
  const other = options.after === undefined ? null : await load([options.after], config)
  const names = options.redact ? new Pseudonyms() : null
  const main = names ? redacted(opened, notes, names) : { ...opened, notebook: notes, files }
  // One thing has one pseudonym in both, or nothing would be the same before and after.
  const after = other && names ? redacted(other, null, names) : other
  const input: ReportInput = { ...main, after, title: options.title ?? '', version: manifest.version }
  await registerFonts()
  const measure = nodeMeasure()
  const document = incidentReport(input)
  const pictures = picturedFindings(input)
  if (kind === 'html') {
    const svgs = new Map(pictures.map(finding => [finding.id, findingSvg(input, finding, measure)]))
    const css = fontCss(await embeddedFonts())
    await write(options.output, reportHtml(document, { pictureOf: id => svgs.get(id) ?? null, fontCss: css }))
    return
  }
  const base = basename(options.output, '.md')
  for (const finding of pictures) {
    const png = await paintPng(findingPicture(input, finding, measure), REPORT_SCALE)
    const path = join(dirname(options.output), `${base}-${finding.id}.png`)
    await write(path, embedPayload(png, findingPayload(input, finding, main.files)))
  }
  await write(
    options.output,
    reportMarkdown(document, id => `${base}-${id}.png`),
  )
}
