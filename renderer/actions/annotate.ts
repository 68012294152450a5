/** Notes: made on what is selected, edited in the notebook, saved by themselves. */
import { anchorOf, placeNotes, rangeAnchor } from '../../src/core/notebook/anchors.ts'
import type { Anchor, Note, NoteKind } from '../../src/core/notebook/note.ts'
import type { App } from '../state/app.ts'
import { itemOf } from '../state/lookup.ts'
import {
  addNote,
  beginEdit,
  cancelEdit,
  draftNote,
  finishEdit,
  type NotebookState,
  redo,
  removeNote,
  typeText,
  undo,
} from '../state/notebook.ts'
import { scrollFor, sessionNow } from '../state/shown.ts'
import { fitStretch } from '../timeline/viewport.ts'
import { announce } from './announce.ts'
import { durationOf, flyTo, rememberPlace, windowNow } from './navigate.ts'
import { selectItem, showLane, stretchNow } from './select.ts'

/** Every change of notes marks them unsaved and starts the clock of the autosave. */
function change(app: App, next: (state: NotebookState) => NotebookState): void {
  const before = app.notebook.getState()
  const after = next(before)
  if (after === before) return
  const touched = after.notes !== before.notes
  app.notebook.setState(touched ? { ...after, saving: { kind: 'unsaved' } } : after)
  if (touched) app.autosave.touch()
}

const newNote = (app: App, kind: NoteKind, anchor: Anchor): Note => ({
  id: crypto.randomUUID(),
  kind,
  anchor,
  text: '',
  author: app.info.author,
  createdAt: new Date().toISOString(),
})

/** `Enter`: a label on the selected item; else a note on the range; else a pin at the playhead. Opens its text box. */
export function annotate(app: App): void {
  const session = sessionNow(app)
  if (!session) return
  const { selected, range } = app.selection.getState()
  const anchor = selected ? anchorOf(session, selected) : null
  if (anchor) return change(app, state => draftNote(state, newNote(app, 'label', anchor)))
  if (range) return annotateRange(app)
  pinPlayhead(app)
}

/** `R`: a note on the stretch that is meant: range, selected item or finding. */
export function annotateRange(app: App): void {
  const session = sessionNow(app)
  const stretch = session ? stretchNow(app) : null
  if (!session || !stretch) return announce(app, 'Select a stretch of time first')
  const anchor = rangeAnchor(session, stretch.startNs, stretch.endNs)
  change(app, state => draftNote(state, newNote(app, 'range', anchor)))
}

function pinPlayhead(app: App): void {
  const session = sessionNow(app)
  const { playheadNs } = app.view.getState()
  if (!session || playheadNs < 0) return
  const anchor = rangeAnchor(session, playheadNs, playheadNs)
  change(app, state => draftNote(state, newNote(app, 'pin', anchor)))
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
  const anchor = rangeAnchor(session, stretch.startNs, stretch.endNs)
  change(app, state => addNote(state, newNote(app, 'range', anchor)))
  announce(app, 'Mark kept as a note')
}

/** `Delete`: the notes on what is selected, the newest first. */
export function deleteSelected(app: App): void {
  const session = sessionNow(app)
  const { selected, range } = app.selection.getState()
  const { notes } = app.notebook.getState()
  if (!session) return
  const anchor = selected ? anchorOf(session, selected) : null
  const here = notes.findLast(({ anchor: on }) =>
    anchor
      ? on.spanId === anchor.spanId && on.lane === anchor.lane && on.fromNs === anchor.fromNs
      : range !== null && sameStretch(on, rangeAnchor(session, range.startNs, range.endNs)),
  )
  if (here) deleteNote(app, here.id)
  else if (range) app.selection.setState({ range: null })
}

const sameStretch = (a: Anchor, b: Anchor): boolean => a.fromNs === b.fromNs && a.toNs === b.toNs

export function deleteNote(app: App, id: string): void {
  change(app, state => removeNote(state, id))
  announce(app, 'Note deleted; Ctrl+Z brings it back')
}

export const editNote = (app: App, id: string): void => change(app, state => beginEdit(state, id))
export const typeNote = (app: App, text: string): void => change(app, state => typeText(state, text))
export const finishNote = (app: App): void => change(app, finishEdit)
export const cancelNote = (app: App): void => change(app, cancelEdit)
export const undoNotes = (app: App): void => change(app, undo)
export const redoNotes = (app: App): void => change(app, redo)

/** Goes to where a note stands, and selects what it is on. */
export function goToNote(app: App, id: string): void {
  const session = sessionNow(app)
  const note = app.notebook.getState().notes.find(one => one.id === id)
  const place = session && note ? placeNotes(session, [note]).placed[0] : undefined
  if (!session || !place) return
  rememberPlace(app)
  if (place.lane) showLane(app, place.lane)
  const window = windowNow(app)
  const visible = place.startNs >= window.startNs && place.endNs <= window.endNs
  const readable = place.endNs - place.startNs > (window.endNs - window.startNs) / 100
  const to =
    visible && (readable || place.startNs === place.endNs)
      ? window
      : fitStretch(place.startNs, place.endNs, durationOf(app), place.endNs > place.startNs ? 0.6 : 500_000)
  const ref = place.lane ? itemAt(app, place.lane, place.row, place.startNs) : null
  if (ref) selectItem(app, ref)
  else if (place.endNs > place.startNs) {
    app.selection.setState({
      range: { startNs: place.startNs, endNs: place.endNs, lanes: [] },
      selected: null,
    })
  }
  app.view.setState({ playheadNs: (place.startNs + place.endNs) / 2 })
  flyTo(app, to, place.lane ? scrollFor(app, new Set([place.lane])) : undefined)
}

function itemAt(app: App, laneId: string, row: number, startNs: number) {
  const lane = sessionNow(app)?.lanes.find(one => one.id === laneId)
  if (!lane) return null
  for (let item = 0; item < lane.items.count; item++) {
    if (lane.items.span[item] === row && lane.items.startNs[item] === startNs) return { lane: laneId, item }
  }
  return null
}
