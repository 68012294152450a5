import { createStore, type StoreApi } from 'zustand/vanilla'
import { type Folds, noFolds } from '../../src/core/scene/geometry.ts'
import type { TimeWindow } from '../timeline/viewport.ts'
import type { LaneOrder } from './lane-choice.ts'
import { emptyHistory, type History } from './navigation.ts'

/** A smooth move of the window and the scroll position; the frame loop carries it out. */
export interface Flight {
  readonly from: TimeWindow
  readonly to: TimeWindow
  readonly fromScrollPx: number
  readonly toScrollPx: number
  /** `performance.now()` at take-off, -1 until the first frame of it. */
  readonly startedMs: number
  readonly durationMs: number
}

/** What is looked at. */
export interface ViewState extends Folds {
  readonly startNs: number
  readonly endNs: number
  readonly scrollPx: number
  readonly playheadNs: number
  readonly playing: boolean
  /** Only lanes that the selected finding involves. */
  readonly onlyInvolved: boolean
  /** Lanes by part of their name; `''` shows all. */
  readonly laneFilter: string
  readonly laneOrder: LaneOrder
  /** Lanes kept on top. */
  readonly pinned: ReadonlySet<string>
  readonly flight: Flight | null
  readonly history: History
}

export const initialView: ViewState = {
  startNs: 0,
  endNs: 1,
  scrollPx: 0,
  playheadNs: -1,
  playing: false,
  ...noFolds,
  onlyInvolved: false,
  laneFilter: '',
  laneOrder: 'found',
  pinned: new Set(),
  flight: null,
  history: emptyHistory,
}

export const createViewStore = (): StoreApi<ViewState> => createStore<ViewState>(() => initialView)
