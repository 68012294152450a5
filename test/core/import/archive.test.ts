import { zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { importTrace } from '../../../src/core/import/import-trace.ts'
import { otlp, sourceOf } from '../../support/otlp.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (id: string): string =>
  JSON.stringify(otlp({ spans: [{ id, name: id, start: 0, end: 9_000_000 }] }))
const zip = (files: Readonly<Record<string, string | Uint8Array>>): Uint8Array =>
  zipSync(
    Object.fromEntries(
      Object.entries(files).map(([name, file]) => [name, typeof file === 'string' ? bytesOf(file) : file]),
    ),
  )

test('every trace of an archive is read under its own name, whatever the size of the chunks', async () => {
  const packed = zip({
    'a.json': text('a'),
    '__MACOSX/._a.json': 'x',
    'b/package.json': '{"lockfileVersion":3}',
    'b/b.json': text('b'),
  })
  for (const chunk of [1, 50, 1 << 16]) {
    const { store, report } = await importTrace([
      sourceOf('x.zip', packed, chunk),
      sourceOf('c.json', text('c')),
    ])
    expect(report.inputs.map(({ file, spans }) => [file, spans])).toEqual([
      ['x.zip/a.json', 1],
      ['x.zip/b/b.json', 1],
      ['c.json', 1],
    ])
    expect(store.spans.count).toBe(3)
    expect(report.issues).toMatchObject([
      { code: 'archive-member', count: 1, example: 'b/package.json: a package lock file, not a trace' },
    ])
  }
})

test('an archive that breaks off keeps what was read', async () => {
  const packed = zip({ 'a.json': text('a'), 'b.json': text('b') })
  const { store, report } = await importTrace([sourceOf('x.zip', packed.subarray(0, packed.length * 0.6))])
  expect(store.spans.count).toBeGreaterThan(0)
  expect(report.issues.map(issue => issue.code)).toContain('truncated-tail')
})

test.each([
  [
    'none of which is a trace',
    zip({ 'a.txt': 'hello there\n' }),
    /archive of 1 file, none.*a\.txt: line 1 is neither/,
  ],
  ['without files', zip({}), /archive without files/],
  [
    'in an archive',
    zip({ 'in.zip': zip({ 'a.json': text('a') }) }),
    /in\.zip: an archive inside the archive/,
  ],
  [
    'that unpacks to far more than a trace would',
    zip({ 'a.json': new Uint8Array(64 << 20) }),
    /200 times its size/,
  ],
])('an archive %s is one clear line', async (_, packed, message) => {
  await expect(importTrace([sourceOf('x.zip', packed)])).rejects.toThrow(message)
})
