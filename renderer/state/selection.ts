import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ItemRef } from '../../src/core/scene/scene.ts'

export interface Range {
  readonly startNs: number
  readonly endNs: number
}

/** What is selected or pointed at. */
export interface SelectionState {
  /** `Finding.id` or `''`. */
  readonly finding: string
  readonly selected: ItemRef | null
  readonly hovered: ItemRef | null
  readonly range: Range | null
  /** Which of the two the inspector shows. */
  readonly inspect: 'finding' | 'selection'
}

export const initialSelection: SelectionState = {
  finding: '',
  selected: null,
  hovered: null,
  range: null,
  inspect: 'finding',
}

export const createSelectionStore = (): StoreApi<SelectionState> =>
  createStore<SelectionState>(() => initialSelection)
