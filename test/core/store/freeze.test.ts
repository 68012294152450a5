/** A frozen store is what was appended: any order, any size, rows one by one or many at once. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type SpanFields, StoreBuilder, spanFields } from '../../../src/core/store/builder.ts'
import { attributesOf, type Store, spanIdOf, spanName } from '../../../src/core/store/store.ts'

/** `parent` is an index of the list, -1 for none; always an earlier one, so that there are no cycles. */
interface Span {
  readonly parent: number
  readonly startNs: number
  readonly lengthNs: number
  readonly name: string
  readonly attributes: readonly (readonly [key: string, value: string | number | boolean])[]
  readonly events: readonly number[]
}

const baseSec = 1_767_225_600
const span: fc.Arbitrary<Span> = fc.record({
  parent: fc.integer({ min: -1, max: 1000 }),
  startNs: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 3e9 })),
  lengthNs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2e9 })),
  name: fc.constantFrom('a', 'b', 'ключ', ''),
  attributes: fc.array(
    fc.tuple(fc.constantFrom('k', 'l', 'ü'), fc.oneof(fc.string(), fc.maxSafeInteger(), fc.boolean())),
    { maxLength: 3 },
  ),
  events: fc.array(fc.integer({ min: 0, max: 3e9 }), { maxLength: 2 }),
})

const idOf = (at: number): string => (at + 1).toString(16).padStart(16, '0')

function write(builder: StoreBuilder, spans: readonly Span[], at: number, fields: SpanFields): void {
  const { startNs, lengthNs, name, attributes, events } = spans[at]!
  new DataView(fields.spanId.buffer).setUint32(4, at + 1)
  new DataView(fields.parentId.buffer).setUint32(4, parentOf(spans, at) + 1)
  fields.traceId.fill(7)
  fields.name = builder.intern(name)
  const endNs = startNs + lengthNs
  Object.assign(fields, {
    startSec: baseSec + Math.floor(startNs / 1e9),
    startNano: startNs % 1e9,
    endSec: baseSec + Math.floor(endNs / 1e9),
    endNano: endNs % 1e9,
  })
  for (const [key, value] of attributes) {
    if (typeof value === 'string') builder.addString(key, value)
    else if (typeof value === 'boolean') builder.addBool(key, value)
    else builder.addInt(key, value)
  }
  const row = builder.addSpan(fields)
  for (const ns of events) {
    builder.addInt('of', at)
    builder.addRecord({
      sec: baseSec + Math.floor(ns / 1e9),
      nano: ns % 1e9,
      name: builder.intern('e'),
      body: 0,
      severity: 0,
      span: row,
      traceId: new Uint8Array(16),
      spanId: new Uint8Array(8),
      process: 0,
      scope: 0,
      flags: 0,
    })
  }
}

const parentOf = (spans: readonly Span[], at: number): number =>
  at === 0 || spans[at]!.parent < 0 ? -1 : spans[at]!.parent % at

function frozen(spans: readonly Span[], order: readonly number[], shares: readonly number[]): Store {
  const builder = new StoreBuilder()
  builder.beginInput('x')
  builder.process(new Map([['service.name', 'shop']]))
  const fields = spanFields()
  order.forEach((at, nth) => {
    // How far reading is, as it may be told: it must only change how much room is made.
    builder.readShare = shares[nth % shares.length]!
    write(builder, spans, at, fields)
  })
  return builder.freeze().store
}

/** Indices of the list in pre-order, siblings by start, longest first, then id. */
function preOrder(spans: readonly Span[]): number[] {
  const children = new Map<number, number[]>()
  spans.forEach((_, at) => {
    const parent = parentOf(spans, at)
    children.set(parent, [...(children.get(parent) ?? []), at])
  })
  const sorted = (parent: number): number[] =>
    (children.get(parent) ?? []).sort(
      (a, b) => spans[a]!.startNs - spans[b]!.startNs || spans[b]!.lengthNs - spans[a]!.lengthNs || a - b,
    )
  const out: number[] = []
  for (const open = sorted(-1).reverse(); open.length > 0; ) {
    const at = open.pop()!
    out.push(at)
    open.push(...sorted(at).reverse())
  }
  return out
}

test('frozen store = what was appended', () => {
  fc.assert(
    fc.property(
      fc.array(span, { minLength: 1, maxLength: 60 }).chain(spans =>
        fc.record({
          spans: fc.constant(spans),
          order: fc.shuffledSubarray(
            spans.map((_, at) => at),
            { minLength: spans.length },
          ),
          shares: fc.array(fc.constantFrom(0, 0.0001, 0.5, 1), { minLength: 1 }),
        }),
      ),
      ({ spans, order, shares }) => {
        const store = frozen(spans, order, shares)
        const expected = preOrder(spans)
        const firstNs = Math.min(...spans.flatMap(({ startNs, events }) => [startNs, ...events]))
        const rowOf = new Map(expected.map((at, row) => [at, row]))
        const rows = Array.from({ length: store.spans.count }, (_, row) => row)
        expect(rows.map(row => spanIdOf(store, row))).toEqual(expected.map(idOf))
        expect(rows.map(row => spanName(store, row))).toEqual(expected.map(at => spans[at]!.name))
        expect(rows.map(row => store.spans.parent[row])).toEqual(
          expected.map(at => rowOf.get(parentOf(spans, at)) ?? -1),
        )
        expect(rows.map(row => store.spans.startNs[row])).toEqual(
          expected.map(at => spans[at]!.startNs - firstNs),
        )
        expect(rows.map(row => store.spans.endNs[row]! - store.spans.startNs[row]!)).toEqual(
          expected.map(at => spans[at]!.lengthNs),
        )
        expect(rows.map(row => attributesOf(store, store.spans, row))).toEqual(
          expected.map(at => spans[at]!.attributes),
        )
        const events = Array.from({ length: store.records.count }, (_, row) => row)
        expect(
          events.map(row => [
            store.records.timeNs[row],
            store.records.span[row],
            attributesOf(store, store.records, row),
          ]),
        ).toEqual(
          order
            .flatMap(at => spans[at]!.events.map(ns => [ns - firstNs, rowOf.get(at), [['of', at]]] as const))
            .sort((a, b) => a[0] - b[0]),
        )
      },
    ),
    { numRuns: 300 },
  )
})

test('many spans in one chain, last first', () => {
  const count = 5000
  const spans: Span[] = Array.from({ length: count }, (_, at) => ({
    parent: at - 1,
    startNs: at,
    lengthNs: 2 * (count - at),
    name: 'a',
    attributes: [['k', at]],
    events: [],
  }))
  const store = frozen(spans, [...spans.keys()].reverse(), [0.5])
  expect(Array.from(store.spans.depth)).toEqual([...spans.keys()])
  expect(Array.from(store.spans.subtreeEnd)).toEqual(spans.map(() => count))
  expect(attributesOf(store, store.spans, 1234)).toEqual([['k', 1234]])
})
