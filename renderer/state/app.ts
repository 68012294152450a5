import type { StoreApi } from 'zustand/vanilla'
import type { Hit } from '../../src/core/scene/scene.ts'
import type { Host, StartInfo } from '../../src/host/host.ts'
import { type Autosave, createAutosave } from './autosave.ts'
import { type CompareState, createCompareStore } from './compare.ts'
import { createDialogStore, type DialogState } from './dialogs.ts'
import type { CommandId } from './key-map.ts'
import { createLiveStore, type LiveState } from './live.ts'
import { createNotebookStore, type NotebookState } from './notebook.ts'
import { createPending, type Pending } from './pending.ts'
import { createRuleDraftStore, type RuleDraftState } from './rule-draft.ts'
import { createSearchStore, type SearchState } from './searching.ts'
import { createSelectionStore, type SelectionState } from './selection.ts'
import { createSettings, type KeyValue, type Settings } from './settings.ts'
import { createTraceStore, type TraceState } from './trace.ts'
import { createViewStore, type ViewState } from './view.ts'

/** Everything the page is made of, without the page: stores by concern, the host, and what is still to be done. */
export interface App {
  readonly host: Host
  readonly info: StartInfo
  readonly pending: Pending
  readonly autosave: Autosave
  readonly settings: StoreApi<Settings>
  readonly trace: StoreApi<TraceState>
  readonly view: StoreApi<ViewState>
  readonly selection: StoreApi<SelectionState>
  readonly search: StoreApi<SearchState>
  readonly notebook: StoreApi<NotebookState>
  readonly dialogs: StoreApi<DialogState>
  readonly rules: StoreApi<RuleDraftState>
  readonly compare: StoreApi<CompareState>
  readonly live: StoreApi<LiveState>
  /** The lanes' surface as last drawn; the timeline keeps it up to date. */
  readonly surface: Surface
  /** The side panes, while a trace is open. */
  readonly panes: Panes
  /** Zoom and pan keys held down, by `KeyboardEvent.code`. */
  readonly held: Map<string, CommandId>
}

/** A pane that can be folded away. */
export interface FoldablePane {
  collapse(): void
  expand(): void
  isCollapsed(): boolean
}

export interface Panes {
  left: FoldablePane | null
  right: FoldablePane | null
}

/** Size of the lanes' canvas in CSS px, and what lies on it. Mutable on purpose: it changes with every frame. */
export interface Surface {
  widthPx: number
  heightPx: number
  contentPx: number
  rulerPx: number
  /** Instant under the pointer, null when it is elsewhere: where keys zoom. */
  pointerNs: number | null
  /** What can be pointed at, as painted last. */
  hits: readonly Hit[]
  /** Asks for a frame. */
  invalidate: () => void
  /** Drawn in the same frames: the overview. */
  readonly alsoPaint: Set<() => void>
}

export interface AppOptions {
  readonly host: Host
  readonly info: StartInfo
  readonly storage: KeyValue
  readonly settle: () => Promise<void>
  readonly now: () => number
  readonly setTimer: (run: () => void, ms: number) => () => void
  readonly save: (app: App) => Promise<void>
}

/**
 * A note is on its way to the disk this long after the last keystroke, and at the latest this long after the first: with
 * the time a flush to the disk takes, no more than a second is lost when all power goes.
 */
export const AUTOSAVE = { quietMs: 150, maxMs: 250 }

export function createApp(options: AppOptions): App {
  const { host, info, storage, settle, now, setTimer } = options
  const pending = createPending(settle)
  const app: App = {
    host,
    info,
    pending,
    autosave: createAutosave({
      ...AUTOSAVE,
      save: () => options.save(app),
      now,
      setTimer,
      begin: pending.begin,
    }),
    settings: createSettings(storage),
    trace: createTraceStore(),
    view: createViewStore(),
    selection: createSelectionStore(),
    search: createSearchStore(),
    notebook: createNotebookStore(),
    dialogs: createDialogStore(),
    rules: createRuleDraftStore(),
    compare: createCompareStore(),
    live: createLiveStore(),
    surface: {
      widthPx: 0,
      heightPx: 0,
      contentPx: 0,
      rulerPx: 0,
      pointerNs: null,
      hits: [],
      invalidate: () => {},
      alsoPaint: new Set(),
    },
    panes: { left: null, right: null },
    held: new Map(),
  }
  return app
}
