import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readModel } from '../../../src/core/convention/read-model.ts'
import { ImportError } from '../../../src/core/import/import.ts'
import { importTrace } from '../../../src/core/import/import-trace.ts'
import { rowOfSpan } from '../../../src/core/store/lookup.ts'
import { hasFlag, SpanFlag, type Store, spanIdOf, unixNano } from '../../../src/core/store/store.ts'
import { lines, otlp, type SpanInput, sourceOf, spanId, traceId, unix } from '../../support/otlp.ts'

/** A forest: each span names an earlier one (or none) as its parent. */
const forest = fc
  .array(
    fc.record({
      start: fc.integer({ min: 0, max: 2_000_000_000 }),
      length: fc.integer({ min: 0, max: 5_000_000 }),
      parent: fc.nat(),
      rooted: fc.boolean(),
      service: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map(list =>
    list.map((one, index) => ({
      service: one.service,
      span: {
        id: (index + 1).toString(16),
        start: one.start,
        end: one.start + one.length,
        ...(index === 0 || one.rooted ? {} : { parent: ((one.parent % index) + 1).toString(16) }),
      } satisfies SpanInput,
    })),
  )

const asLines = (spans: readonly { service: number; span: SpanInput }[]): string =>
  lines(
    ...spans.map(({ service, span }) => otlp({ resource: { 'service.name': `s${service}` }, spans: [span] })),
  )

test('spans come back with their ids, parents and times, in any order of lines', async () => {
  await fc.assert(
    fc.asyncProperty(forest, fc.infiniteStream(fc.nat()), async (spans, random) => {
      const shuffled = spans
        .map(span => ({ span, key: random.next().value as number }))
        .sort((a, b) => a.key - b.key)
        .map(({ span }) => span)
      const { store, report } = await importTrace([sourceOf('a.jsonl', asLines(shuffled))])
      expect(store.spans.count).toBe(spans.length)
      expect(report.issues.filter(issue => issue.code !== 'coarse-clock')).toEqual([])
      for (const { span } of spans) {
        const row = rowOfSpan(store, traceId(), spanId(span.id))
        expect(unixNano(store, store.spans.startNs[row]!)).toBe(unix(span.start))
        expect(unixNano(store, store.spans.endNs[row]!)).toBe(unix(span.end!))
        const parent = store.spans.parent[row]!
        expect(parent === -1 ? undefined : spanIdOf(store, parent)).toBe(span.parent && spanId(span.parent))
      }
      expectPreOrder(store)
      const inOrder = await importTrace([sourceOf('b.jsonl', asLines(spans))])
      expect(inOrder.store.fingerprint).toBe(store.fingerprint)
      expect(inOrder.store.spans.spanId).toEqual(store.spans.spanId)
    }),
    { numRuns: 60 },
  )
})

function expectPreOrder({ spans }: Store): void {
  for (let row = 0; row < spans.count; row++) {
    const parent = spans.parent[row]!
    expect(parent).toBeLessThan(row)
    expect(spans.depth[row]).toBe(parent === -1 ? 0 : spans.depth[parent]! + 1)
    expect(spans.subtreeEnd[row]!).toBeGreaterThan(row)
    if (parent !== -1) expect(spans.subtreeEnd[row]!).toBeLessThanOrEqual(spans.subtreeEnd[parent]!)
  }
}

test('cycles and unknown parents of any shape give a forest', async () => {
  const parents = fc.array(fc.integer({ min: 0, max: 45 }), { minLength: 1, maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(parents, async list => {
      const spans = list.map((parent, index) => ({
        id: (index + 1).toString(16),
        start: index,
        end: index + 10,
        ...(parent === 0 ? {} : { parent: parent.toString(16) }),
      }))
      const { store } = await importTrace([sourceOf('a.json', JSON.stringify(otlp({ spans })))])
      expectPreOrder(store)
      let real = 0
      for (let row = 0; row < store.spans.count; row++) if (!hasFlag(store, row, SpanFlag.ghost)) real++
      expect(real).toBe(list.length)
    }),
    { numRuns: 100 },
  )
})

test('one file, split in two at any line, is the same trace', async () => {
  await fc.assert(
    fc.asyncProperty(forest, fc.nat(), async (spans, at) => {
      const whole = await importTrace([sourceOf('a.jsonl', asLines(spans))])
      const cut = at % (spans.length + 1)
      const parts = [spans.slice(0, cut), spans.slice(cut)].map((part, i) => sourceOf(`${i}`, asLines(part)))
      const merged = await importTrace(parts)
      expect(merged.store.fingerprint).toBe(whole.store.fingerprint)
      expect(merged.store.spans.startNs).toEqual(whole.store.spans.startNs)
      expect(merged.store.spans.parent).toEqual(whole.store.spans.parent)
    }),
    { numRuns: 30 },
  )
})

test('damaged bytes never crash, hang or vanish: spans, a counted loss, or one line', async () => {
  const sample = new TextEncoder().encode(
    lines(
      otlp({
        spans: [
          {
            id: 'a',
            start: 0,
            end: 9_000_000,
            kind: 2,
            attributes: { 'http.route': '/a', n: 1, list: [1, 2] },
          },
          {
            id: 'b',
            parent: 'a',
            start: 1_000_000,
            end: 8_000_000,
            events: [{ name: 'exception', at: 2_000_000 }],
          },
        ],
        logs: [
          {
            at: 5_000_000,
            name: 'interleave.state.read',
            attributes: { 'interleave.state.key': 'k' },
            id: 'b',
          },
        ],
      }),
      otlp({ spans: [{ id: 'c', parent: 'b', start: 3_000_000, end: 4_000_000, links: [{ id: 'a' }] }] }),
    ),
  )
  const edit = fc.record({
    at: fc.nat(),
    kind: fc.integer({ min: 0, max: 3 }),
    byte: fc.integer({ min: 0, max: 255 }),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(edit, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 4000 }),
      async (edits, chunk) => {
        let bytes = Array.from(sample)
        for (const { at, kind, byte } of edits) {
          const where = at % bytes.length
          if (kind === 0) bytes[where] = byte
          else if (kind === 1) bytes.splice(where, 1 + (byte % 20))
          else if (kind === 2) bytes.splice(where, 0, ...bytes.slice(where, where + byte))
          else bytes = bytes.slice(0, Math.max(1, where))
          if (bytes.length === 0) bytes = [byte]
        }
        try {
          const { store } = await importTrace([sourceOf('damaged', Uint8Array.from(bytes), chunk)])
          expect(store.spans.count + store.records.count).toBeGreaterThan(0)
          expectPreOrder(store)
          readModel(store)
        } catch (error) {
          expect(error).toBeInstanceOf(ImportError)
        }
      },
    ),
    { numRuns: 400 },
  )
})
