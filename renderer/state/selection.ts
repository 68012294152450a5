import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Lane } from '../../src/core/lanes/lane.ts'
import type { ItemRef } from '../../src/core/scene/scene.ts'

/** A stretch of time and the lanes it covers. */
export interface Range {
  readonly startNs: number
  readonly endNs: number
  /** Ids of lanes; none for all of them. */
  readonly lanes: readonly string[]
  /** Lane that stays when the area grows by key; the first one when not told. */
  readonly origin?: string
}

export function lanesOfRange({ lanes }: Range, shown: readonly Lane[]): readonly Lane[] {
  if (lanes.length === 0) return shown
  const wanted = new Set(lanes)
  return shown.filter(lane => wanted.has(lane.id))
}

/** What is selected or pointed at. */
export interface SelectionState {
  /** `Finding.id` or `''`. */
  readonly finding: string
  readonly selected: ItemRef | null
  readonly hovered: ItemRef | null
  readonly range: Range | null
  /** Task whose critical path is shown, -1 for none. */
  readonly pathOf: number
  /** Which of the two the inspector shows. */
  readonly inspect: 'finding' | 'selection'
}

export const initialSelection: SelectionState = {
  finding: '',
  selected: null,
  hovered: null,
  range: null,
  pathOf: -1,
  inspect: 'finding',
}

export const createSelectionStore = (): StoreApi<SelectionState> =>
  createStore<SelectionState>(() => initialSelection)
