import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Config } from '../../src/core/config/config.ts'
import type { ImportProgress, ImportReport } from '../../src/core/import/import.ts'
import type { ImportPreview } from '../../src/core/import/preview.ts'
import type { Session } from '../../src/core/scene/scene.ts'

/** A file the user gave: by the host (then it has a token and a URL) or straight from the browser. */
export interface InputFile {
  readonly name: string
  /** Of a file that the host knows: its folder's own name. */
  readonly folder?: string
  readonly size: number
  /** Host's token, `''` for a file dropped on the page. */
  readonly token: string
  readonly from: { readonly blob: Blob } | { readonly url: string }
  /** From the clipboard, which may have kept of a picture only how it looks. */
  readonly pasted?: boolean
}

export interface OpenTrace {
  /** The same for a recording that has grown, and for a rule that is tried: what stands on the window goes on. */
  readonly id: string
  readonly session: Session
  readonly report: ImportReport
  /** What `interleave.config.json` beside the trace says. */
  readonly config: Config
  readonly files: readonly InputFile[]
  /** Name for titles: the file, or the first of several. */
  readonly name: string
}

export interface Loading {
  readonly names: readonly string[]
  readonly progress: ImportProgress | null
  readonly preview: ImportPreview | null
  /** What is being done: reading bytes, or concluding from them. */
  readonly stage: 'reading' | 'analysing'
  readonly cancel: () => void
}

/** Something that could not be done, in words for the user. The app goes on working. */
export interface Problem {
  readonly title: string
  /** The line that names file, place, reason and what would be accepted. */
  readonly message: string
  /** A picture that could not be opened as a view: it is shown all the same. */
  readonly picture?: Blob
}

export interface TraceState {
  readonly trace: OpenTrace | null
  readonly loading: Loading | null
  readonly problem: Problem | null
}

export const createTraceStore = (): StoreApi<TraceState> =>
  createStore<TraceState>(() => ({ trace: null, loading: null, problem: null }))
