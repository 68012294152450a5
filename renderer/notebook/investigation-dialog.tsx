import './investigation-dialog.css'
import { useState } from 'react'
import { incidentTimeNs, standingAtoms } from '../../src/core/notebook/investigation.ts'
import type { Atom } from '../../src/core/notebook/note.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { exportNotebook } from '../actions/investigate.ts'
import { useApp, useApps, useSession } from '../widgets/app-context.ts'
import { Dialog } from '../widgets/dialog.tsx'
import { SmallButton } from '../widgets/small-button.tsx'
import { type Tab, TabPanel, Tabs } from '../widgets/tabs.tsx'
import { IncidentTime } from './atom-row.tsx'
import { EntryText } from './entry-text.tsx'
import { EvidenceList } from './evidence.tsx'
import { IncidentTimeline } from './incident-timeline.tsx'
import { VerdictSelect } from './verdict-select.tsx'

type Look = 'table' | 'time'

const looks: readonly Tab<Look>[] = [
  { id: 'table', title: 'Table' },
  { id: 'time', title: 'Timeline' },
]

/** The investigation with room: as a table, or with everything that happened in the order of the incident. */
export function InvestigationDialog() {
  const app = useApp()
  const session = useSession()
  const [look, setLook] = useState<Look>('table')
  const close = (): void => app.dialogs.setState({ open: 'none' })
  if (!session) return null
  return (
    <Dialog title="Investigation" className="investigation">
      <div className="investigation-bar">
        <Tabs label="Show as" chosen={look} tabs={looks} onChoose={setLook} />
        <span className="spacer" />
        <SmallButton icon="share" onClick={() => void exportNotebook(app)}>
          Save notebook as…
        </SmallButton>
      </div>
      <TabPanel label="Show as" chosen={look} className="investigation-body" scrolls>
        {look === 'table' ? (
          <AtomTable session={session} onGo={close} />
        ) : (
          <IncidentTimeline session={session} onGo={close} />
        )}
      </TabPanel>
    </Dialog>
  )
}

interface ViewProps {
  readonly session: Session
  readonly onGo: () => void
}

function AtomTable({ session, onGo }: ViewProps) {
  const atoms = useApps(
    ({ notebook }) => notebook,
    state => state.atoms,
  )
  const standing = new Set(standingAtoms(atoms))
  if (atoms.length === 0) return <p className="panel-empty">Nothing is written down yet.</p>
  return (
    <table className="atom-table" aria-label="Investigation">
      <thead>
        <tr>
          <th scope="col">Kind</th>
          <th scope="col">What</th>
          <th scope="col">Verdict</th>
          <th scope="col">Evidence</th>
          <th scope="col">In the incident</th>
          <th scope="col">Written</th>
        </tr>
      </thead>
      <tbody>
        {byKindAndTime(session, atoms).map(atom => (
          <tr key={atom.id} className={standing.has(atom) ? '' : 'superseded'}>
            <td>
              <span className={`atom-kind ${atom.kind}`}>{atom.kind}</span>
            </td>
            <th scope="row">
              <EntryText text={atom.text} />
            </th>
            <td>{standing.has(atom) ? <VerdictSelect atom={atom} /> : 'superseded'}</td>
            <td>
              <EvidenceList session={session} atom={atom} onGo={onGo} />
            </td>
            <td>
              <IncidentTime session={session} atom={atom} />
            </td>
            <td className="note-by">
              {atom.by} {atom.at.slice(0, 16).replace('T', ' ')}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** What has no place in the incident stands after what has. */
const sortTime = (session: Session, atom: Atom): number => {
  const ns = incidentTimeNs(session, atom)
  return ns < 0 ? session.store.durationNs + 1 : ns
}

const kindOrder: readonly Atom['kind'][] = ['hypothesis', 'test', 'outcome', 'fix', 'lesson']

const byKindAndTime = (session: Session, atoms: readonly Atom[]): readonly Atom[] =>
  atoms.toSorted(
    (a, b) =>
      kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind) ||
      sortTime(session, a) - sortTime(session, b) ||
      (a.at < b.at ? -1 : 1),
  )
