/** Opening: files from the host or the page → worker → session on screen. A failure leaves the app as it was. */
import { configMistake } from '../../src/core/config/config-name.ts'
import type { Notebook, View } from '../../src/core/notebook/note.ts'
import { restoreNotebook } from '../../src/core/notebook/restore.ts'
import { relativeNs } from '../../src/core/store/store.ts'
import type { OpenedFile } from '../../src/host/host.ts'
import { type EngineOutcome, openInEngine } from '../engine.ts'
import type { Opened } from '../engine-protocol.ts'
import type { App } from '../state/app.ts'
import { lanesById } from '../state/lookup.ts'
import { emptyHistory } from '../state/navigation.ts'
import { finishEdit, mergeNotes, restored } from '../state/notebook.ts'
import { rememberOpen } from '../state/reopen.ts'
import { initialSearch } from '../state/searching.ts'
import { initialSelection } from '../state/selection.ts'
import type { InputFile, OpenTrace } from '../state/trace.ts'
import { initialView } from '../state/view.ts'
import { clampWindow, fitAll } from '../timeline/viewport.ts'
import { plural } from '../widgets/format.ts'
import { announce, toast } from './announce.ts'
import { decisiveNs } from './select.ts'

export const fromHost = (app: App, file: OpenedFile): InputFile => ({
  name: file.name,
  size: file.size,
  token: file.token,
  from: { url: app.host.fileUrl(file.token) },
})

export const fromPage = (file: File): InputFile => ({
  name: file.name,
  size: file.size,
  token: '',
  from: { blob: file },
})

/** Opens files as one trace. `merge` puts them beside the files that are open. */
export async function openFiles(app: App, files: readonly InputFile[], merge = false): Promise<void> {
  if (files.length === 0) return
  const open = app.trace.getState()
  const all = merge && open.trace ? [...open.trace.files, ...files] : files
  open.loading?.cancel()
  const end = app.pending.begin()
  const control = new AbortController()
  const cancel = (): void => control.abort()
  /** A later load may have taken this one's place. */
  const isCurrent = (): boolean => app.trace.getState().loading?.cancel === cancel
  try {
    // Notes of the trace that is left are on the disk before the next one appears.
    app.notebook.setState(finishEdit)
    await app.autosave.flush()
    const names = all.map(file => file.name)
    app.trace.setState({ problem: null, loading: { names, progress: null, stage: 'reading', cancel } })
    const inputs = all.map(({ name, size, from }) => ({ name, size, from }))
    const outcome = await openInEngine(inputs, control.signal, progress => {
      const { loading } = app.trace.getState()
      if (!loading || !isCurrent()) return
      const done = progress.bytesTotal > 0 && progress.bytesRead >= progress.bytesTotal
      app.trace.setState({ loading: { ...loading, progress, stage: done ? 'analysing' : 'reading' } })
    })
    if (isCurrent()) await finish(app, outcome, all)
  } catch (error) {
    if (!isCurrent()) return
    if (!control.signal.aborted) return fail(app, all, error instanceof Error ? error.message : String(error))
    app.trace.setState({ loading: null })
    announce(app, 'Loading cancelled')
  } finally {
    end()
  }
}

async function finish(app: App, outcome: EngineOutcome, files: readonly InputFile[]): Promise<void> {
  if (outcome.kind === 'failed') return fail(app, files, outcome.message)
  if (outcome.kind === 'view-only') return applyView(app, outcome.notebook)
  if (outcome.kind === 'opened') await adopt(app, outcome.opened, files)
}

function fail(app: App, files: readonly InputFile[], message: string): void {
  const name = files.length === 1 ? files[0]!.name : plural(files.length, 'file')
  app.trace.setState({ loading: null, problem: { title: `${name} could not be opened`, message } })
  announce(app, `${name} could not be opened. ${message}`)
}

