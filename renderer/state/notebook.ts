import { createStore, type StoreApi } from 'zustand/vanilla'
import { mergeContent } from '../../src/core/notebook/merge.ts'
import {
  type Anchor,
  type Atom,
  type Check,
  type Entry,
  emptyContent,
  type Judgement,
  type Note,
  type NotebookContent,
} from '../../src/core/notebook/note.ts'

/** The user's own work on a trace. Undo goes through whole lists: entries are few and immutable, so a step is a pointer. */
export interface NotebookState extends NotebookContent {
  readonly past: readonly NotebookContent[]
  readonly future: readonly NotebookContent[]
  /** The note or atom whose text box is open. `base` is how all was before: one undo step for one edit. */
  readonly editing: { readonly id: string; readonly base: NotebookContent } | null
  /** What the host is known to have: what saving and merging start from. */
  readonly kept: { readonly etag: string; readonly content: NotebookContent }
  readonly saving: Saving
  /** The first end of a link that is being made. */
  readonly linkFrom: Anchor | null
  /** All notes out of sight for the moment. */
  readonly veiled: boolean
  readonly tab: NotebookTab
}

export type NotebookTab = 'notes' | 'investigation' | 'to-fix'

export type Saving =
  /** `aside` says why notes will not go beside the trace. */
  | { readonly kind: 'idle'; readonly aside: string }
  | { readonly kind: 'unsaved' }
  | { readonly kind: 'saved'; readonly where: string; readonly aside: string }
  | { readonly kind: 'failed'; readonly why: string }

export const emptyNotebook: NotebookState = {
  ...emptyContent,
  past: [],
  future: [],
  editing: null,
  kept: { etag: '', content: emptyContent },
  saving: { kind: 'idle', aside: '' },
  linkFrom: null,
  veiled: false,
  tab: 'notes',
}

const LONGEST = 200

export const createNotebookStore = (): StoreApi<NotebookState> =>
  createStore<NotebookState>(() => emptyNotebook)

export const contentOf = ({ notes, atoms, judgements, checks }: NotebookContent): NotebookContent => ({
  notes,
  atoms,
  judgements,
  checks,
})

export const sameContent = (a: NotebookContent, b: NotebookContent): boolean =>
  a.notes === b.notes && a.atoms === b.atoms && a.judgements === b.judgements && a.checks === b.checks

/** Every finished change goes through here, so that every change can be undone. */
function changed(
  state: NotebookState,
  change: Partial<NotebookContent>,
  base: NotebookContent = contentOf(state),
): NotebookState {
  return { ...state, ...change, past: [...state.past, base].slice(-LONGEST), future: [] }
}

/** Adds entries whose text can wait: a mark, what was taken over. One undo step. */
export function addEntries(state: NotebookState, added: Partial<NotebookContent>): NotebookState {
  const settled = finishEdit(state)
  return changed(settled, {
    notes: [...settled.notes, ...(added.notes ?? [])],
    atoms: [...settled.atoms, ...(added.atoms ?? [])],
  })
}

/** Adds a note or an atom and opens its text box. It becomes one undo step together with its first text. */
export function draftNote(state: NotebookState, note: Note): NotebookState {
  const settled = finishEdit(state)
  return {
    ...settled,
    notes: [...settled.notes, note],
    editing: { id: note.id, base: contentOf(settled) },
    tab: 'notes',
  }
}

export function draftAtom(state: NotebookState, atom: Atom): NotebookState {
  const settled = finishEdit(state)
  return {
    ...settled,
    atoms: [...settled.atoms, atom],
    editing: { id: atom.id, base: contentOf(settled) },
    tab: 'investigation',
  }
}

const find = ({ notes, atoms }: NotebookContent, id: string): Note | Atom | undefined =>
  notes.find(note => note.id === id) ?? atoms.find(atom => atom.id === id)

export function beginEdit(state: NotebookState, id: string): NotebookState {
  if (state.editing?.id === id) return state
  const settled = finishEdit(state)
  return find(settled, id) ? { ...settled, editing: { id, base: contentOf(settled) } } : settled
}

/** A keystroke: in the notebook (and so on the disk) at once, in the history only when the edit is finished. */
export function typeText(state: NotebookState, text: string, editedAt: string): NotebookState {
  const { editing } = state
  if (!editing || find(state, editing.id)?.text === text) return state
  return { ...state, ...withEntry(state, editing.id, { text, editedAt }) }
}

