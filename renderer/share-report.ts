/** Reports and copies of findings from the app. */
import { incidentReport, picturedFindings } from '../src/core/report/incident-report.ts'
import { reportHtml } from '../src/core/report/report-html.ts'
import type { ReportInput } from '../src/core/report/report-input.ts'
import { paintSvg } from '../src/core/scene/svg-painter.ts'
import { composeView, viewOfFinding } from '../src/core/share/compose-view.ts'
import { fontCss } from '../src/core/share/font-css.ts'
import { pictureFonts } from './picture-fonts.ts'
import type { Shared } from './share-picture.ts'
import type { App } from './state/app.ts'
import { createMeasure } from './timeline/measure-text.ts'

const WIDTH_PX = 1280

/** What a report is made from; a recording that the trace is compared with is taken for one of the fix. */
export function reportInput(app: App, { session, report, notebook }: Shared, title: string): ReportInput {
  const { other, swapped } = app.compare.getState()
  const after = other && !swapped ? other : null
  return { session, report, notebook, after, title, version: app.info.version }
}

/** The report of the incident as one HTML file. */
export async function sharedReport(app: App, shared: Shared, title: string): Promise<Uint8Array> {
  const input = reportInput(app, shared, title)
  const svgs = new Map(
    picturedFindings(input).map(finding => [
      finding.id,
      paintSvg(
        composeView(shared.session, viewOfFinding(shared.session, finding), {
          theme: 'light',
          timeDisplay: 'relative',
          widthPx: WIDTH_PX,
          heightPx: 0,
          title: '',
          version: app.info.version,
          caption: true,
          legend: true,
          notes: shared.notebook.notes,
          measure: createMeasure(),
        }),
        { title: finding.text.title, idPrefix: `${finding.id}-` },
      ),
    ]),
  )
  const html = reportHtml(incidentReport(input), {
    pictureOf: id => svgs.get(id) ?? null,
    fontCss: fontCss(await pictureFonts()),
  })
  return new TextEncoder().encode(html)
}
