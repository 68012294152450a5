import type { Atom, Note } from '../../src/core/notebook/note.ts'

/** A note with what a test does not care about. */
export const noteOf = (change: Partial<Note> = {}): Note => ({
  id: 'n',
  kind: 'label',
  anchor: { traceId: '', spanId: '', lane: '', fromNs: '1', toNs: '2' },
  text: '',
  author: 'ada',
  createdAt: '2026-01-01T00:00:00Z',
  editedAt: '2026-01-01T00:00:00Z',
  color: 'violet',
  hidden: false,
  ...change,
})

export const atomOf = (change: Partial<Atom> = {}): Atom => ({
  id: 'a',
  kind: 'hypothesis',
  text: '',
  at: '2026-01-01T00:00:00Z',
  by: 'ada',
  evidence: [],
  verdict: '',
  supersedes: '',
  about: '',
  excludes: [],
  editedAt: '2026-01-01T00:00:00Z',
  ...change,
})
