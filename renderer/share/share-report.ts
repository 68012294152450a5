/** Reports and copies of findings from the app. */
import { incidentReport, picturedFindings } from '../../src/core/report/incident-report.ts'
import { reportHtml } from '../../src/core/report/report-html.ts'
import type { ReportInput } from '../../src/core/report/report-input.ts'
import { reportMarkdown } from '../../src/core/report/report-markdown.ts'
import {
  findingPayload,
  findingPicture,
  findingSvg,
  REPORT_SCALE,
} from '../../src/core/share/finding-picture.ts'
import { fontCss } from '../../src/core/share/font-css.ts'
import { embedPayload } from '../../src/core/share/png-payload.ts'
import type { App } from '../state/app.ts'
import { measureText } from '../timeline/measure-text.ts'
import { pictureFonts } from './picture-fonts.ts'
import type { Shared } from './share-picture.ts'

/** What a report is made from. */
export const reportInput = (app: App, shared: Shared, title: string): ReportInput => ({
  ...shared,
  title,
  version: app.info.version,
})

/** The report of the incident as one HTML file. */
export async function htmlReport(app: App, shared: Shared, title: string): Promise<Uint8Array> {
  const input = reportInput(app, shared, title)
  const svgs = new Map(
    picturedFindings(input).map(finding => [finding.id, findingSvg(input, finding, measureText)]),
  )
  const html = reportHtml(incidentReport(input), {
    pictureOf: id => svgs.get(id) ?? null,
    fontCss: fontCss(await pictureFonts()),
  })
  return new TextEncoder().encode(html)
}

/** The report as Markdown with its pictures, in one ZIP: `report.md`, `report-F1.png`, … */
export async function markdownReport(app: App, shared: Shared, title: string): Promise<Uint8Array> {
  const input = reportInput(app, shared, title)
  const files: Record<string, Uint8Array> = {}
  for (const finding of picturedFindings(input)) {
    const { widthPx, heightPx, background, marks } = findingPicture(input, finding, measureText)
    const png = await app.host.paintPicture({ widthPx, heightPx, background, marks }, REPORT_SCALE)
    const payload = findingPayload(input, finding, shared.notebook.source.files)
    files[`report-${finding.id}.png`] = embedPayload(png, payload)
  }
  const text = reportMarkdown(incidentReport(input), id => `report-${id}.png`)
  files['report.md'] = new TextEncoder().encode(text)
  const { zipSync } = await import('fflate')
  return zipSync(files, { level: 0 })
}
