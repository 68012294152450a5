import type { Finding } from '../detect/finding.ts'
import type { ReportInput } from '../report/report-input.ts'
import type { Scene, SceneInput } from '../scene/scene.ts'
import { paintSvg } from '../scene/svg-painter.ts'
import { composeView, viewOfFinding } from './compose-view.ts'
import { writePayload } from './payload.ts'
import { sharedNotebook } from './shared-notebook.ts'

const WIDTH_PX = 1280
/** Device pixels of a report's PNG per logical pixel. */
export const REPORT_SCALE = 2

/** A finding as reports show it. */
export const findingPicture = (
  { session, notebook, version }: ReportInput,
  finding: Finding,
  measure: SceneInput['measure'],
): Scene =>
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
    measure,
  })

/** The same inside a page with others of its kind. */
export const findingSvg = (input: ReportInput, finding: Finding, measure: SceneInput['measure']): string =>
  paintSvg(findingPicture(input, finding, measure), {
    title: finding.text.title,
    idPrefix: `${finding.id}-`,
  })

/** What the PNG of a finding carries, so that it opens on its trace. */
export const findingPayload = (
  { session, notebook }: ReportInput,
  finding: Finding,
  files: readonly string[],
): string =>
  writePayload({
    version: 1,
    notebook: sharedNotebook(session, viewOfFinding(session, finding), notebook, files),
    slice: '',
    startUnixNano: '',
  })
