import { incidentTimeNs } from '../../src/core/notebook/investigation.ts'
import type { Atom, AtomKind } from '../../src/core/notebook/note.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { deleteEntry, editEntry } from '../actions/edit-notes.ts'
import { addAbout, changeAtom, possibleAbouts, supersede, toggleExcludes } from '../actions/investigate.ts'
import { useApp, useApps } from '../widgets/app-context.ts'
import { instant } from '../widgets/format.ts'
import { IconButton } from '../widgets/icon-button.tsx'
import { EntryEditor, EntryText } from './entry-text.tsx'
import { EvidenceList } from './evidence.tsx'
import { VerdictSelect } from './verdict-select.tsx'

/** What can follow from an atom of a kind. */
const followUps: Readonly<Record<AtomKind, readonly AtomKind[]>> = {
  hypothesis: ['test', 'outcome', 'fix'],
  test: ['outcome'],
  outcome: [],
  fix: ['lesson'],
  lesson: [],
}

const placeholders: Readonly<Record<AtomKind, string>> = {
  hypothesis: 'What could have caused it?',
  test: 'What would tell? What did you do?',
  outcome: 'What came out?',
  fix: 'What was changed, or should be?',
  lesson: 'What should nobody have to learn again?',
}

interface AtomRowProps {
  readonly session: Session
  readonly atom: Atom
  readonly atoms: readonly Atom[]
  readonly depth: number
  readonly editing: boolean
  readonly superseded: boolean
  readonly contradicted: boolean
}

export function AtomRow({ session, atom, atoms, depth, editing, superseded, contradicted }: AtomRowProps) {
  const app = useApp()
  const classes = ['atom', atom.kind, superseded && 'superseded', contradicted && 'contradicted']
  return (
    <li className={classes.filter(Boolean).join(' ')} id={`atom-${atom.id}`} data-depth={Math.min(2, depth)}>
      <div className="note-head">
        <span className={`atom-kind ${atom.kind}`}>{atom.kind}</span>
        <VerdictSelect atom={atom} />
        {superseded && <span className="chip">superseded</span>}
        <span className="spacer" />
        <IncidentTime session={session} atom={atom} />
      </div>
      {editing ? (
        <EntryEditor
          text={atom.text}
          label={`Text of the ${atom.kind}`}
          placeholder={placeholders[atom.kind]}
        />
      ) : (
        <EntryText text={atom.text} />
      )}
      <EvidenceList session={session} atom={atom} />
      <Relations atom={atom} atoms={atoms} />
      <div className="note-foot">
        <span className="note-by">
          {[atom.by, atom.at.slice(0, 16).replace('T', ' ')].filter(Boolean).join(' · ')}
        </span>
        {followUps[atom.kind].map(kind => (
          <button
            key={kind}
            type="button"
            className="link quiet-link"
            onClick={() => addAbout(app, kind, atom)}
          >
            + {kind}
          </button>
        ))}
        <IconButton
          icon="edit"
          tiny
          label={`Edit ${atom.kind}`}
          title="Edit"
          onClick={() => editEntry(app, atom.id)}
        />
        <IconButton
          icon="copy"
          tiny
          label={`Supersede ${atom.kind}`}
          title="Write a new form; this one stays to be read"
          onClick={() => supersede(app, atom)}
        />
        <IconButton
          icon="trash"
          tiny
          label={`Delete ${atom.kind}`}
          title="Delete"
          onClick={() => deleteEntry(app, atom.id)}
        />
      </div>
    </li>
  )
}

/** When in the incident it is: computed from the evidence. */
export function IncidentTime({ session, atom }: { readonly session: Session; readonly atom: Atom }) {
  const display = useApps(
    app => app.settings,
    state => state.timeDisplay,
  )
  const ns = incidentTimeNs(session, atom)
  if (ns < 0) return null
  return (
    <span className="note-time" title="In the incident: the first instant of its evidence">
      {instant(ns, session.store.epochUnixNano, display)}
    </span>
  )
}

/** What it is about, where that can be chosen, and which hypotheses it excludes. */
function Relations({ atom, atoms }: { readonly atom: Atom; readonly atoms: readonly Atom[] }) {
  const app = useApp()
  const abouts = possibleAbouts(atoms, atom)
  const others =
    atom.kind === 'hypothesis' ? atoms.filter(one => one.kind === 'hypothesis' && one !== atom) : []
  if (abouts.length === 0 && others.length === 0) return null
  return (
    <div className="atom-relations">
      {abouts.length > 0 && (
        <label>
          <span>about</span>
          <select
            value={atom.about}
            onChange={event => changeAtom(app, atom.id, { about: event.target.value })}
          >
            <option value="">nothing in particular</option>
            {abouts.map(one => (
              <option key={one.id} value={one.id}>
                {short(one)}
              </option>
            ))}
          </select>
        </label>
      )}
      {others.length > 0 && (
        <label>
          <span>excludes</span>
          <select value="" onChange={event => toggleExcludes(app, atom, event.target.value)}>
            <option value="">{excludedWords(atom, others)}</option>
            {others.map(one => (
              <option key={one.id} value={one.id}>
                {atom.excludes.includes(one.id) ? '✓ ' : ''}
                {short(one)}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  )
}

const excludedWords = (atom: Atom, others: readonly Atom[]): string => {
  const excluded = others.filter(({ id }) => atom.excludes.includes(id))
  return excluded.length === 0 ? 'none' : excluded.map(short).join(' · ')
}

export const short = ({ text }: Atom): string => {
  const line = text.split('\n', 1)[0]!.trim() || 'without text'
  return line.length > 60 ? `${line.slice(0, 59)}…` : line
}
