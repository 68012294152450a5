/** From the share dialog's choices to pictures and bundles. */
import type { ImportReport } from '../src/core/import/import.ts'
import type { Notebook } from '../src/core/notebook/note.ts'
import { findingRange } from '../src/core/scene/finding-range.ts'
import type { Scene, Session, ThemeName } from '../src/core/scene/scene.ts'
import { paintSvg } from '../src/core/scene/svg-painter.ts'
import { writeBundle } from '../src/core/share/bundle.ts'
import { composeView, type PictureLook } from '../src/core/share/compose-view.ts'
import { fontCss } from '../src/core/share/font-css.ts'
import { type SharePayload, writePayload } from '../src/core/share/payload.ts'
import { composePicture } from '../src/core/share/picture.ts'
import { embedPayload } from '../src/core/share/png-payload.ts'
import { redactedLanes } from '../src/core/share/redacted-lanes.ts'
import { sliceOtlp } from '../src/core/share/slice.ts'
import { unixNano } from '../src/core/store/store.ts'
import { windowNow } from './actions/navigate.ts'
import { pictureFonts } from './picture-fonts.ts'
import type { App } from './state/app.ts'
import { pathOf } from './state/critical-path.ts'
import { findingNow, lanesNow, placedNow } from './state/shown.ts'
import { paintPng } from './timeline/canvas.ts'
import { createMeasure } from './timeline/measure-text.ts'
import { duration } from './widgets/format.ts'

export interface ShareChoices {
  readonly what: 'view' | 'finding'
  readonly scale: 1 | 2 | 3
  readonly theme: ThemeName
  readonly title: string
  readonly caption: boolean
  readonly legend: boolean
  readonly notes: boolean
  readonly redact: boolean
  readonly embed: 'none' | 'view' | 'slice'
}

const WIDTH_PX = { narrowest: 960, widest: 1600 }

/** What is shared: the trace and its notebook, as they are or redacted. */
export interface Shared {
  readonly session: Session
  readonly report: ImportReport
  readonly notebook: Notebook
}

interface Part {
  readonly startNs: number
  readonly endNs: number
}

export function sharedPart(app: App, choices: ShareChoices): Part {
  const session = app.trace.getState().trace!.session
  const finding = findingNow(app)
  return choices.what === 'finding' && finding
    ? findingRange(finding, session.store.durationNs)
    : windowNow(app)
}

/** The picture as a scene. `session` is the trace as it is, or redacted: lane ids may differ, so lanes are chosen in it. */
export function sharedScene(app: App, { session, notebook }: Shared, choices: ShareChoices): Scene {
  const part = sharedPart(app, choices)
  const { playheadNs, collapsed } = app.view.getState()
  const { pathOf: pathTask } = app.selection.getState()
  const { timeDisplay, gutterPx } = app.settings.getState()
  const finding = session.analysis.findings.find(
    ({ id }) => id === (choices.what === 'finding' ? findingNow(app)?.id : app.selection.getState().finding),
  )
  const look: PictureLook = {
    theme: choices.theme,
    timeDisplay,
    widthPx: Math.max(WIDTH_PX.narrowest, Math.min(WIDTH_PX.widest, app.surface.widthPx)),
    heightPx: 0,
    title: choices.title,
    version: app.info.version,
    caption: choices.caption,
    legend: choices.legend,
    notes: choices.notes ? notebook.notes : [],
    measure: createMeasure(),
  }
  if (choices.what === 'finding') return composeView(session, { ...part, finding, playheadNs: -1 }, look)
  return composePicture({
    ...look,
    session,
    lanes: lanesOnScreen(app, session),
    collapsed,
    ...part,
    highlights: { finding: finding?.id ?? '', selected: null, hovered: null, playheadNs, range: null },
    ...(pathTask >= 0 && { criticalPath: pathOf(session, pathTask) }),
    gutterPx: Math.min(gutterPx, 240),
    scrollPx: 0,
  })
}

/** Lanes at least partly in sight. They go into the picture whole: a lane cut in half helps nobody. */
function lanesOnScreen(app: App, session: Session) {
  const { scrollPx } = app.view.getState()
  const { heightPx, rulerPx } = app.surface
  const bottom = scrollPx + heightPx - rulerPx
  const shown = lanesNow(app)
  const placed = placedNow(app)
  const seen = new Set(
    placed
      .filter(({ y, geometry }) => y < bottom && y + geometry.heightPx > scrollPx)
      .map(({ lane }) => shown.indexOf(lane)),
  )
  const lanes = shown.filter((_, index) => seen.has(index))
  const original = app.trace.getState().trace!.session
  if (session === original) return lanes
  const twins = redactedLanes(original, session)
  return lanes.flatMap(lane => twins.get(lane.id) ?? [])
}

/** What travels inside: the notebook with this very view, and the stretch of the trace where wanted. */
export function sharedPayload(app: App, { session, notebook }: Shared, choices: ShareChoices): SharePayload {
  const part = sharedPart(app, choices)
  const shared: Notebook = {
    ...notebook,
    notes: choices.notes ? notebook.notes.filter(note => !note.hidden) : [],
    view: {
      ...notebook.view,
      fromNs: unixNano(session.store, part.startNs),
      toNs: unixNano(session.store, part.endNs),
      collapsed: choices.what === 'finding' ? [] : notebook.view.collapsed,
    },
  }
  const slice = choices.embed === 'slice' ? sliceOtlp(session.store, part.startNs, part.endNs) : ''
  return { version: 1, notebook: shared, slice, startUnixNano: session.store.epochUnixNano }
}

export async function sharedPng(app: App, shared: Shared, choices: ShareChoices): Promise<Uint8Array> {
  const png = await paintPng(sharedScene(app, shared, choices), choices.scale)
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
  const { startNs, endNs } = sharedPart(app, choices)
  const id = app.selection.getState().finding
  const finding = session.analysis.findings.find(one => one.id === id)
  const services = [...new Set(session.store.processes.map(process => process.service))].filter(Boolean)
  const about = choices.title || finding?.text.title || 'Swimlane timeline'
  return `${about}. ${duration(endNs - startNs)} of ${services.join(', ') || 'the trace'} as swimlanes of tasks, waits and holds.${finding ? ` ${finding.text.rule}` : ''}`
}

export function shareName(app: App, choices: ShareChoices, suffix: string): string {
  const trace = app.trace.getState().trace!
  // A file's name is people's words too.
  const base = (choices.redact ? 'redacted' : trace.name)
    .replace(/(\.otlp)?\.(jsonl?|ndjson|gz|zst|png|interleave)$/gi, '')
    .replace(/[^\w.-]+/g, '-')
  const part = choices.what === 'finding' ? app.selection.getState().finding : 'view'
  return `${base || 'trace'}-${part}.${suffix}`
}
