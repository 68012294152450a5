/** Older notebooks, one step per version (`docs/format-changelog.md`). What comes out is checked by `restore.ts` all the same. */
import { verdicts } from './note.ts'

interface Lists {
  readonly notes: readonly unknown[]
  readonly atoms: readonly unknown[]
}

/** By the version they upgrade from. */
const steps: Readonly<Record<number, (lists: Lists) => Lists>> = {
  1: ({ notes, atoms }) => ({
    notes: notes.map(note => changed(note, ({ createdAt }) => ({ editedAt: createdAt ?? '' }))),
    atoms: atoms.map(atom => changed(atom, withKnownVerdict)),
  }),
}

export function upgradeNotebook(version: number, lists: Lists): Lists {
  let upgraded: Lists = { notes: lists.notes, atoms: lists.atoms }
  for (let from = version; steps[from]; from++) upgraded = steps[from]!(upgraded)
  return upgraded
}

const sameVerdict = new Map([
  ['confirmed', 'supported'],
  ['rejected', 'refuted'],
])

/** Version 1 took any text as a verdict: what is not one of ours goes on as text. */
function withKnownVerdict({ at, text, verdict }: Fields): Fields {
  const word = typeof verdict === 'string' ? (sameVerdict.get(verdict) ?? verdict) : ''
  const known = verdicts.some(one => one === word)
  return {
    editedAt: at ?? '',
    verdict: known ? word : '',
    ...(!known && { text: `${text}\n\nVerdict: ${word}` }),
  }
}

type Fields = { readonly [name: string]: unknown }

/** What is no object is left for the check to tell of. */
const changed = (entry: unknown, change: (fields: Fields) => Fields): unknown =>
  typeof entry === 'object' && entry !== null ? { ...entry, ...change(entry as Fields) } : entry
