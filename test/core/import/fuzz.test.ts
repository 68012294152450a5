/** Damage to files of every format: spans, a counted loss or one line, never a crash, a hang or a silently empty trace. */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readModel } from '../../../src/core/convention/read-model.ts'
import { ImportError } from '../../../src/core/import/import.ts'
import { importTrace } from '../../../src/core/import/import-trace.ts'
import type { Store } from '../../../src/core/store/store.ts'
import { sourceOf } from '../../support/otlp.ts'

const folder = new URL('../../../fixtures/formats/', import.meta.url)
const files = readdirSync(folder)
  .filter(name => !['README.md', 'make.ts'].includes(name))
  .map(name => readFileSync(new URL(name, folder)))
const pieces = ['{', '}', '[', ']', '"', '\\', ',', 'null', '-1', '1e999', '\n', '\0'].map(piece =>
  Buffer.from(piece),
)

const edit = fc.record({
  at: fc.nat(),
  kind: fc.integer({ min: 0, max: 5 }),
  byte: fc.integer({ min: 0, max: 255 }),
  other: fc.nat(),
})
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never

function damage(bytes: Uint8Array, { at, kind, byte, other }: Edit): Uint8Array {
  const where = at % (bytes.length + 1)
  const before = bytes.subarray(0, where)
  const after = bytes.subarray(where)
  const from = (list: readonly Uint8Array[]): Uint8Array => list[other % list.length]!
  if (kind === 0) return Buffer.concat([before, Uint8Array.of(byte), after.subarray(1)])
  if (kind === 1) return Buffer.concat([before, after.subarray(1 + (byte % 40))])
  if (kind === 2) return Buffer.concat([before, before.subarray(-byte), after])
  if (kind === 3) return before
  if (kind === 4) return Buffer.concat([before, from(pieces), after.subarray(1)])
  return Buffer.concat([before, from(files).subarray(byte, byte + 200), after])
}

function expectSane({ spans, durationNs }: Store): void {
  for (let row = 0; row < spans.count; row++) {
    expect(spans.startNs[row]).toBeGreaterThanOrEqual(0)
    expect(spans.endNs[row]).toBeGreaterThanOrEqual(spans.startNs[row]!)
    expect(spans.endNs[row]).toBeLessThanOrEqual(durationNs)
    expect(spans.parent[row]).toBeLessThan(row)
  }
}

test('damaged files of every format', async () => {
  const runs = fc.tuple(
    fc.nat(),
    fc.array(edit, { minLength: 1, maxLength: 6 }),
    fc.integer({ min: 1, max: 5000 }),
  )
  await fc.assert(
    fc.asyncProperty(runs, async ([file, edits, chunkBytes]) => {
      const bytes = edits.reduce(damage, files[file % files.length]! as Uint8Array)
      try {
        const { store } = await importTrace([sourceOf('damaged', bytes, chunkBytes)])
        expect(store.spans.count + store.records.count).toBeGreaterThan(0)
        expectSane(store)
        readModel(store)
      } catch (error) {
        expect(error).toBeInstanceOf(ImportError)
        // "cannot be read" is the last resort for what no importer foresaw.
        expect((error as ImportError).message).not.toContain('cannot be read')
      }
    }),
    { numRuns: 1500 },
  )
})
