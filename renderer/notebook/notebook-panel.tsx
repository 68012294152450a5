import './notebook.css'
import { contradictions, stillToFix } from '../../src/core/notebook/investigation.ts'
import { annotate } from '../actions/annotate.ts'
import { veilNotes } from '../actions/edit-notes.ts'
import { addAtom, exportNotebook } from '../actions/investigate.ts'
import type { NotebookTab, Saving } from '../state/notebook.ts'
import { useApp, useApps, useSession } from '../widgets/app-context.ts'
import { IconButton } from '../widgets/icon-button.tsx'
import { type Tab, TabPanel, Tabs } from '../widgets/tabs.tsx'
import { Investigation } from './investigation.tsx'
import { NoteList } from './note-list.tsx'
import { ToFixList } from './to-fix-list.tsx'

/** The user's own work: notes in the order of time, the investigation, and what is still to fix. It saves itself. */
export function NotebookPanel() {
  const app = useApp()
  const session = useSession()
  const state = useApps(
    ({ notebook }) => notebook,
    one => one,
  )
  if (!session) return null
  const { tab, notes, atoms, saving, veiled } = state
  const toFix = stillToFix(session.analysis.findings, state).length
  const open = contradictions(atoms).length
  const tabs: readonly Tab<NotebookTab>[] = [
    { id: 'notes', title: <Counted word="Notes" count={notes.length} /> },
    {
      id: 'investigation',
      title: (
        <>
          <Counted word="Investigation" count={atoms.length} />
          {open > 0 && (
            <span className="tab-alert" title="Contradictions are open">
              !
            </span>
          )}
        </>
      ),
    },
    { id: 'to-fix', title: <Counted word="To fix" count={toFix} /> },
  ]
  return (
    <section className="panel notebook" aria-label="Notebook">
      <header className="panel-head">
        <h2 className="sr-only">Notebook</h2>
        <Tabs
          label="Notebook"
          chosen={tab}
          tabs={tabs}
          onChoose={next => app.notebook.setState({ tab: next })}
        />
        <span className="spacer" />
        {tab === 'notes' && (
          <>
            <IconButton
              icon={veiled ? 'veil' : 'eye'}
              label="Notes in sight"
              aria-pressed={!veiled}
              title={veiled ? 'Show notes in the lanes (H)' : 'Hide notes in the lanes (H)'}
              onClick={() => veilNotes(app)}
            />
            <IconButton
              icon="note"
              label="Add note"
              title="Note on the selection (Enter)"
              onClick={() => annotate(app)}
            />
          </>
        )}
        {tab === 'investigation' && (
          <>
            <IconButton
              icon="expand"
              label="Open the investigation in a table"
              title="With room: table and time"
              onClick={() => app.dialogs.setState({ open: 'investigation' })}
            />
            <IconButton
              icon="plus"
              label="Add hypothesis"
              title="A hypothesis about what is selected (Y)"
              onClick={() => addAtom(app, 'hypothesis')}
            />
          </>
        )}
      </header>
      <TabPanel label="Notebook" chosen={tab} className="panel-body" scrolls>
        {tab === 'notes' && <NoteList session={session} />}
        {tab === 'investigation' && <Investigation session={session} />}
        {tab === 'to-fix' && <ToFixList session={session} />}
      </TabPanel>
      <SavingBar saving={saving} />
    </section>
  )
}

const Counted = ({ word, count }: { readonly word: string; readonly count: number }) => (
  <>
    {word}
    {count > 0 && ' '}
    {count > 0 && <span className="tab-count">{count}</span>}
  </>
)

const NO_PLACE = 'beside the trace is no place to write'

/** Whether the work is on the disk, and where. When it could not go beside the trace, another place is a click away. */
function SavingBar({ saving }: { readonly saving: Saving }) {
  const app = useApp()
  const saveAs = (
    <button type="button" className="link" onClick={() => void exportNotebook(app)}>
      Save elsewhere
    </button>
  )
  if (saving.kind === 'idle') {
    if (!saving.aside) return null
    return (
      <p className="saving-bar">
        notes will go to the app's folder: {NO_PLACE} ({saving.aside}) {saveAs}
      </p>
    )
  }
  if (saving.kind === 'unsaved') return <p className="saving-bar">saving…</p>
  if (saving.kind === 'failed') {
    return (
      <p className="saving-bar failed" role="alert">
        <span title={saving.why}>not saved: {saving.why}</span> {saveAs}
      </p>
    )
  }
  return (
    <p className="saving-bar" title={saving.where}>
      {saving.aside ? `saved in the app's folder: ${NO_PLACE} (${saving.aside})` : 'saved'}{' '}
      {saving.aside && saveAs}
    </p>
  )
}
