/** From the stores to the JSON the host keeps, and back through the one gate `restoreNotebook`. */
import { anchorOf } from '../../src/core/notebook/anchors.ts'
import { mergeContent, mergeSentence } from '../../src/core/notebook/merge.ts'
import type { Notebook, View } from '../../src/core/notebook/note.ts'
import { unixNano } from '../../src/core/store/store.ts'
import type { KeptNotebook, NotebookSource } from '../../src/host/host.ts'
import { toast } from '../actions/announce.ts'
import type { App } from './app.ts'
import { contentOf, joinOther, type NotebookState, restored, sameContent } from './notebook.ts'
import { topLaneNow } from './shown.ts'

function viewNow(app: App): View | null {
  const { trace } = app.trace.getState()
  if (!trace) return null
  const { store } = trace.session
  const view = app.view.getState()
  const window = view.flight?.to ?? view
  const { finding, selected } = app.selection.getState()
  return {
    fromNs: unixNano(store, window.startNs),
    toNs: unixNano(store, window.endNs),
    finding,
    playheadNs: view.playheadNs >= 0 ? unixNano(store, view.playheadNs) : '',
    collapsed: [...view.collapsed],
    opened: [...view.opened],
    topLane: topLaneNow(app),
    lanes: [],
    selected: selected && anchorOf(trace.session, selected),
  }
}

export function notebookNow(app: App): Notebook | null {
  const { trace } = app.trace.getState()
  const view = viewNow(app)
  if (!trace || !view) return null
  return {
    version: 2,
    source: {
      fingerprint: trace.session.store.fingerprint,
      files: trace.files.map(file => file.name),
    },
    ...contentOf(app.notebook.getState()),
    view,
  }
}

function sourceNow(app: App): NotebookSource | null {
  const { trace } = app.trace.getState()
  return trace && { fingerprint: trace.session.store.fingerprint, token: trace.files[0]?.token ?? '' }
}

export interface LoadedNotebook {
  readonly state: NotebookState
  readonly view: View | null
}

/** What the host kept for a trace. Broken or newer notes are told and left untouched where they are. */
export async function loadNotebook(app: App, source: NotebookSource): Promise<LoadedNotebook> {
  try {
    const { kept, aside } = await app.host.loadNotebook(source)
    const notebook = kept && (await readKept(app, kept))
    return { state: restored(notebook, kept?.etag, aside), view: notebook?.view ?? null }
  } catch (error) {
    toast(app, `Notes could not be loaded: ${lineOf(error)}`, 'problem')
    return { state: restored(null), view: null }
  }
}

/** The gate and its schemas come with the first notes, not with the first screen. */
async function readKept(app: App, { json }: KeptNotebook): Promise<Notebook | null> {
  const { restoreNotebook } = await import('../../src/core/notebook/restore.ts')
  const read = restoreNotebook(json)
  if (read.kind === 'ok') {
    if (read.problems.length > 0) toast(app, `Notes left out: ${read.problems[0]}`, 'problem')
    return read.notebook
  }
  const why =
    read.kind === 'newer'
      ? `were written by a newer Interleave (format ${read.version})`
      : `could not be read: ${read.why}`
  toast(app, `The notes kept for this trace ${why}. They are put aside before yours are saved.`, 'problem')
  return null
}

/** Two windows that type at once take turns; nobody is that fast for long. */
const MOST_TURNS = 8

/**
 * Hands the notebook to the host. What another window saved meanwhile is merged in first, and told. The state of saving
 * is told in the notebook panel, never thrown.
 */
export async function saveNotebook(app: App): Promise<void> {
  const source = sourceNow(app)
  if (!source) return
  const say = (saving: NotebookState['saving']): void => app.notebook.setState({ saving })
  try {
    for (let turn = 0; turn < MOST_TURNS; turn++) {
      const notebook = notebookNow(app)
      if (!notebook || sourceNow(app)?.fingerprint !== source.fingerprint) return
      const { kept } = app.notebook.getState()
      const result = await app.host.saveNotebook(source, JSON.stringify(notebook), kept.etag)
      if (result.kind === 'failed') return say(result)
      if (result.kind === 'saved') {
        const { etag, ...saved } = result
        app.notebook.setState({ kept: { etag, content: contentOf(notebook) } })
        // What was typed meanwhile is still to be saved.
        return sameContent(app.notebook.getState(), notebook) ? say(saved) : undefined
      }
      await joinKept(app, source, result.theirs)
    }
    say({ kind: 'failed', why: 'another window keeps changing the same notebook' })
  } catch (error) {
    say({ kind: 'failed', why: lineOf(error) })
  }
}

/** Looks whether another window saved something: when this one comes to the front again. */
export async function lookForChanges(app: App): Promise<void> {
  const source = sourceNow(app)
  if (!source) return
  const theirs = await app.host.loadNotebook(source).then(
    ({ kept }) => kept,
    () => null,
  )
  if (theirs && theirs.etag !== app.notebook.getState().kept.etag) await joinKept(app, source, theirs)
}

/** Unless another trace was opened meanwhile. */
async function joinKept(app: App, source: NotebookSource, theirs: KeptNotebook): Promise<void> {
  const notebook = await readKept(app, theirs)
  if (sourceNow(app)?.fingerprint !== source.fingerprint) return
  const state = app.notebook.getState()
  if (!notebook) return app.notebook.setState({ kept: { ...state.kept, etag: theirs.etag } })
  const told = mergeSentence(mergeContent(state.kept.content, state, notebook).told)
  app.notebook.setState(joinOther(state, notebook, theirs.etag))
  if (told) toast(app, `Another window changed this notebook: ${told}`)
}

const lineOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