/** A session becomes what the window shows: notes joined, view restored or chosen. */
async function adopt(app: App, opened: Opened, files: readonly InputFile[]): Promise<void> {
  const { session, report, config } = opened
  const first = files[0]!
  const trace: OpenTrace = {
    session,
    report,
    config,
    files,
    name: files.length === 1 ? first.name : `${first.name} + ${files.length - 1}`,
  }
  const kept = await keptNotebook(app, session.store.fingerprint, first.token)
  const notebook = restored(kept)
  app.notebook.setState({
    ...notebook,
    notes: opened.notebook ? mergeNotes(notebook.notes, opened.notebook.notes) : notebook.notes,
    atoms: opened.notebook && notebook.atoms.length === 0 ? opened.notebook.atoms : notebook.atoms,
  })
  const worst = session.analysis.findings[0]
  app.selection.setState({ ...initialSelection, finding: worst?.id ?? '' })
  app.search.setState(initialSearch)
  app.view.setState({
    ...initialView,
    ...fitAll(session.store.durationNs),
    playheadNs: worst ? decisiveNs(worst) : 0,
    history: emptyHistory,
  })
  app.trace.setState({ trace, loading: null, problem: null })
  const view = opened.notebook?.view ?? kept?.view
  if (view) restoreView(app, view)
  if (opened.notebook && opened.notebook.notes.length > 0) app.autosave.touch()
  rememberOpen(files)
  const mistake = report.issues.find(issue => issue.code === configMistake)
  if (mistake) toast(app, `Opened without the config: ${mistake.example}`, 'problem')
  const { findings } = session.analysis
  announce(
    app,
    `${trace.name} is open: ${plural(session.store.spans.count, 'span')}, ${plural(findings.length, 'finding')}`,
  )
}

/** What the host kept for this trace. Broken or newer notes are told and left untouched where they are. */
async function keptNotebook(app: App, fingerprint: string, token: string): Promise<Notebook | null> {
  try {
    const text = await app.host.loadNotebook({ fingerprint, token })
    if (!text) return null
    const read = restoreNotebook(text)
    if (read.kind === 'ok') {
      if (read.problems.length > 0) toast(app, `Notes left out: ${read.problems[0]}`, 'problem')
      return read.notebook
    }
    toast(
      app,
      read.kind === 'newer'
        ? `The notes of this trace were written by a newer Interleave (format ${read.version})`
        : `The notes of this trace could not be read: ${read.why}`,
      'problem',
    )
  } catch (error) {
    toast(app, `Notes could not be loaded: ${error instanceof Error ? error.message : error}`, 'problem')
  }
  return null
}

/** Shows what a kept or shared view showed; parts of it that this trace does not have are left as they are. */
export function restoreView(app: App, view: View): void {
  const session = app.trace.getState().trace?.session
  if (!session) return
  const { store } = session
  const startNs = relativeNs(store, view.fromNs)
  const endNs = relativeNs(store, view.toNs)
  const known = lanesById(session)
  app.view.setState({
    collapsed: new Set(view.collapsed.filter(lane => known.has(lane))),
    flight: null,
    ...(endNs > startNs && endNs > 0 && startNs < store.durationNs
      ? clampWindow({ startNs, endNs }, store.durationNs)
      : {}),
    ...(view.playheadNs ? { playheadNs: relativeNs(store, view.playheadNs) } : {}),
  })
  if (session.analysis.findings.some(finding => finding.id === view.finding)) {
    app.selection.setState({ finding: view.finding, inspect: 'finding' })
  }
}

/** A picture without its trace: its view and notes go onto the trace that is open, when it is the same. */
function applyView(app: App, notebook: Notebook): void {
  const { trace } = app.trace.getState()
  const files = notebook.source.files.join(', ') || 'an unknown file'
  if (trace && trace.session.store.fingerprint === notebook.source.fingerprint) {
    app.trace.setState({ loading: null, problem: null })
    app.notebook.setState(state => ({ notes: mergeNotes(state.notes, notebook.notes) }))
    restoreView(app, notebook.view)
    app.autosave.touch()
    toast(app, 'View and notes of the picture are shown')
    return
  }
  app.trace.setState({
    loading: null,
    problem: {
      title: 'This picture carries a view, but not its trace',
      message: `It was made from ${files}. Open that trace first, then drop the picture again.`,
    },
  })
}
