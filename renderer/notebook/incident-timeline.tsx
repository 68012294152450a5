import { placeNotes } from '../../src/core/notebook/anchors.ts'
import { evidencePlace, incidentTimeNs, verdictWord } from '../../src/core/notebook/investigation.ts'
import type { NotebookContent } from '../../src/core/notebook/note.ts'
import { plainText } from '../../src/core/scene/note-text.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { goToNote } from '../actions/edit-notes.ts'
import { goToEvidence } from '../actions/investigate.ts'
import { putPlayhead } from '../actions/playback.ts'
import { selectFinding } from '../actions/select.ts'
import type { App } from '../state/app.ts'
import { useApp, useApps } from '../widgets/app-context.ts'
import { instant } from '../widgets/format.ts'

interface Happening {
  readonly key: string
  readonly ns: number
  /** What it is: `deploy`, `complaint`, `finding`, `hypothesis`, `note`… */
  readonly word: string
  readonly text: string
  readonly go: (app: App) => void
}

/** Errors come by the thousand; the rest of what was written down rarely does. */
const MOST_ERRORS = 200

/** Marks of the trace (deploys, complaints, errors), findings, notes and atoms, in the order of the incident. */
export function IncidentTimeline({
  session,
  onGo,
}: {
  readonly session: Session
  readonly onGo: () => void
}) {
  const app = useApp()
  const notebook = useApps(
    one => one.notebook,
    state => state,
  )
  const display = useApps(
    ({ settings }) => settings,
    state => state.timeDisplay,
  )
  const happenings = happeningsOf(session, notebook)
  return (
    <ol className="happenings" aria-label="Incident in the order of time">
      {happenings.map(({ key, ns, word, text, go }) => (
        <li key={key}>
          <button
            type="button"
            onClick={() => {
              onGo()
              go(app)
            }}
          >
            <span className="happening-time">{instant(ns, session.store.epochUnixNano, display)}</span>
            <span className={`atom-kind ${word.split(',', 1)[0]}`}>{word}</span>
            <span className="happening-text">{text}</span>
          </button>
        </li>
      ))}
    </ol>
  )
}

function happeningsOf(session: Session, { notes, atoms }: NotebookContent): readonly Happening[] {
  const { model, analysis } = session
  const errors = model.marks.filter(({ kind }) => kind === 'error').slice(0, MOST_ERRORS)
  const marks = [...model.marks.filter(({ kind }) => kind !== 'error' && kind !== 'log'), ...errors]
  return [
    ...marks.map(({ atNs, kind, text }, at) => ({
      key: `mark ${at}`,
      ns: atNs,
      word: kind,
      text,
      go: (app: App) => putPlayhead(app, atNs),
    })),
    ...analysis.findings.map(finding => ({
      key: finding.id,
      ns: finding.startNs,
      word: 'finding',
      text: `${finding.id}: ${finding.text.title}`,
      go: (app: App) => selectFinding(app, finding.id),
    })),
    ...placeNotes(session, notes).placed.map(({ note, startNs }) => ({
      key: note.id,
      ns: startNs,
      word: 'note',
      text: plainText(note.text) || `${note.kind} without text`,
      go: (app: App) => goToNote(app, note.id),
    })),
    ...atoms.flatMap(atom => {
      const ns = incidentTimeNs(session, atom)
      const verdict = verdictWord(atom)
      const word = verdict ? `${atom.kind}, ${verdict}` : atom.kind
      const found = atom.evidence.find(one => evidencePlace(session, one).kind !== 'lost')
      const go = (app: App): void => goToEvidence(app, found!)
      return ns < 0 ? [] : [{ key: atom.id, ns, word, text: plainText(atom.text), go }]
    }),
  ].sort((a, b) => a.ns - b.ns)
}