/** What can be changed of a note or an atom. */
export type EntryChange = Partial<Omit<Note, 'id' | 'kind'>> & Partial<Omit<Atom, 'id' | 'kind'>>

const withEntry = (
  { notes, atoms }: NotebookContent,
  id: string,
  change: EntryChange,
): Partial<NotebookContent> => {
  const edited = <T extends Entry>(list: readonly T[]): readonly T[] => {
    const at = list.findIndex(entry => entry.id === id)
    return at < 0 ? list : list.with(at, { ...list[at]!, ...change })
  }
  return { notes: edited(notes), atoms: edited(atoms) }
}

/** Keeps what was typed. A label or an atom without a word is as if it had not been made. */
export function finishEdit(state: NotebookState): NotebookState {
  const { editing } = state
  if (!editing) return state
  const entry = find(state, editing.id)
  const before = find(editing.base, editing.id)
  if (entry && !before && entry.text.trim() === '' && !standsWithoutText.has(entry.kind))
    return cancelEdit(state)
  if (sameContent(state, editing.base)) return { ...state, editing: null }
  return { ...changed(state, {}, editing.base), editing: null }
}

const standsWithoutText = new Set<string>(['range', 'box', 'pin', 'link'])

export const cancelEdit = (state: NotebookState): NotebookState =>
  state.editing ? { ...state, ...state.editing.base, editing: null } : state

/** Any other change of one note or atom: colour, anchor, verdict. While its text box is open, part of that edit. */
export function changeEntry(state: NotebookState, id: string, change: EntryChange): NotebookState {
  if (state.editing?.id === id) return { ...state, ...withEntry(state, id, change) }
  const settled = finishEdit(state)
  return find(settled, id) ? changed(settled, withEntry(settled, id, change)) : settled
}

export function removeEntry(state: NotebookState, id: string): NotebookState {
  const settled = state.editing?.id === id ? cancelEdit(state) : finishEdit(state)
  if (!find(settled, id)) return settled
  const others = <T extends Entry>(list: readonly T[]): readonly T[] =>
    list.some(entry => entry.id === id) ? list.filter(entry => entry.id !== id) : list
  return changed(settled, { notes: others(settled.notes), atoms: others(settled.atoms) })
}

export const judge = (state: NotebookState, judgement: Judgement): NotebookState =>
  changed(finishEdit(state), { judgements: put(state.judgements, judgement) })

export const tick = (state: NotebookState, check: Check): NotebookState =>
  changed(finishEdit(state), { checks: put(state.checks, check) })

const put = <T extends Entry>(list: readonly T[], entry: T): readonly T[] => [
  ...list.filter(({ id }) => id !== entry.id),
  entry,
]

export function undo(state: NotebookState): NotebookState {
  const settled = finishEdit(state)
  const before = settled.past.at(-1)
  if (!before) return settled
  return {
    ...settled,
    ...before,
    past: settled.past.slice(0, -1),
    future: [...settled.future, contentOf(settled)],
  }
}

export function redo(state: NotebookState): NotebookState {
  const settled = finishEdit(state)
  const after = settled.future.at(-1)
  if (!after) return settled
  return {
    ...settled,
    ...after,
    past: [...settled.past, contentOf(settled)],
    future: settled.future.slice(0, -1),
  }
}

/** Starts over with what was kept for a trace; loading is nothing to undo. */
export const restored = (content: NotebookContent | null, etag = '', aside = ''): NotebookState => {
  const kept = contentOf(content ?? emptyContent)
  return { ...emptyNotebook, ...kept, kept: { etag, content: kept }, saving: { kind: 'idle', aside } }
}

/** What came in a picture or from a colleague joins what is here, as one undo step. */
export function takeIn(state: NotebookState, came: NotebookContent): NotebookState {
  const settled = finishEdit(state)
  return changed(settled, mergeContent(null, settled, came).content)
}

/**
 * What another window saved since `kept` joins what is here. It joins the history as well: to undo one's own step must
 * not undo what somebody else did.
 */
export function joinOther(state: NotebookState, theirs: NotebookContent, etag: string): NotebookState {
  const join = (mine: NotebookContent): NotebookContent =>
    mergeContent(state.kept.content, mine, theirs).content
  return {
    ...state,
    ...join(state),
    past: state.past.map(join),
    future: state.future.map(join),
    editing: state.editing && { ...state.editing, base: join(state.editing.base) },
    kept: { etag, content: contentOf(theirs) },
  }
}
