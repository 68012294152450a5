import { describe, expect, it } from 'vitest'
import {
  addEntries,
  beginEdit,
  cancelEdit,
  changeEntry,
  draftAtom,
  draftNote,
  emptyNotebook,
  finishEdit,
  joinOther,
  judge,
  redo,
  removeEntry,
  restored,
  takeIn,
  typeText,
  undo,
} from '../../renderer/state/notebook.ts'
import { emptyContent, type Note } from '../../src/core/notebook/note.ts'
import { atomOf, noteOf } from '../support/notes.ts'

const note = (id: string, change: Partial<Note> = {}): Note => noteOf({ id, ...change })
const texts = (notes: readonly Note[]): string[] => notes.map(({ text }) => text)
const type = (state: typeof emptyNotebook, text: string) => typeText(state, text, '2026-02-02')

describe('notebook', () => {
  it('makes one undo step of a new note and all that was typed into it', () => {
    let state = draftNote(emptyNotebook, note('a'))
    for (const text of ['l', 'lo', 'lost']) state = type(state, text)
    state = finishEdit(state)
    expect(texts(state.notes)).toEqual(['lost'])
    expect(state.notes[0]!.editedAt).toBe('2026-02-02')
    expect(state.past).toHaveLength(1)
    expect(undo(state).notes).toEqual([])
    expect(texts(redo(undo(state)).notes)).toEqual(['lost'])
  })

  it('has every keystroke in the notes, for the autosave', () => {
    expect(texts(type(draftNote(emptyNotebook, note('a')), 'half a th').notes)).toEqual(['half a th'])
  })

  it('drops a label and an atom that were left empty, but keeps an empty range', () => {
    expect(finishEdit(draftNote(emptyNotebook, note('a'))).notes).toEqual([])
    expect(finishEdit(draftAtom(emptyNotebook, atomOf())).atoms).toEqual([])
    expect(finishEdit(draftNote(emptyNotebook, note('a', { kind: 'range' }))).notes).toHaveLength(1)
  })

  it('takes an edit back on cancel, and undoes a finished one', () => {
    const one = finishEdit(type(draftNote(emptyNotebook, note('a')), 'before'))
    const editing = type(beginEdit(one, 'a'), 'after')
    expect(texts(cancelEdit(editing).notes)).toEqual(['before'])
    expect(texts(undo(finishEdit(editing)).notes)).toEqual(['before'])
  })

  it('adds no undo step for an edit that changed nothing', () => {
    const one = addEntries(emptyNotebook, { notes: [note('a', { text: 'same' })] })
    expect(finishEdit(beginEdit(one, 'a')).past).toEqual(one.past)
  })

  it('brings deleted notes back in their place', () => {
    const two = addEntries(emptyNotebook, { notes: [note('a'), note('b')] })
    const left = removeEntry(two, 'a')
    expect(left.notes.map(({ id }) => id)).toEqual(['b'])
    expect(undo(left).notes.map(({ id }) => id)).toEqual(['a', 'b'])
  })

  it('undoes colours, verdicts and judgements alike', () => {
    const one = addEntries(emptyNotebook, { notes: [note('a')], atoms: [atomOf({ id: 'h' })] })
    const red = changeEntry(one, 'a', { color: 'red' })
    const supported = changeEntry(red, 'h', { verdict: 'supported' })
    const judged = judge(supported, { id: 'f', explains: 'yes', defect: '', by: 'ada', editedAt: '' })
    expect([judged.notes[0]!.color, judged.atoms[0]!.verdict, judged.judgements.length]).toEqual([
      'red',
      'supported',
      1,
    ])
    const back = undo(undo(undo(judged)))
    expect([back.notes[0]!.color, back.atoms[0]!.verdict, back.judgements.length]).toEqual(['violet', '', 0])
  })

  it('forgets what was undone once something new is done', () => {
    const state = addEntries(undo(addEntries(emptyNotebook, { notes: [note('a')] })), { notes: [note('b')] })
    expect(redo(state)).toBe(state)
  })

  it("takes a colleague's notes in as one step that can be undone", () => {
    const mine = restored({ ...emptyContent, notes: [note('a', { text: 'mine' })] })
    const both = takeIn(mine, { ...emptyContent, notes: [note('b', { text: 'theirs' })] })
    expect(texts(both.notes)).toEqual(['mine', 'theirs'])
    expect(texts(undo(both).notes)).toEqual(['mine'])
  })

  it("joins another window's save without losing the edit in progress, and undo leaves theirs alone", () => {
    const base = { ...emptyContent, notes: [note('a', { text: 'base' })] }
    const typing = type(draftNote(restored(base, 'e1'), note('mine')), 'half a')
    const joined = joinOther(typing, { ...base, notes: [...base.notes, note('theirs', { text: 't' })] }, 'e2')
    expect(texts(joined.notes)).toEqual(['base', 'half a', 't'])
    expect(joined.kept.etag).toBe('e2')
    expect(texts(undo(type(joined, 'half a word')).notes)).toEqual(['base', 't'])
  })
})
