import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeContent, mergeSentence } from '../../../src/core/notebook/merge.ts'
import { emptyContent, type Note, type NotebookContent } from '../../../src/core/notebook/note.ts'
import { atomOf, noteOf } from '../../support/notes.ts'

const a = noteOf({ id: 'a', text: 'a' })
const b = noteOf({ id: 'b', text: 'b' })
const edited = (note: Note, text: string, editedAt: string): Note => ({ ...note, text, editedAt })
const of = (...notes: readonly Note[]): NotebookContent => ({ ...emptyContent, notes })
const texts = ({ notes }: NotebookContent): string[] => notes.map(({ text }) => text)

describe('merging with a base', () => {
  it('takes what only they changed, and keeps what only we changed', () => {
    const mine = of(edited(a, 'mine', '2'), b)
    const theirs = of(a, edited(b, 'theirs', '2'))
    const { content, told } = mergeContent(of(a, b), mine, theirs)
    expect(texts(content)).toEqual(['mine', 'theirs'])
    expect(mergeSentence(told)).toBe('1 changed')
  })

  it('keeps both texts where both changed one note, the later in its place', () => {
    const { content, told } = mergeContent(of(a), of(edited(a, 'mine', '2')), of(edited(a, 'theirs', '3')))
    expect(texts(content)).toEqual(['theirs', 'mine'])
    expect(content.notes[0]!.id).toBe('a')
    expect(told.conflicts).toBe(1)
  })

  it('deletes what one side deleted, unless the other edited it', () => {
    expect(texts(mergeContent(of(a, b), of(b), of(a, b)).content)).toEqual(['b'])
    expect(mergeContent(of(a, b), of(a, b), of(b)).told.removed).toBe(1)
    expect(texts(mergeContent(of(a), of(), of(edited(a, 'theirs', '2'))).content)).toEqual(['theirs'])
    expect(texts(mergeContent(of(a), of(edited(a, 'mine', '2')), of()).content)).toEqual(['mine'])
  })

  it('reads entries with keys in another order as the same', () => {
    const turned = Object.fromEntries(Object.entries(a).reverse()) as unknown as Note
    expect(mergeContent(of(a), of(edited(a, 'mine', '2')), of(turned)).told.conflicts).toBe(0)
  })
})

describe('merging without a base', () => {
  it('adds, takes the later form, and deletes nothing', () => {
    const { content, told } = mergeContent(
      null,
      of(a, b),
      of(edited(a, 'later', '9'), noteOf({ id: 'c', text: 'c' })),
    )
    expect(texts(content)).toEqual(['later', 'b', 'c'])
    expect(mergeSentence(told)).toBe('1 added, 1 changed')
    expect(mergeSentence(mergeContent(null, content, content).told)).toBe('')
  })
})

it('loses no text, whatever two windows do, and both come to the same texts', () => {
  const note = fc.record({
    id: fc.constantFrom('a', 'b', 'c'),
    text: fc.string(),
    editedAt: fc.constantFrom('1', '2', '3'),
  })
  const notes = fc
    .uniqueArray(note, { selector: ({ id }) => id })
    .map(list => of(...list.map(one => noteOf(one))))
  fc.assert(
    fc.property(notes, notes, notes, (base, mine, theirs) => {
      const ours = mergeContent(base, mine, theirs).content
      const others = mergeContent(base, theirs, mine).content
      expect(texts(ours).sort()).toEqual(texts(others).sort())
      const known = new Set(base.notes.map(one => JSON.stringify(one)))
      for (const one of [...mine.notes, ...theirs.notes]) {
        if (!known.has(JSON.stringify(one))) expect(texts(ours)).toContain(one.text)
      }
    }),
  )
})

it('merges atoms as it merges notes', () => {
  const from = { ...emptyContent, atoms: [atomOf({ id: 'h', text: 'x' })] }
  const theirs = {
    ...emptyContent,
    atoms: [atomOf({ id: 'h', text: 'x', verdict: 'refuted', editedAt: '9' })],
  }
  expect(mergeContent(from, from, theirs).content.atoms[0]!.verdict).toBe('refuted')
})
