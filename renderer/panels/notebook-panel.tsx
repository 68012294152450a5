import './notebook-panel.css'
import { type ReactNode, useEffect, useMemo, useRef } from 'react'
import Markdown from 'react-markdown'
import { placeNotes } from '../../src/core/notebook/anchors.ts'
import type { Note } from '../../src/core/notebook/note.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { annotate, deleteNote, editNote, finishNote, goToNote, typeNote } from '../actions/annotate.ts'
import { lanesById } from '../state/lookup.ts'
import type { Saving } from '../state/notebook.ts'
import { useApp, useApps, useSession } from '../widgets/app-context.ts'
import { duration, instant, plural } from '../widgets/format.ts'
import { Icon } from '../widgets/icon.tsx'

/** The user's notes in the order of time. They save themselves. */
export function NotebookPanel() {
  const app = useApp()
  const session = useSession()
  const { notes, editing, saving } = useApps(
    ({ notebook }) => notebook,
    state => state,
  )
  const { placed, orphans } = useMemo(
    () => (session ? placeNotes(session, notes) : { placed: [], orphans: [] }),
    [session, notes],
  )
  const inOrder = useMemo(() => placed.toSorted((a, b) => a.startNs - b.startNs), [placed])
  if (!session) return null
  return (
    <section className="panel" aria-label="Notebook">
      <header className="panel-head">
        <h2>Notebook</h2>
        {notes.length > 0 && <span className="panel-count">{notes.length}</span>}
        <span className="spacer" />
        <SavingWord saving={saving} />
        <button
          type="button"
          className="icon-button"
          aria-label="Add note"
          title="Note on the selection (Enter)"
          onClick={() => annotate(app)}
        >
          <Icon name="note" />
        </button>
      </header>
      <div className="panel-body scroll">
        {notes.length === 0 && (
          <p className="panel-empty">
            Select something and press <kbd>Enter</kbd>, or drag over a stretch of time and press <kbd>R</kbd>
            . Notes stay with their spans and go into shared pictures.
          </p>
        )}
        <ul aria-label="Notes">
          {inOrder.map(({ note, lane, startNs, endNs }) => (
            <NoteRow
              key={note.id}
              note={note}
              editing={editing?.id === note.id}
              place={<Place session={session} lane={lane} startNs={startNs} endNs={endNs} />}
              onGo={() => goToNote(app, note.id)}
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
                  editing={editing?.id === note.id}
                  place={<span className="muted">{note.anchor.lane || 'elsewhere'}</span>}
                  onGo={null}
                />
              ))}
            </ul>
          </>
        )}
      </div>
    </section>
  )
}

interface PlaceProps {
  readonly session: Session
  readonly lane: string
  readonly startNs: number
  readonly endNs: number
}

function Place({ session, lane, startNs, endNs }: PlaceProps) {
  const display = useApps(
    app => app.settings,
    state => state.timeDisplay,
  )
  const name = lanesById(session).get(lane)?.label
  return (
    <>
      <span className="note-time">{instant(startNs, session.store.epochUnixNano, display)}</span>
      {endNs > startNs && <span>{duration(endNs - startNs)}</span>}
      {name && <span className="note-lane">{name}</span>}
    </>
  )
}

interface NoteRowProps {
  readonly note: Note
  readonly editing: boolean
  readonly place: ReactNode
  readonly onGo: (() => void) | null
}

function NoteRow({ note, editing, place, onGo }: NoteRowProps) {
  const app = useApp()
  return (
    <li className={editing ? 'note editing' : 'note'}>
      <div className="note-head">
        {onGo ? (
          <button type="button" className="note-place" title="Show in lanes" onClick={onGo}>
            {place}
          </button>
        ) : (
          <span className="note-place">{place}</span>
        )}
        <button
          type="button"
          className="icon-button tiny"
          aria-label="Edit note"
          onClick={() => editNote(app, note.id)}
        >
          <Icon name="edit" />
        </button>
        <button
          type="button"
          className="icon-button tiny"
          aria-label="Delete note"
          onClick={() => deleteNote(app, note.id)}
        >
          <Icon name="trash" />
        </button>
      </div>
      {editing ? <NoteEditor note={note} /> : <NoteText note={note} />}
    </li>
  )
}

function NoteEditor({ note }: { readonly note: Note }) {
  const app = useApp()
  const box = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    const element = box.current!
    element.scrollIntoView({ block: 'nearest' })
    element.focus()
    element.setSelectionRange(element.value.length, element.value.length)
  }, [])
  const finish = (): void => {
    finishNote(app)
    document.querySelector<HTMLElement>('.lanes-canvas')?.focus({ preventScroll: true })
  }
  return (
    <>
      <textarea
        ref={box}
        className="note-box"
        aria-label="Note text"
        placeholder="What is this? Markdown works."
        rows={3}
        value={note.text}
        onChange={event => typeNote(app, event.target.value)}
        onBlur={() => finishNote(app)}
        onKeyDown={event => {
          const done = event.key === 'Escape' || (event.key === 'Enter' && !event.shiftKey)
          if (!done || event.nativeEvent.isComposing) return
          event.preventDefault()
          finish()
        }}
      />
      <span className="note-hint">
        <kbd>Enter</kbd> done · <kbd>Shift Enter</kbd> new line
      </span>
    </>
  )
}

/** Markdown without raw HTML, and without pictures: nothing in a note may reach for the network. */
function NoteText({ note }: { readonly note: Note }) {
  const when = note.createdAt.slice(0, 16).replace('T', ' ')
  return (
    <>
      {note.text.trim() === '' ? (
        <p className="note-text muted">No text</p>
      ) : (
        <div className="note-text">
          <Markdown
            disallowedElements={['img']}
            components={{
              a: ({ href, children }) => (
                <a href={href} target="_blank" rel="noreferrer noopener">
                  {children}
                </a>
              ),
            }}
          >
            {note.text}
          </Markdown>
        </div>
      )}
      {note.author && (
        <span className="note-by">
          {note.author} · {when}
        </span>
      )}
    </>
  )
}

function SavingWord({ saving }: { readonly saving: Saving }) {
  switch (saving.kind) {
    case 'idle':
      return null
    case 'unsaved':
      return <span className="saving">saving…</span>
    case 'saved':
      return (
        <span className="saving" title={`Saved to ${saving.where}`}>
          saved
        </span>
      )
    case 'failed':
      return (
        <span className="saving failed" role="alert" title={saving.why}>
          not saved: {saving.why}
        </span>
      )
  }
}
