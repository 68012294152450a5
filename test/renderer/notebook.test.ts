import { describe, expect, it } from 'vitest'
import {
  addNote,
  beginEdit,
  cancelEdit,
  draftNote,
  emptyNotebook,
  finishEdit,
  mergeNotes,
  redo,
  removeNote,
  typeText,
  undo,
} from '../../renderer/state/notebook.ts'
import type { Note } from '../../src/core/notebook/note.ts'

const note = (id: string, change: Partial<Note> = {}): Note => ({
  id,
  kind: 'label',
  anchor: { traceId: '', spanId: '', lane: '', fromNs: '1', toNs: '2' },
  text: '',
  author: 'ada',
  createdAt: '2026-01-01T00:00:00Z',
  ...change,
})
const texts = (notes: readonly Note[]): string[] => notes.map(({ text }) => text)

describe('notebook', () => {
  it('makes one undo step of a new note and all that was typed into it', () => {
    let state = draftNote(emptyNotebook, note('a'))
    for (const text of ['l', 'lo', 'lost']) state = typeText(state, text)
    state = finishEdit(state)
    expect(texts(state.notes)).toEqual(['lost'])
    expect(state.past).toHaveLength(1)
    expect(undo(state).notes).toEqual([])
    expect(texts(redo(undo(state)).notes)).toEqual(['lost'])
  })

  it('has every keystroke in the notes, for the autosave', () => {
    expect(texts(typeText(draftNote(emptyNotebook, note('a')), 'half a th').notes)).toEqual(['half a th'])
  })

  it('drops a label that was left empty, but keeps an empty range', () => {
    expect(finishEdit(draftNote(emptyNotebook, note('a'))).notes).toEqual([])
    expect(finishEdit(draftNote(emptyNotebook, note('a', { kind: 'range' }))).notes).toHaveLength(1)
  })

  it('takes an edit back on cancel, and undoes a finished one', () => {
    const one = finishEdit(typeText(draftNote(emptyNotebook, note('a')), 'before'))
    const editing = typeText(beginEdit(one, 'a'), 'after')
    expect(texts(cancelEdit(editing).notes)).toEqual(['before'])
    expect(texts(undo(finishEdit(editing)).notes)).toEqual(['before'])
  })

  it('adds no undo step for an edit that changed nothing', () => {
    const one = addNote(emptyNotebook, note('a', { text: 'same' }))
    expect(finishEdit(beginEdit(one, 'a')).past).toEqual(one.past)
  })

  it('brings deleted notes back in their place', () => {
    const two = addNote(addNote(emptyNotebook, note('a')), note('b'))
    const left = removeNote(two, 'a')
    expect(left.notes.map(({ id }) => id)).toEqual(['b'])
    expect(undo(left).notes.map(({ id }) => id)).toEqual(['a', 'b'])
  })

  it('forgets what was undone once something new is done', () => {
    const state = addNote(undo(addNote(emptyNotebook, note('a'))), note('b'))
    expect(redo(state)).toBe(state)
  })

  it('merges notes by id, the later one of two', () => {
    const merged = mergeNotes(
      [note('a', { text: 'mine', createdAt: '2026-01-02' }), note('b', { text: 'kept' })],
      [note('a', { text: 'older', createdAt: '2026-01-01' }), note('c', { text: 'theirs' })],
    )
    expect(texts(merged)).toEqual(['mine', 'kept', 'theirs'])
  })
})
