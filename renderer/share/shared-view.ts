/** What part of the trace a picture shows: the lanes on screen, a finding, or what is selected. */
import type { Lane } from '../../src/core/lanes/lane.ts'
import type { ItemRef, Session } from '../../src/core/scene/scene.ts'
import { type PictureView, viewOf, viewOfFinding } from '../../src/core/share/compose-view.ts'
import { redactedLanes } from '../../src/core/share/redacted-lanes.ts'
import { windowNow } from '../actions/navigate.ts'
import type { App } from '../state/app.ts'
import { pathOf } from '../state/critical-path.ts'
import { type Item, itemOf } from '../state/lookup.ts'
import { findingNow, lanesNow, placedNow } from '../state/shown.ts'
import { duration } from '../widgets/format.ts'
import type { ShareChoices } from './share-choices.ts'

/** What the selection is called in the dialog, `''` when nothing is selected. */
export function selectionName(app: App): string {
  const { range } = app.selection.getState()
  if (range) return `Range of ${duration(range.endNs - range.startNs)}`
  return selectedItem(app) ? 'Selected item' : ''
}

/**
 * The view in `session`: the trace as it is, or redacted, where lanes have other ids. Whole nanoseconds: what a picture
 * carries of its view is that view to the pixel.
 */
export function sharedView(app: App, session: Session, { what }: ShareChoices): PictureView {
  const finding = findingNow(app)
  if (what === 'finding' && finding) return viewOfFinding(session, findingIn(session, finding.id) ?? finding)
  const twin = laneTwins(app, session)
  if (what === 'selection') {
    const view = selectionView(app)
    if (view) return { ...view, ...translated(view, twin) }
  }
  const { startNs, endNs } = windowNow(app)
  const { playheadNs, collapsed, opened } = app.view.getState()
  const { selected, pathOf: pathTask } = app.selection.getState()
  const shown = { lanes: lanesOnScreen(app).map(({ id }) => id), collapsed, opened, selected }
  return {
    finding: finding && findingIn(session, finding.id),
    startNs: Math.floor(startNs),
    endNs: Math.ceil(endNs),
    playheadNs: Math.round(playheadNs),
    ...translated(shown, twin),
    criticalPath: pathTask >= 0 ? pathOf(session, pathTask) : null,
  }
}

const findingIn = ({ analysis }: Session, id: string) => analysis.findings.find(finding => finding.id === id)

/** The range with its lanes; else the selected item with some air, in its lane and those that matter beside it. */
function selectionView(app: App): PictureView | null {
  const { range, selected } = app.selection.getState()
  if (range) return { ...viewOf(Math.floor(range.startNs), Math.ceil(range.endNs)), lanes: range.lanes }
  const item = selectedItem(app)
  if (!item) return null
  const air = Math.max((item.endNs - item.startNs) * 0.25, 1e5)
  const { durationNs } = app.trace.getState().trace!.session.store
  const startNs = Math.max(0, Math.floor(item.startNs - air))
  return { ...viewOf(startNs, Math.min(durationNs, Math.ceil(item.endNs + air))), selected }
}

function selectedItem(app: App): Item | null {
  const { trace } = app.trace.getState()
  return trace && itemOf(trace.session, app.selection.getState().selected)
}

type Chosen = Pick<PictureView, 'lanes' | 'collapsed' | 'opened' | 'selected'>
type Twin = (lane: string) => string

function translated({ lanes, collapsed, opened, selected }: Chosen, twin: Twin): Chosen {
  const itemTwin = ({ lane, item }: ItemRef): ItemRef => ({ lane: twin(lane), item })
  return {
    lanes: lanes.map(twin),
    collapsed: new Set([...collapsed].map(twin)),
    opened: new Set([...opened].map(twin)),
    selected: selected && itemTwin(selected),
  }
}

function laneTwins(app: App, session: Session): Twin {
  const original = app.trace.getState().trace!.session
  if (session === original) return lane => lane
  const twins = redactedLanes(original, session)
  return lane => twins.get(lane)?.id ?? ''
}

/** Lanes at least partly in sight. They go into the picture whole: a lane cut in half helps nobody. */
function lanesOnScreen(app: App): readonly Lane[] {
  const { scrollPx } = app.view.getState()
  const bottom = scrollPx + app.surface.heightPx - app.surface.rulerPx
  const seen = new Set(
    placedNow(app).flatMap(({ lane, y, geometry }) =>
      y < bottom && y + geometry.heightPx > scrollPx ? [lane] : [],
    ),
  )
  return lanesNow(app).filter(lane => seen.has(lane))
}
