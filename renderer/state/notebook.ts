import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Atom, Note, Notebook } from '../../src/core/notebook/note.ts'

/** The user's own work on a trace. Undo goes through whole lists: notes are few and immutable, so a step is a pointer. */
export interface NotebookState {
  readonly notes: readonly Note[]
  readonly atoms: readonly Atom[]
  readonly past: readonly (readonly Note[])[]
  readonly future: readonly (readonly Note[])[]
  /** The note whose text box is open. `base` is how the notes were before: one undo step for one edit. */
  readonly editing: { readonly id: string; readonly base: readonly Note[] } | null
  readonly saving: Saving
}

export type Saving =
  | { readonly kind: 'idle' }
  | { readonly kind: 'unsaved' }
  | { readonly kind: 'saved'; readonly where: string }
  | { readonly kind: 'failed'; readonly why: string }

export const emptyNotebook: NotebookState = {
  notes: [],
  atoms: [],
  past: [],
  future: [],
  editing: null,
  saving: { kind: 'idle' },
}

const LONGEST = 200

export const createNotebookStore = (): StoreApi<NotebookState> =>
  createStore<NotebookState>(() => emptyNotebook)

/** Every finished change goes through here, so that every change can be undone. */
function changed(state: NotebookState, notes: readonly Note[], base = state.notes): NotebookState {
  return { ...state, notes, past: [...state.past, base].slice(-LONGEST), future: [] }
}

/** Adds a note whose text can wait: a range, a pin. */
export const addNote = (state: NotebookState, note: Note): NotebookState => {
  const settled = finishEdit(state)
  return changed(settled, [...settled.notes, note])
}

/** Adds a note and opens its text box. It becomes one undo step together with its first text. */
export function draftNote(state: NotebookState, note: Note): NotebookState {
  const settled = finishEdit(state)
  return { ...settled, notes: [...settled.notes, note], editing: { id: note.id, base: settled.notes } }
}

export function beginEdit(state: NotebookState, id: string): NotebookState {
  if (state.editing?.id === id) return state
  const settled = finishEdit(state)
  if (!settled.notes.some(note => note.id === id)) return settled
  return { ...settled, editing: { id, base: settled.notes } }
}

/** A keystroke: in the notes (and so on the disk) at once, in the history only when the edit is finished. */
export function typeText(state: NotebookState, text: string): NotebookState {
  const at = state.notes.findIndex(note => note.id === state.editing?.id)
  const note = state.notes[at]
  return note && note.text !== text ? { ...state, notes: state.notes.with(at, { ...note, text }) } : state
}

/** Keeps what was typed. A label without a word is as if it had not been made. */
export function finishEdit(state: NotebookState): NotebookState {
  const { editing } = state
  if (!editing) return state
  const note = state.notes.find(one => one.id === editing.id)
  const isNew = !editing.base.some(one => one.id === editing.id)
  if (note && isNew && note.kind === 'label' && note.text.trim() === '') return cancelEdit(state)
  const before = editing.base.find(one => one.id === editing.id)
  if (before && before === note) return { ...state, editing: null }
  return { ...changed(state, state.notes, editing.base), editing: null }
}

export const cancelEdit = (state: NotebookState): NotebookState =>
  state.editing ? { ...state, notes: state.editing.base, editing: null } : state

export function removeNote(state: NotebookState, id: string): NotebookState {
  const settled = state.editing?.id === id ? cancelEdit(state) : finishEdit(state)
  const left = settled.notes.filter(note => note.id !== id)
  return left.length === settled.notes.length ? settled : changed(settled, left)
}

export function undo(state: NotebookState): NotebookState {
  const settled = finishEdit(state)
  const notes = settled.past.at(-1)
  if (!notes) return settled
  return {
    ...settled,
    notes,
    past: settled.past.slice(0, -1),
    future: [...settled.future, settled.notes],
  }
}

export function redo(state: NotebookState): NotebookState {
  const settled = finishEdit(state)
  const notes = settled.future.at(-1)
  if (!notes) return settled
  return {
    ...settled,
    notes,
    past: [...settled.past, settled.notes],
    future: settled.future.slice(0, -1),
  }
}

/** Starts over with what was kept for a trace; loading is nothing to undo. */
export function restored(notebook: Pick<Notebook, 'notes' | 'atoms'> | null): NotebookState {
  return { ...emptyNotebook, notes: notebook?.notes ?? [], atoms: notebook?.atoms ?? [] }
}

/** Notes of both, the newer text where an id is in both: what came in a picture joins what was kept here. */
export function mergeNotes(kept: readonly Note[], came: readonly Note[]): readonly Note[] {
  const byId = new Map(kept.map(note => [note.id, note]))
  for (const note of came) {
    const known = byId.get(note.id)
    if (!known || known.createdAt <= note.createdAt) byId.set(note.id, note)
  }
  return [...byId.values()]
}
