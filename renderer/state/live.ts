import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Receiving } from '../../src/host/host.ts'

/** What the host receives, and how much of it is on screen. */
export interface LiveState {
  /** The host listens. */
  readonly on: boolean
  /** As last heard; stays after the end, for saving. */
  readonly receiving: Receiving | null
  /** Size of the file when it was last read for the lanes. */
  readonly shownBytes: number
  /** One line on why it could not start. */
  readonly problem: string
}

export const createLiveStore = (): StoreApi<LiveState> =>
  createStore<LiveState>(() => ({ on: false, receiving: null, shownBytes: 0, problem: '' }))
