import { createStore, type StoreApi } from 'zustand/vanilla'

/** What lies above the window, at most one at a time, and what is told in passing. */
export interface DialogState {
  readonly open:
    | 'none'
    | 'share'
    | 'help'
    | 'settings'
    | 'palette'
    | 'lanes'
    | 'report'
    | 'clocks'
    | 'investigation'
    | 'compare'
    | 'live'
  /** Which side panes are unfolded. */
  readonly unfolded: { readonly left: boolean; readonly right: boolean }
  /** A short message that goes away by itself. */
  readonly toast: { readonly id: number; readonly text: string; readonly kind: 'done' | 'problem' } | null
  /** Said to screen readers only. */
  readonly announcement: string
}

export const createDialogStore = (): StoreApi<DialogState> =>
  createStore<DialogState>(() => ({
    open: 'none',
    unfolded: { left: true, right: true },
    toast: null,
    announcement: '',
  }))
