/** Opening: files from the host or the page → worker → session on screen. A failure leaves the app as it was. */
import { configMistake } from '../../src/core/config/config-name.ts'
import { belongsTo, itemOfAnchor } from '../../src/core/notebook/anchors.ts'
import { mergeContent, mergeSentence } from '../../src/core/notebook/merge.ts'
import type { Notebook, View } from '../../src/core/notebook/note.ts'
import { looksLikeSvg } from '../../src/core/share/svg-payload.ts'
import { relativeNs } from '../../src/core/store/store.ts'
import type { OpenedFile } from '../../src/host/host.ts'
import { type EngineOutcome, openInEngine } from '../engine.ts'
import type { Opened } from '../engine-protocol.ts'
import type { App } from '../state/app.ts'
import { lanesById } from '../state/lookup.ts'
import { emptyHistory } from '../state/navigation.ts'
import { finishEdit, sameContent, takeIn } from '../state/notebook.ts'
import { loadNotebook } from '../state/notebook-io.ts'
import { rememberOpen } from '../state/reopen.ts'
import { noRuleDraft } from '../state/rule-draft.ts'
import { initialSearch } from '../state/searching.ts'
import { initialSelection } from '../state/selection.ts'
import { scrollToTop } from '../state/shown.ts'
import { inSlices } from '../state/slices.ts'
import type { InputFile, Loading, OpenTrace } from '../state/trace.ts'
import { initialView } from '../state/view.ts'
import { clampWindow, fitAll } from '../timeline/viewport.ts'
import { plural } from '../widgets/format.ts'
import { announce, toast } from './announce.ts'
import { changeNotebook } from './change-notebook.ts'
import { decisiveNs } from './select.ts'
import { warmUp } from './warm-up.ts'

