import { useMemo } from 'react'
import { type PlacedNote, placeNotes } from '../../src/core/notebook/anchors.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { lanesById } from '../state/lookup.ts'
import { useApps } from '../widgets/app-context.ts'
import { duration, instant, plural } from '../widgets/format.ts'
import { NoteRow } from './note-row.tsx'

/** All notes by time; those whose place is not in these files after them. */
export function NoteList({ session }: { readonly session: Session }) {
  const notes = useApps(
    ({ notebook }) => notebook,
    state => state.notes,
  )
  const editing = useApps(
    ({ notebook }) => notebook,
    state => state.editing?.id,
  )
  const { placed, orphans } = useMemo(() => placeNotes(session, notes), [session, notes])
  const inOrder = useMemo(() => placed.toSorted((a, b) => a.startNs - b.startNs), [placed])
  const numbers = useMemo(() => new Map(notes.map((note, at) => [note.id, at + 1])), [notes])
  return (
    <>
      {notes.length === 0 && (
        <p className="panel-empty">
          Select something and press <kbd>Enter</kbd>, or drag over a stretch of time and press <kbd>R</kbd>;{' '}
          <kbd>B</kbd> draws a box, <kbd>L</kbd> links two things, <kbd>I</kbd> pins the playhead. Notes stay
          with their spans and go into shared pictures.
        </p>
      )}
      <ul aria-label="Notes">
        {inOrder.map(one => (
          <NoteRow
            key={one.note.id}
            note={one.note}
            number={numbers.get(one.note.id)!}
            editing={editing === one.note.id}
            place={<PlaceWords session={session} place={one} />}
            lost={false}
          />
        ))}
      </ul>
      {orphans.length > 0 && (
        <>
          <h3 className="overline notes-group">
            {plural(orphans.length, 'note')} whose place is not in these files
          </h3>
          <ul aria-label="Notes without a place">
            {orphans.map(note => (
              <NoteRow
                key={note.id}
                note={note}
                number={numbers.get(note.id)!}
                editing={editing === note.id}
                place={<span className="muted">{note.anchor.lane || 'elsewhere'}</span>}
                lost
              />
            ))}
          </ul>
        </>
      )}
    </>
  )
}

function PlaceWords({ session, place }: { readonly session: Session; readonly place: PlacedNote }) {
  const display = useApps(
    app => app.settings,
    state => state.timeDisplay,
  )
  const { startNs, endNs, note, to } = place
  const nameOf = (lane: string): string => lanesById(session).get(lane)?.label ?? ''
  const from = nameOf(place.lane)
  const end = to && to.lane !== place.lane ? nameOf(to.lane) : ''
  return (
    <>
      <span className="note-time">{instant(startNs, session.store.epochUnixNano, display)}</span>
      {endNs > startNs && <span>{duration(endNs - startNs)}</span>}
      {from && (
        <span className="note-lane">{end ? `${from} ${note.kind === 'box' ? '–' : '→'} ${end}` : from}</span>
      )}
      {note.kind === 'link' && !to && <span className="muted">other end is not in these files</span>}
    </>
  )
}
