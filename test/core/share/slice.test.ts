import { describe, expect, test } from 'vitest'
import { importTrace } from '../../../src/core/import/import-trace.ts'
import { sliceOtlp } from '../../../src/core/share/slice.ts'
import { attributesOf, type Store, spanIdOf, spanName, traceIdOf } from '../../../src/core/store/store.ts'
import { type RequestInput, sourceOf, storeOf } from '../../support/otlp.ts'

/** Everything a reader of the store can see, without row order of equal starts. */
const seen = (store: Store) => ({
  spans: Array.from({ length: store.spans.count }, (_, row) => ({
    id: traceIdOf(store, row) + spanIdOf(store, row),
    parent: store.spans.parent[row]! < 0 ? '' : spanIdOf(store, store.spans.parent[row]!),
    name: spanName(store, row),
    start: BigInt(store.epochUnixNano) + BigInt(store.spans.startNs[row]!),
    end: BigInt(store.epochUnixNano) + BigInt(store.spans.endNs[row]!),
    status: store.spans.status[row],
    kind: store.spans.kind[row],
    flags: store.spans.flags[row],
    scope: store.strings[store.spans.scope[row]!],
    attributes: attributesOf(store, store.spans, row),
  })).sort((a, b) => (a.id < b.id ? -1 : 1)),
  records: Array.from({ length: store.records.count }, (_, at) => ({
    time: BigInt(store.epochUnixNano) + BigInt(store.records.timeNs[at]!),
    name: store.strings[store.records.name[at]!],
    body: store.strings[store.records.body[at]!],
    attributes: attributesOf(store, store.records, at),
  })),
  links: store.links.count,
  processes: store.processes.map(process => process.attributes),
})

const request: RequestInput = {
  resource: { 'service.name': 'api', 'process.pid': 42 },
  scope: 'lib <x>',
  spans: [
    {
      id: 'a',
      start: 0,
      end: 100,
      kind: 2,
      status: 2,
      attributes: { s: '"<>&', n: 7, f: 0.5, b: true, list: [1, 2] },
    },
    {
      id: 'b',
      parent: 'a',
      start: 10,
      end: 20,
      events: [{ name: 'exception', at: 15, attributes: { 'exception.type': 'E' } }],
    },
    { id: 'c', parent: 'b', start: 60, end: 70, links: [{ id: 'a' }] },
    { id: 'd', start: 500, end: 600 },
    { id: 'e', parent: '77', start: 65, end: 66 },
    { id: 'f', start: 70 },
  ],
  logs: [
    { at: 64, name: 'interleave.mark', body: 'hello', severity: 9 },
    { at: 550, body: 'later' },
  ],
}

const read = async (text: string): Promise<Store> => (await importTrace([sourceOf('slice.json', text)])).store

describe('a slice of the trace', () => {
  test('the whole trace imports to the same store', async () => {
    const store = await storeOf(request)
    const again = await read(sliceOtlp(store, 0, store.durationNs))
    expect(seen(again)).toEqual(seen(store))
    expect(again.fingerprint).toBe(store.fingerprint)
  })

  test('an interval takes along what touches it, and its ancestors', async () => {
    const store = await storeOf(request)
    const slice = await read(sliceOtlp(store, 61, 66))
    const names = seen(slice).spans.map(span => span.id.replace(/^0*1/, '').replace(/^0+/, ''))
    expect(names).toEqual(['a', 'b', 'c', 'e', '77'])
    expect(seen(slice).records.map(record => record.name)).toEqual(['exception', 'interleave.mark'])
  })

  test('times of a slice are told from where the whole trace begins', async () => {
    const store = await storeOf(request)
    const source = sourceOf('slice.json', sliceOtlp(store, 500, 600))
    const { store: slice } = await importTrace([source], { startUnixNano: store.epochUnixNano })
    expect(slice.epochUnixNano).toBe(store.epochUnixNano)
    expect(Array.from(slice.spans.startNs)).toEqual([70, 500])
  })
})
