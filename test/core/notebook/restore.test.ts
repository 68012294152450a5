import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { restoreNotebook } from '../../../src/core/notebook/restore.ts'

const place = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), lane: 'task:api:1', fromNs: '1', toNs: '2' }
const note = {
  id: 'n1',
  kind: 'label',
  anchor: place,
  text: '**hi**',
  author: 'A',
  createdAt: '2026-01-01T00:00:00Z',
  color: 'amber',
  hidden: true,
  editedAt: '2026-01-02T00:00:00Z',
}
const view = {
  fromNs: '1',
  toNs: '2',
  finding: 'F1',
  playheadNs: '',
  collapsed: ['x'],
  opened: ['y'],
  topLane: '',
  lanes: ['x', 'y'],
  selected: { traceId: '', spanId: '', lane: 'x', fromNs: '1', toNs: '2' },
}
const notebook = {
  version: 2,
  source: { fingerprint: 'f', files: ['a.jsonl'] },
  notes: [note],
  atoms: [
    {
      id: 'h1',
      kind: 'hypothesis',
      text: 'the pool is too small',
      at: '2026-01-01T00:00:00Z',
      by: 'A',
      evidence: [place, 'pool-exhausted|resource:db-pool|'],
      verdict: 'refuted',
      supersedes: '',
      about: '',
      excludes: ['h2'],
      editedAt: '2026-01-02T00:00:00Z',
    },
  ],
  judgements: [{ id: 'pool-exhausted|resource:db-pool|', explains: 'no', defect: '', by: 'A', editedAt: '' }],
  checks: [{ id: 'missing-await', done: true, by: 'A', editedAt: '' }],
  view,
}

const restored = (value: unknown) => restoreNotebook(JSON.stringify(value))

describe('restoring a notebook', () => {
  it('upgrades each older version: its fixture opens', () => {
    const old = readFileSync(
      new URL('../../../fixtures/notebooks/v1.interleave.json', import.meta.url),
      'utf8',
    )
    const read = restoreNotebook(old)
    expect(read.kind === 'ok' && read.problems).toEqual([])
    expect(read.kind === 'ok' && read.notebook).toMatchObject({
      version: 2,
      notes: [{ id: 'n1', color: 'violet', hidden: false, editedAt: '2026-11-21T09:31:00.000Z' }],
      atoms: [
        { id: 'h1', verdict: 'supported', about: '', excludes: [] },
        { id: 'h2', verdict: '', text: 'The pool is too small\n\nVerdict: unlikely' },
      ],
      judgements: [],
      checks: [],
    })
  })

  it('gives back what was written', () => {
    expect(restored(notebook)).toEqual({ kind: 'ok', notebook, problems: [] })
  })

  it('keeps the good notes beside bad ones, and tells of each', () => {
    const bad = [
      { ...note, id: 'n2', kind: 'tattoo' },
      { ...note, id: 'n3', anchor: { ...place, spanId: '<script>' } },
      { ...note, id: 'n4', anchor: { ...place, fromNs: 12 } },
      null,
      'note',
    ]
    const result = restored({ ...notebook, notes: [...bad, note] })
    expect(result.kind).toBe('ok')
    if (result.kind !== 'ok') return
    expect(result.notebook.notes).toEqual([note])
    expect(result.problems).toHaveLength(bad.length)
  })

  it('tells a newer format from a broken one', () => {
    expect(restored({ ...notebook, version: 3 })).toEqual({ kind: 'newer', version: 3 })
    for (const broken of [
      '',
      '{',
      '[]',
      'null',
      '7',
      '{"version":"1"}',
      '{"version":0}',
      '{"version":1.5}',
    ]) {
      expect(restoreNotebook(broken).kind, broken).toBe('broken')
    }
  })

  it('falls back to the whole trace for a view it cannot use', () => {
    const result = restored({ ...notebook, view: { fromNs: {}, toNs: [] } })
    expect(result.kind === 'ok' && result.notebook.view).toMatchObject({
      fromNs: '0',
      toNs: '0',
      finding: '',
    })
    expect(result.kind === 'ok' && result.problems).toHaveLength(1)
  })

  it('leaves out keys it does not know, prototypes among them', () => {
    const text = JSON.stringify(notebook).replace(
      '"text"',
      '"__proto__":{"polluted":1},"constructor":{},"text"',
    )
    const result = restoreNotebook(text)
    expect(result).toEqual({ kind: 'ok', notebook, problems: [] })
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })

  it('cuts a flood of notes and a text without end', () => {
    const flood = Array.from({ length: 10_050 }, (_, at) => ({ ...note, id: `n${at}` }))
    const result = restored({ ...notebook, notes: flood })
    expect(result.kind === 'ok' && result.notebook.notes.length).toBe(10_000)
    const long = restored({ ...notebook, notes: [{ ...note, text: 'x'.repeat(200_000) }] })
    expect(long.kind === 'ok' && long.notebook.notes).toEqual([])
  })

  it('never throws, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.json(), text => {
        expect(['ok', 'newer', 'broken']).toContain(restoreNotebook(text).kind)
      }),
    )
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('version', 'notes', 'view', 'source', 'atoms'), fc.jsonValue()),
        value => {
          expect(['ok', 'newer', 'broken']).toContain(restored({ ...value, version: 1 }).kind)
        },
      ),
    )
  })
})