export const fromHost = (app: App, file: OpenedFile): InputFile => ({
  name: file.name,
  ...(file.folder && { folder: file.folder }),
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

/**
 * Opens files as one trace. `merge` puts them beside the files that are open; `clockOffsetsNs` is what to subtract from the
 * times of each process.
 */
export async function openFiles(
  app: App,
  files: readonly InputFile[],
  merge = false,
  clockOffsetsNs: readonly number[] = [],
): Promise<void> {
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
    app.trace.setState({
      problem: null,
      loading: { names, progress: null, preview: null, stage: 'reading', cancel },
    })
    const inputs = all.map(({ name, size, from }) => ({ name, size, from }))
    const tell = (told: Partial<Loading>): void => {
      const { loading } = app.trace.getState()
      if (loading && isCurrent()) app.trace.setState({ loading: { ...loading, ...told } })
    }
    const outcome = await openInEngine({ inputs, clockOffsetsNs }, control.signal, {
      onProgress: progress => {
        const done = progress.bytesTotal > 0 && progress.bytesRead >= progress.bytesTotal
        tell({ progress, stage: done ? 'analysing' : 'reading' })
      },
      onPreview: preview => tell({ preview }),
    })
    if (outcome.kind === 'opened') await inSlices(warmUp(outcome.opened.session), isCurrent)
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
  if (outcome.kind !== 'opened') return
  const { notebook } = outcome.opened
  const open = app.trace.getState().trace?.session
  // A picture or bundle of the trace that is open: its notes join it, and the whole stays rather than the slice.
  if (notebook && open && files.length === 1 && belongsTo(open, notebook)) return applyView(app, notebook)
  await adopt(app, outcome.opened, files)
}

async function fail(app: App, files: readonly InputFile[], message: string): Promise<void> {
  const name = files.length === 1 ? files[0]!.name : plural(files.length, 'file')
  const title = `${name} could not be opened`
  app.trace.setState({ loading: null, problem: { title, message } })
  announce(app, `${name} could not be opened. ${message}`)
  const picture = files.length === 1 ? await pictureOf(files[0]!) : null
  if (!picture || app.trace.getState().problem?.title !== title) return
  const hint = files[0]!.pasted ? `. ${PASTED}` : ''
  app.trace.setState({
    problem: { title: `${name} is shown as a picture only`, message: message + hint, picture },
  })
}

const PASTED =
  'Copying a picture keeps its pixels, not the view inside: drop the file itself here, or open it with Ctrl+O'
const MOST_PICTURE_BYTES = 64 * 1024 * 1024

/**
 * Bytes that begin as a PNG or SVG does are a picture whatever is inside. It is shown in an `img`, where nothing in it
 * runs and nothing is asked for.
 */
async function pictureOf({ from, size }: InputFile): Promise<Blob | null> {
  if (size > MOST_PICTURE_BYTES) return null
  try {
    const blob = 'blob' in from ? from.blob : await (await fetch(from.url)).blob()
    const { isPng } = await import('../../src/core/share/png-payload.ts')
    const head = new Uint8Array(await blob.slice(0, 4096).arrayBuffer())
    const type = isPng(head) ? 'image/png' : looksLikeSvg(head) ? 'image/svg+xml' : ''
    return type ? new Blob([blob], { type }) : null
  } catch {
    return null
  }
}

/** A session becomes what the window shows: notes joined, view restored or chosen. */
async function adopt(app: App, opened: Opened, files: readonly InputFile[]): Promise<void> {
  const { session, report, config } = opened
  const first = files[0]!
  const trace: OpenTrace = {
    id: session.store.fingerprint,
    session,
    report,
    config,
    files,
    name: files.length === 1 ? first.name : `${first.name} + ${files.length - 1}`,
  }
  const kept = await loadNotebook(app, {
    fingerprint: session.store.fingerprint,
    token: first.token,
  })
  app.notebook.setState(opened.notebook ? takeIn(kept.state, opened.notebook) : kept.state)
  const worst = session.analysis.findings[0]
  app.selection.setState({ ...initialSelection, finding: worst?.id ?? '' })
  app.search.setState(initialSearch)
  app.view.setState({
    ...initialView,
    ...fitAll(session.store.durationNs),
    playheadNs: worst ? decisiveNs(worst) : 0,
    history: emptyHistory,
  })
  app.rules.setState(noRuleDraft)
  app.trace.setState({ trace, loading: null, problem: null })
  const view = opened.notebook?.view ?? kept.view
  if (view) restoreView(app, view)
  if (!sameContent(app.notebook.getState(), kept.state)) app.autosave.touch()
  rememberOpen(files)
  const mistake = report.issues.find(issue => issue.code === configMistake)
  if (mistake) toast(app, `Opened without the config: ${mistake.example}`, 'problem')
  const { findings } = session.analysis
  announce(
    app,
    `${trace.name} is open: ${plural(session.store.spans.count, 'span')}, ${plural(findings.length, 'finding')}`,
  )
}

/** Shows what a kept or shared view showed; parts of it that this trace does not have are left as they are. */
function restoreView(app: App, view: View): void {
  const session = app.trace.getState().trace?.session
  if (!session) return
  const { store } = session
  const startNs = relativeNs(store, view.fromNs)
  const endNs = relativeNs(store, view.toNs)
  const known = lanesById(session)
  app.view.setState({
    collapsed: new Set(view.collapsed.filter(lane => known.has(lane))),
    opened: new Set(view.opened.filter(lane => known.has(lane))),
    flight: null,
    ...(endNs > startNs && endNs > 0 && startNs < store.durationNs
      ? clampWindow({ startNs, endNs }, store.durationNs)
      : {}),
    ...(view.playheadNs ? { playheadNs: relativeNs(store, view.playheadNs) } : {}),
  })
  app.view.setState({ scrollPx: view.topLane ? scrollToTop(app, view.topLane) : 0 })
  if (session.analysis.findings.some(finding => finding.id === view.finding)) {
    app.selection.setState({ finding: view.finding, inspect: 'finding' })
  }
  const selected = view.selected && itemOfAnchor(session, view.selected)
  if (selected) app.selection.setState({ selected })
}

/** A picture, bundle or notebook for the trace that is open: its notes join it, and its view is shown. */
function applyView(app: App, notebook: Notebook): void {
  const { trace } = app.trace.getState()
  if (trace && belongsTo(trace.session, notebook)) {
    const told = mergeSentence(mergeContent(null, app.notebook.getState(), notebook).told)
    app.trace.setState({ loading: null, problem: null })
    changeNotebook(app, state => takeIn(state, notebook))
    restoreView(app, notebook.view)
    toast(app, told ? `Notes taken in: ${told}. Ctrl+Z takes them back` : 'Its notes are all here already')
    return
  }
  const files = notebook.source.files.join(', ') || 'an unknown file'
  const message = trace
    ? `It was made from ${files}, and nothing it points at is in the trace that is open.`
    : `It was made from ${files}. Open that trace first, then this again.`
  app.trace.setState({
    loading: null,
    problem: { title: 'This carries notes and a view, but not their trace', message },
  })
}
