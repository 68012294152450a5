import { describe, expect, it } from 'vitest'
import { readModel } from '../../../src/core/convention/read-model.ts'
import { analyze } from '../../../src/core/detect/analyze.ts'
import { importOf, type SpanInput } from '../../support/otlp.ts'

/** A call of web's to shop, served or given up. */
interface Asked {
  readonly served: boolean
  readonly lengthMs: number
  readonly failed: boolean
}

const answered: Asked = { served: true, lengthMs: 20, failed: false }
const givenUp: Asked = { served: false, lengthMs: 5000, failed: true }

/**
 *     web   ├ GET ┤ × 20   ├────── GET ──────✕ × 6
 *     shop   ├──┤ × 20
 */
async function found(calls: readonly Asked[]): Promise<string[]> {
  const asking: SpanInput[] = []
  const serving: SpanInput[] = []
  calls.forEach(({ served, lengthMs, failed }, at) => {
    const trace = (at + 16).toString(16)
    const start = at * 200e6
    asking.push({
      id: `${trace}1`,
      trace,
      name: 'GET',
      kind: 3,
      start,
      end: start + lengthMs * 1e6,
      status: failed ? 2 : 0,
      attributes: { 'http.request.method': 'GET', 'url.full': `http://shop/items/${at}` },
    })
    if (served)
      serving.push({
        id: `${trace}2`,
        parent: `${trace}1`,
        trace,
        name: 'GET /items/:id',
        kind: 2,
        start: start + 1e6,
        end: start + (lengthMs - 1) * 1e6,
      })
  })
  const { store, report } = await importOf([
    { resource: { 'service.name': 'web' }, spans: asking },
    { resource: { 'service.name': 'shop' }, spans: serving },
  ])
  return analyze(store, readModel(store), report)
    .findings.filter(({ product }) => product === 'observed')
    .map(({ detector, subject }) => `${detector} ${subject.name}`)
}

const times = (count: number, one: Asked): Asked[] => Array.from({ length: count }, () => one)

describe('a service that answers nobody any more', () => {
  it('is told by those who gave up', async () => {
    expect(await found([...times(20, answered), ...times(6, givenUp)])).toEqual(['missing-timeout shop'])
  })
  it.each([
    ['still answers some', [...times(20, answered), ...times(6, givenUp), answered]],
    ['refuses at once', [...times(20, answered), ...times(6, { ...givenUp, lengthMs: 3 })]],
    ['answers without being seen', [...times(20, answered), ...times(6, { ...answered, served: false })]],
    ['is slow for a few', [...times(20, answered), ...times(3, givenUp)]],
    [
      'is seen only now and then',
      times(26, answered)
        .map((one, at) => (at % 2 ? one : { ...one, served: false }))
        .concat(times(6, givenUp)),
    ],
  ])('is not one that %s', async (_, calls) => {
    expect(await found(calls)).toEqual([])
  })
})
