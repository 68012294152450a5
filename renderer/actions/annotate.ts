/** Making notes on what is selected: label, range, box, pin, and a link in two steps. */
import { anchorOf, boxAnchor, rangeAnchor } from '../../src/core/notebook/anchors.ts'
import type { Anchor, Note, NoteKind } from '../../src/core/notebook/note.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import type { App } from '../state/app.ts'
import { itemOf } from '../state/lookup.ts'
import { addEntries, draftNote } from '../state/notebook.ts'
import type { Range } from '../state/selection.ts'
import { placedNow, sessionNow } from '../state/shown.ts'
import { announce, toast } from './announce.ts'
import { changeNotebook, now } from './change-notebook.ts'
import { stretchNow } from './select.ts'

const newNote = (app: App, kind: NoteKind, anchor: Anchor): Note => ({
  id: crypto.randomUUID(),
  kind,
  anchor,
  text: '',
  author: app.info.author,
  createdAt: now(),
  editedAt: now(),
  color: 'violet',
  hidden: false,
})

/** Every way to make a note ends here: it is on screen, and its text box is open. */
function draft(app: App, kind: NoteKind, anchor: Anchor): void {
  changeNotebook(app, state => ({
    ...draftNote(state, newNote(app, kind, anchor)),
    linkFrom: null,
    veiled: false,
  }))
}

/** `Enter`: a label on the selected item; else a note on the range; else a pin at the playhead. */
export function annotate(app: App): void {
  const { linkFrom } = app.notebook.getState()
  const anchor = selectedAnchor(app)
  if (linkFrom && anchor) finishLink(app)
  else if (anchor) draft(app, 'label', anchor)
  else if (app.selection.getState().range) annotateRange(app)
  else pinPlayhead(app)
}

/** `R`: a note on the stretch that is meant: range, selected item or finding. */
export function annotateRange(app: App): void {
  const session = sessionNow(app)
  const stretch = session ? stretchNow(app) : null
  if (!session || !stretch) return announce(app, 'Select a stretch of time first')
  draft(app, 'range', rangeAnchor(session, stretch.startNs, stretch.endNs))
}

/** `B`: a box over the area that was dragged; without one, over the selected item's lane or the lanes in sight. */
export function annotateBox(app: App): void {
  const session = sessionNow(app)
  const stretch = stretchNow(app)
  const { selected, range } = app.selection.getState()
  if (!session || !stretch) return announce(app, 'Select a stretch of time first')
  const dragged = range?.lanes ?? []
  const lanes = dragged.length > 0 ? dragged : selected && !range ? [selected.lane] : lanesInSight(app)
  const first = lanes[0]
  const last = lanes.at(-1)
  if (first && last) draft(app, 'box', boxAnchor(session, stretch.startNs, stretch.endNs, first, last))
}

/** Lanes of which at least half is in sight: what a person means by "these". */
function lanesInSight(app: App): readonly string[] {
  const { scrollPx } = app.view.getState()
  const bottomPx = scrollPx + app.surface.heightPx - app.surface.rulerPx
  return placedNow(app).flatMap(({ lane, y, geometry }) => {
    const middlePx = y + geometry.heightPx / 2
    return middlePx >= scrollPx && middlePx <= bottomPx ? [lane.id] : []
  })
}

/** `I`: a pin at the playhead, in the lane of what is selected where something is. */
export function pinPlayhead(app: App): void {
  const session = sessionNow(app)
  const { playheadNs } = app.view.getState()
  if (!session || playheadNs < 0) return
  const lane = app.selection.getState().selected?.lane
  draft(app, 'pin', rangeAnchor(session, playheadNs, playheadNs, lane))
}

/** `L`: the selected item is one end of a link; once more, on another item: the other end. */
export function link(app: App): void {
  if (app.notebook.getState().linkFrom) finishLink(app)
  else startLink(app)
}

function startLink(app: App): void {
  const linkFrom = selectedAnchor(app)
  if (!linkFrom) return announce(app, 'Select what the link begins at')
  app.notebook.setState({ linkFrom })
  toast(app, 'Link: select the other end and press L, or click it. Esc cancels')
}

export function finishLink(app: App): void {
  const { linkFrom } = app.notebook.getState()
  const to = selectedAnchor(app)
  if (!linkFrom || !to) return
  if (sameAnchor(linkFrom, to)) return announce(app, 'Select the other end of the link')
  draft(app, 'link', { ...linkFrom, to })
}

/** Esc: says whether there was a link to give up. */
export function cancelLink(app: App): boolean {
  if (!app.notebook.getState().linkFrom) return false
  app.notebook.setState({ linkFrom: null })
  announce(app, 'No link made')
  return true
}

/** `M`: marks the stretch of what is selected for the moment, as a time range that goes away with Esc. */
export function markTemporarily(app: App): void {
  const session = sessionNow(app)
  if (!session) return
  const item = itemOf(session, app.selection.getState().selected)
  const stretch = item ?? stretchNow(app)
  if (!stretch) return
  app.selection.setState({ range: { startNs: stretch.startNs, endNs: stretch.endNs, lanes: [] } })
  announce(app, 'Marked; Shift+M keeps the mark')
}

/** `Shift+M`: keeps the mark as a note. */
export function keepMark(app: App): void {
  const session = sessionNow(app)
  if (!session) return
  const stretch = stretchNow(app)
  if (!stretch) return pinPlayhead(app)
  const note = newNote(app, 'range', rangeAnchor(session, stretch.startNs, stretch.endNs))
  changeNotebook(app, state => addEntries(state, { notes: [note] }))
  announce(app, 'Mark kept as a note')
}

export function selectedAnchor(app: App): Anchor | null {
  const session = sessionNow(app)
  const { selected } = app.selection.getState()
  return session && selected ? anchorOf(session, selected) : null
}

/** Of an area over lanes, with its last lane as the other end. */
function areaAnchor(session: Session, { startNs, endNs, lanes }: Range): Anchor {
  const first = lanes[0]
  const last = lanes.at(-1)
  return first && last
    ? boxAnchor(session, startNs, endNs, first, last)
    : rangeAnchor(session, startNs, endNs)
}

export const sameAnchor = (a: Anchor, b: Anchor): boolean =>
  a.spanId === b.spanId && a.lane === b.lane && a.fromNs === b.fromNs && a.toNs === b.toNs

/** The anchor of what is meant right now, for notes that move and for evidence: item, range, or playhead. */
export function meantAnchor(app: App): Anchor | null {
  const session = sessionNow(app)
  if (!session) return null
  const { range } = app.selection.getState()
  const { playheadNs } = app.view.getState()
  return (
    selectedAnchor(app) ??
    (range
      ? areaAnchor(session, range)
      : playheadNs >= 0
        ? rangeAnchor(session, playheadNs, playheadNs)
        : null)
  )
}
