import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Matches } from '../../src/core/lanes/matches.ts'
import type { QueryProblem } from '../../src/core/query/query.ts'

/** What is searched for, and what was found. */
export interface SearchState {
  /** The box has the keyboard. */
  readonly active: boolean
  readonly query: string
  /** Null while nothing is asked, or not understood. */
  readonly matches: Matches | null
  readonly problem: QueryProblem | null
  /** Lanes without a match are hidden. */
  readonly onlyMatching: boolean
}

export const initialSearch: SearchState = {
  active: false,
  query: '',
  matches: null,
  problem: null,
  onlyMatching: false,
}

export const createSearchStore = (): StoreApi<SearchState> => createStore<SearchState>(() => initialSearch)
