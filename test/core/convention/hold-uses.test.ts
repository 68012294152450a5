import { describe, expect, test } from 'vitest'
import { readModel } from '../../../src/core/convention/read-model.ts'
import { type SpanInput, storeOf } from '../../support/otlp.ts'

const ms = 1_000_000

/** One hold of `type` from 0 to 100 ms, with calls made under it. */
async function holdWith(type: string, calls: readonly Omit<SpanInput, 'id'>[]) {
  const hold: SpanInput = {
    id: 'a',
    name: 'hold r',
    start: 0,
    end: 100 * ms,
    attributes: {
      'interleave.record.type': 'resource.hold',
      'interleave.resource.id': 'r',
      'interleave.resource.type': type,
      'interleave.task.id': 't',
      'interleave.hold.id': 'h',
    },
  }
  const store = await storeOf({
    scope: 'interleave',
    spans: [
      hold,
      ...calls.map((call, i) => ({
        ...call,
        id: `b${i}`,
        attributes: { ...call.attributes, 'interleave.task.id': 't', 'interleave.hold.ids': ['h'] },
      })),
    ],
  })
  return readModel(store).holds[0]!
}

const query = { start: 1 * ms, end: 3 * ms, kind: 3, attributes: { 'db.system.name': 'postgresql' } }
const http = { start: 5 * ms, end: 95 * ms, kind: 3, attributes: { 'http.request.method': 'POST' } }
const work = { start: 0, end: 99 * ms }

describe('what counts as use of a hold', () => {
  test('of a pooled connection: its queries, not the HTTP call made meanwhile', async () => {
    const { usefulNs, lastUseNs } = await holdWith('pool', [query, http, work])
    expect([usefulNs, lastUseNs]).toEqual([2 * ms, 3 * ms])
  })

  test('of a pool of HTTP sockets: the calls', async () => {
    expect((await holdWith('pool', [http, work])).usefulNs).toBe(90 * ms)
  })

  test('of a lock: everything done under it', async () => {
    expect((await holdWith('mutex', [query, http, work])).usefulNs).toBe(99 * ms)
  })
})
