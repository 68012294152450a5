/** From the stores to the JSON the host keeps, and back through the one gate `restoreNotebook`. */
import type { Notebook, View } from '../../src/core/notebook/note.ts'
import { unixNano } from '../../src/core/store/store.ts'
import type { App } from './app.ts'

export function viewNow(app: App): View | null {
  const { trace } = app.trace.getState()
  if (!trace) return null
  const { store } = trace.session
  const view = app.view.getState()
  const window = view.flight?.to ?? view
  return {
    fromNs: unixNano(store, window.startNs),
    toNs: unixNano(store, window.endNs),
    finding: app.selection.getState().finding,
    playheadNs: view.playheadNs >= 0 ? unixNano(store, view.playheadNs) : '',
    collapsed: [...view.collapsed],
    topLane: '',
  }
}

export function notebookNow(app: App): Notebook | null {
  const { trace } = app.trace.getState()
  const view = viewNow(app)
  if (!trace || !view) return null
  const { notes, atoms } = app.notebook.getState()
  return {
    version: 1,
    source: {
      fingerprint: trace.session.store.fingerprint,
      files: trace.files.map(file => file.name),
    },
    notes,
    atoms,
    view,
  }
}

/** Hands the notebook to the host. The state of saving is told in the notebook panel, never thrown. */
export async function saveNotebook(app: App): Promise<void> {
  const notebook = notebookNow(app)
  const { trace } = app.trace.getState()
  if (!notebook || !trace) return
  const source = { fingerprint: notebook.source.fingerprint, token: trace.files[0]?.token ?? '' }
  try {
    const result = await app.host.saveNotebook(source, JSON.stringify(notebook))
    app.notebook.setState({
      saving: result.saved ? { kind: 'saved', where: result.where } : { kind: 'failed', why: result.why },
    })
  } catch (error) {
    app.notebook.setState({
      saving: { kind: 'failed', why: error instanceof Error ? error.message : String(error) },
    })
  }
}
