/** A recording that has grown takes the place of what was open of it, under the eyes of whoever looks at it. */

import { itemKinds } from '../../src/core/lanes/lane.ts'
import { anchorOf, placeOf } from '../../src/core/notebook/anchors.ts'
import { findingKey } from '../../src/core/notebook/finding-key.ts'
import type { ItemRef, Session } from '../../src/core/scene/scene.ts'
import { relativeNs, unixNano } from '../../src/core/store/store.ts'
import { openInEngine } from '../engine.ts'
import type { App } from '../state/app.ts'
import { itemOf, itemOfRow, lanesById } from '../state/lookup.ts'
import { emptyHistory } from '../state/navigation.ts'
import { scrollToTop, topLaneNow } from '../state/shown.ts'
import { inSlices } from '../state/slices.ts'
import type { InputFile } from '../state/trace.ts'
import { clampWindow, fitAll, type TimeWindow } from '../timeline/viewport.ts'
import { ask } from './search.ts'
import { warmUp } from './warm-up.ts'

/** Reads and analyses in the worker; the lanes stay as they are until all is done. False when the user was faster with something else. */
export async function readAgain(app: App, file: InputFile): Promise<boolean> {
  const open = app.trace.getState().trace
  if (!open) return false
  const end = app.pending.begin()
  const isCurrent = (): boolean => app.trace.getState().trace === open && !app.trace.getState().loading
  try {
    const clockOffsetsNs = open.session.store.processes.map(process => process.offsetNs)
    const control = new AbortController()
    const { name, size, from } = file
    const outcome = await openInEngine({ inputs: [{ name, size, from }], clockOffsetsNs }, control.signal)
    if (outcome.kind !== 'opened') return true
    const { session, report, config } = outcome.opened
    await inSlices(warmUp(session), isCurrent)
    // Notes typed meanwhile belong to the file as it was known.
    await app.autosave.flush()
    if (!isCurrent() || app.rules.getState().draft) return false
    const restore = remember(app, open.session)
    app.trace.setState({ trace: { ...open, session, report, config, files: [file] } })
    restore(session)
    return true
  } catch {
    // Out of memory, or the host is gone: what is shown stays.
    return true
  } finally {
    end()
  }
}

/** What is looked at, in terms that outlive the session: instants, spans, names. */
function remember(app: App, before: Session): (after: Session) => void {
  const view = app.view.getState()
  const selection = app.selection.getState()
  const { query } = app.search.getState()
  const top = topLaneNow(app)
  const belowTopPx = view.scrollPx - scrollToTop(app, top)
  const anchor = selection.selected && anchorOf(before, selection.selected)
  const finding = before.analysis.findings.find(({ id }) => id === selection.finding)
  const key = finding && findingKey(finding)
  const pathOf = before.model.tasks[selection.pathOf]?.id

  return after => {
    // What comes later may have begun earlier: the trace's zero moves.
    const byNs = relativeNs(after.store, unixNano(before.store, 0))
    const moved = (ns: number): number => ns + byNs
    const now = view.flight?.to ?? view
    const { findings } = after.analysis
    app.selection.setState({
      selected: anchor && itemAt(after, anchor, selection.selected!, before),
      hovered: null,
      pathOf: pathOf === undefined ? -1 : after.model.tasks.findIndex(({ id }) => id === pathOf),
      range: selection.range && {
        ...selection.range,
        startNs: moved(selection.range.startNs),
        endNs: moved(selection.range.endNs),
      },
      // Nothing was found so far: then the worst of what is found now.
      finding: (findings.find(one => findingKey(one) === key) ?? (key ? undefined : findings[0]))?.id ?? '',
    })
    app.view.setState({
      ...follow(now, before.store.durationNs, after.store.durationNs, moved),
      flight: null,
      playheadNs: view.playheadNs < 0 ? view.playheadNs : moved(view.playheadNs),
      ...(byNs !== 0 && { history: emptyHistory }),
    })
    if (top) app.view.setState({ scrollPx: scrollToTop(app, top) + belowTopPx })
    if (query) ask(app, query)
  }
}

/**
 * Who sees all goes on seeing all; who stands at the end stays at the end; else the same stretch of time.
 *
 *     before  |····[════]|          |··[════]··|
 *     after   |··········[════]|    |··[════]······|
 */
export function follow(
  view: TimeWindow,
  beforeNs: number,
  afterNs: number,
  moved: (ns: number) => number,
): TimeWindow {
  if (view.startNs <= 0 && view.endNs >= beforeNs) return fitAll(afterNs)
  const startNs = moved(view.startNs)
  const endNs = moved(view.endNs)
  const byNs = view.endNs >= beforeNs ? afterNs - moved(beforeNs) : 0
  return clampWindow({ startNs: startNs + byNs, endNs: endNs + byNs }, afterNs)
}

/** The same span drawn as the same thing in the same lane, else wherever it is drawn now. */
function itemAt(
  session: Session,
  anchor: NonNullable<ReturnType<typeof anchorOf>>,
  ref: ItemRef,
  before: Session,
): ItemRef | null {
  const place = placeOf(session, anchor)
  if (!place || place.row < 0) return null
  const items = lanesById(session).get(ref.lane)?.items
  const kind = itemKinds.indexOf(itemOf(before, ref)?.kind ?? 'span')
  for (let item = 0; items && item < items.count; item++)
    if (items.span[item] === place.row && items.kind[item] === kind) return { lane: ref.lane, item }
  return itemOfRow(session, place.row)
}
