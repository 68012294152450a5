import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Config } from '../../src/core/config/config.ts'
import type { ImportReport } from '../../src/core/import/import.ts'
import type { Session } from '../../src/core/scene/scene.ts'

/** The recording that the open trace is compared with. */
export interface OtherTrace {
  readonly session: Session
  readonly report: ImportReport
  readonly config: Config
  readonly name: string
}

export interface CompareState {
  readonly other: OtherTrace | null
  /** Name of what is being read, `''` none. */
  readonly loading: string
  readonly cancel: () => void
  /** The open trace is the one after the change. */
  readonly swapped: boolean
}

export const createCompareStore = (): StoreApi<CompareState> =>
  createStore<CompareState>(() => ({ other: null, loading: '', cancel: () => {}, swapped: false }))
