/** From the share dialog's choices to pictures and bundles. */
import type { Recording } from '../../src/core/compare/compare.ts'
import type { ImportReport } from '../../src/core/import/import.ts'
import type { Notebook } from '../../src/core/notebook/note.ts'
import type { Scene, Session } from '../../src/core/scene/scene.ts'
import { paintSvg } from '../../src/core/scene/svg-painter.ts'
import { writeBundle } from '../../src/core/share/bundle.ts'
import { composeView } from '../../src/core/share/compose-view.ts'
import { fontCss } from '../../src/core/share/font-css.ts'
import { type SharePayload, writePayload } from '../../src/core/share/payload.ts'
import { embedPayload } from '../../src/core/share/png-payload.ts'
import { sharedNotebook } from '../../src/core/share/shared-notebook.ts'
import { sliceOtlp } from '../../src/core/share/slice.ts'
import type { App } from '../state/app.ts'
import { notebookNow } from '../state/notebook-io.ts'
import { measureText } from '../timeline/measure-text.ts'
import { duration } from '../widgets/format.ts'
import { pictureFonts } from './picture-fonts.ts'
import type { ShareChoices } from './share-choices.ts'
import { sharedView } from './shared-view.ts'

const WIDTH_PX = { narrowest: 960, widest: 1600 }

/** What is shared: as it is, or redacted. */
export interface Shared {
  readonly session: Session
  readonly report: ImportReport
  readonly notebook: Notebook
  /** A recording of the fix: the one that the open trace is compared with. */
  readonly after: Recording | null
}

export function sharedNow(app: App): Shared {
  const { session, report } = app.trace.getState().trace!
  const { other, swapped } = app.compare.getState()
  return { session, report, notebook: notebookNow(app)!, after: swapped ? null : other }
}

export const sharedScene = (app: App, { session, notebook }: Shared, choices: ShareChoices): Scene =>
  composeView(session, sharedView(app, session, choices), {
    theme: choices.theme,
    timeDisplay: app.settings.getState().timeDisplay,
    widthPx: Math.max(WIDTH_PX.narrowest, Math.min(WIDTH_PX.widest, Math.round(app.surface.widthPx))),
    heightPx: 0,
    title: choices.title,
    version: app.info.version,
    caption: choices.caption,
    legend: choices.legend,
    notes: choices.notes ? notebook.notes : [],
    measure: measureText,
  })

/** What travels inside: the notebook with this very view, and the stretch of the trace where wanted. */
function sharedPayload(app: App, { session, notebook }: Shared, choices: ShareChoices): SharePayload {
  const view = sharedView(app, session, choices)
  const { store } = session
  return {
    version: 1,
    notebook: sharedNotebook(
      session,
      view,
      { ...notebook, notes: choices.notes ? notebook.notes : [] },
      notebook.source.files,
    ),
    slice: choices.embed === 'slice' ? sliceOtlp(store, view.startNs, view.endNs) : '',
    startUnixNano: store.epochUnixNano,
  }
}

export async function sharedPng(app: App, shared: Shared, choices: ShareChoices): Promise<Uint8Array> {
  const { widthPx, heightPx, background, marks } = sharedScene(app, shared, choices)
  const png = await app.host.paintPicture({ widthPx, heightPx, background, marks }, choices.scale)
  if (choices.embed === 'none') return png
  return embedPayload(png, writePayload(sharedPayload(app, shared, choices)))
}

export async function sharedSvg(app: App, shared: Shared, choices: ShareChoices): Promise<Uint8Array> {
  const svg = paintSvg(sharedScene(app, shared, choices), {
    title: altText(app, shared, choices),
    css: fontCss(await pictureFonts()),
    ...(choices.embed !== 'none' && { metadata: writePayload(sharedPayload(app, shared, choices)) }),
  })
  return new TextEncoder().encode(svg)
}

export const sharedBundle = (app: App, shared: Shared, choices: ShareChoices): Uint8Array =>
  writeBundle(sharedPayload(app, shared, { ...choices, embed: 'slice' }))

/** What the picture shows, for those who can't see it. */
export function altText(app: App, { session }: Shared, choices: ShareChoices): string {
  const { startNs, endNs, finding } = sharedView(app, session, choices)
  const services = [...new Set(session.store.processes.map(process => process.service))].filter(Boolean)
  const about = choices.title || finding?.text.title || 'Swimlane timeline'
  return `${about}. ${duration(endNs - startNs)} of ${services.join(', ') || 'the trace'} as swimlanes of tasks, waits and holds.${finding?.text.rule ? ` Rule broken: ${finding.text.rule}.` : ''}`
}

/** Name of a file; `part` says what of the trace it shows. */
export function shareName(app: App, redact: boolean, part: string, suffix: string): string {
  const trace = app.trace.getState().trace!
  // A file's name is people's words too.
  const base = (redact ? 'redacted' : trace.name)
    .replace(/(\.otlp)?\.(jsonl?|ndjson|gz|zst|png|interleave)$/gi, '')
    .replace(/[^\w.-]+/g, '-')
  return `${base || 'trace'}-${part}.${suffix}`
}

/** What of the trace a picture shows, for its file's name. */
export const partName = (app: App, { what }: ShareChoices): string =>
  what === 'finding' ? app.selection.getState().finding : what
