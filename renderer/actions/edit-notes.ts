/** What is done with notes that are there: text, colour, place, hiding, deleting, going to them. */
import { itemAt, type Place, placeNotes, placeOf, rangeAnchor } from '../../src/core/notebook/anchors.ts'
import type { Anchor, Note, NoteColor } from '../../src/core/notebook/note.ts'
import type { ItemRef } from '../../src/core/scene/scene.ts'
import { unixNano } from '../../src/core/store/store.ts'
import type { App } from '../state/app.ts'
import { lanesById } from '../state/lookup.ts'
import {
  beginEdit,
  changeEntry,
  type EntryChange,
  finishEdit,
  removeEntry,
  typeText,
} from '../state/notebook.ts'
import { lanesNow, scrollFor, sessionNow } from '../state/shown.ts'
import { fitStretch } from '../timeline/viewport.ts'
import { meantAnchor, sameAnchor, selectedAnchor } from './annotate.ts'
import { announce } from './announce.ts'
import { changeNotebook, now } from './change-notebook.ts'
import { durationOf, flyTo, rememberPlace, windowNow } from './navigate.ts'
import { selectItem, showLane } from './select.ts'

export const editEntry = (app: App, id: string): void => changeNotebook(app, state => beginEdit(state, id))
export const typeInto = (app: App, text: string): void =>
  changeNotebook(app, state => typeText(state, text, now()))
export const finishNote = (app: App): void => changeNotebook(app, finishEdit)

const noteOf = (app: App, id: string): Note | undefined =>
  app.notebook.getState().notes.find(note => note.id === id)

const change = (app: App, id: string, fields: EntryChange): void =>
  changeNotebook(app, state => changeEntry(state, id, { ...fields, editedAt: now() }))

export const colorNote = (app: App, id: string, color: NoteColor): void => change(app, id, { color })

export function hideNote(app: App, id: string, hidden: boolean): void {
  change(app, id, { hidden })
  announce(app, hidden ? 'Note hidden: not drawn, not shared' : 'Note shown')
}

/** `H`: all notes out of the way, or back. A matter of looking, not of the notebook. */
export function veilNotes(app: App): void {
  const veiled = !app.notebook.getState().veiled
  app.notebook.setState({ veiled })
  announce(app, veiled ? 'Notes out of sight' : 'Notes in sight')
}

export function deleteEntry(app: App, id: string): void {
  changeNotebook(app, state => removeEntry(state, id))
  announce(app, 'Deleted; Ctrl+Z brings it back')
}

/** `Delete`: the notes on what is selected, the newest first. */
export function deleteSelected(app: App): void {
  const session = sessionNow(app)
  const { range } = app.selection.getState()
  if (!session) return
  const anchor = selectedAnchor(app)
  const onRange = range && rangeAnchor(session, range.startNs, range.endNs)
  const here = app.notebook
    .getState()
    .notes.findLast(({ anchor: on }) =>
      anchor
        ? sameAnchor(on, anchor) || (on.to !== undefined && sameAnchor(on.to, anchor))
        : onRange !== null && on.fromNs === onRange.fromNs && on.toNs === onRange.toNs,
    )
  if (here) deleteEntry(app, here.id)
  else if (range) app.selection.setState({ range: null })
}

/** Puts a note on what is selected: an item, the range, the playhead. This is also how an orphan finds a new place. */
export function moveToSelection(app: App, id: string): void {
  const note = noteOf(app, id)
  const meant = meantAnchor(app)
  if (!note || !meant) return
  change(app, id, { anchor: reanchored(note, meant) })
  announce(app, 'Note moved')
}

/** A drag of a note's paper: onto an item it goes there, elsewhere it moves by that much time. */
export function dragNote(app: App, id: string, byNs: number, onto: Anchor | null): void {
  const note = noteOf(app, id)
  const session = sessionNow(app)
  const place = session && note ? placeOf(session, note.anchor) : null
  if (!note || !session || !place) return
  const moved = onto && note.kind !== 'range' && note.kind !== 'box' ? onto : null
  const shifted = (anchor: Anchor): Anchor => ({
    ...anchor,
    traceId: '',
    spanId: '',
    fromNs: unixNano(session.store, place.startNs + byNs),
    toNs: unixNano(session.store, place.endNs + byNs),
  })
  if (moved) change(app, id, { anchor: reanchored(note, moved) })
  else if (note.kind === 'label' || note.kind === 'link') return announce(app, 'Drop it on what it is about')
  else {
    const { to, ...anchor } = note.anchor
    change(app, id, { anchor: { ...shifted(anchor), ...(to && { to: shifted(to) }) } })
  }
  announce(app, 'Note moved')
}

/** The far end of a link stays; a box keeps its lanes when it is only moved in time, and only a box takes lanes over. */
function reanchored({ kind, anchor }: Note, meant: Anchor): Anchor {
  const { to } = anchor
  if (kind === 'box' && meant.lane === '') {
    const { fromNs, toNs } = meant
    return { ...anchor, fromNs, toNs, ...(to && { to: { ...to, fromNs, toNs } }) }
  }
  if (kind === 'box') return meant
  const { to: lastLane, ...place } = meant
  const onto = lastLane ? { ...place, lane: '' } : place
  return kind === 'link' && to ? { ...onto, to } : onto
}

/** Goes to where a note stands, and selects what it is on. */
export function goToNote(app: App, id: string): void {
  const session = sessionNow(app)
  const note = noteOf(app, id)
  const place = session && note ? placeNotes(session, [note]).placed[0] : undefined
  if (!place) return
  goToPlace(app, place)
  const { range } = app.selection.getState()
  if (range && place.to && note?.kind === 'box')
    app.selection.setState({ range: { ...range, lanes: lanesBetween(app, place.lane, place.to.lane) } })
}

/** As they stand on screen. */
function lanesBetween(app: App, first: string, last: string): readonly string[] {
  const shown = lanesNow(app).map(({ id }) => id)
  const ends = [shown.indexOf(first), shown.indexOf(last)].filter(at => at >= 0)
  return ends.length === 0 ? [] : shown.slice(Math.min(...ends), Math.max(...ends) + 1)
}

export function goToPlace(app: App, place: Place): void {
  rememberPlace(app)
  if (place.lane) showLane(app, place.lane)
  const window = windowNow(app)
  const visible = place.startNs >= window.startNs && place.endNs <= window.endNs
  const readable = place.endNs - place.startNs > (window.endNs - window.startNs) / 100
  const to =
    visible && (readable || place.startNs === place.endNs)
      ? window
      : fitStretch(place.startNs, place.endNs, durationOf(app), place.endNs > place.startNs ? 0.6 : 500_000)
  const ref = itemRefAt(app, place)
  if (ref) selectItem(app, ref)
  else if (place.endNs > place.startNs) {
    app.selection.setState({
      range: { startNs: place.startNs, endNs: place.endNs, lanes: [] },
      selected: null,
      inspect: 'selection',
    })
  }
  app.view.setState({ playheadNs: (place.startNs + place.endNs) / 2 })
  flyTo(app, to, place.lane ? scrollFor(app, new Set([place.lane])) : undefined)
}

function itemRefAt(app: App, place: Place): ItemRef | null {
  const session = sessionNow(app)
  const lane = session && lanesById(session).get(place.lane)
  const item = lane && place.row >= 0 ? itemAt(lane, place) : -1
  return lane && item >= 0 ? { lane: lane.id, item } : null
}
