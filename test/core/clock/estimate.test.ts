import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { estimateClocks } from '../../../src/core/clock/estimate.ts'
import { readModel } from '../../../src/core/convention/read-model.ts'
import { makeClock } from '../../../src/core/detect/clock.ts'
import { defaultThresholds } from '../../../src/core/detect/thresholds.ts'
import { openTrace } from '../../../src/core/session.ts'
import { type RequestInput, type SpanInput, sourceOf, storeOf } from '../../support/otlp.ts'

const ms = 1e6
const half = 500_000

/** A call as both sides tell it: sent at `at`, 10 ms long, 6 ms of it in the callee, whose clock is `aheadMs` ahead. */
function call(id: string, at: number, aheadMs: number): { client: SpanInput; server: SpanInput } {
  const client = { id: `c${id}`, kind: 3, start: at * ms + half, end: (at + 10) * ms + half }
  const from = (at + 2 + aheadMs) * ms + half
  return { client, server: { id: `d${id}`, parent: `c${id}`, kind: 2, start: from, end: from + 6 * ms } }
}

function calls(aheadMs: readonly number[]): RequestInput[] {
  const pairs = aheadMs.map((ahead, nth) => call(String(nth), nth * 100, ahead))
  return [
    { resource: { 'service.name': 'a' }, spans: pairs.map(pair => pair.client) },
    { resource: { 'service.name': 'b' }, spans: pairs.map(pair => pair.server) },
  ]
}

describe('offsets from calls', () => {
  test('a clock that is ahead is bounded from both sides', async () => {
    const { offsets } = estimateClocks(await storeOf(calls([50, 50, 50])))
    expect(offsets[1]).toMatchObject({ reference: 0, pairs: 3, contradictions: 0 })
    // θ ≤ S.start − C.start = 52 ms; θ ≥ S.end − C.end − 1 ms of slack = 47 ms.
    expect(offsets[1]?.highNs).toBeCloseTo(52 * ms, -3)
    expect(offsets[1]?.lowNs).toBeCloseTo(47 * ms, -3)
    expect(Math.abs(offsets[1]!.suggestedNs - 50 * ms)).toBeLessThan(2 * ms)
    expect(offsets[0]?.suggestedNs).toBe(0)
  })

  test('clocks that agree are left alone', async () => {
    const { offsets } = estimateClocks(await storeOf(calls([0, 0])))
    expect(offsets.map(({ suggestedNs }) => suggestedNs)).toEqual([0, 0])
  })

  test('a server that outlives its client bounds one side only', async () => {
    const [clients, servers] = calls([0])
    const outliving = servers!.spans!.map(span => ({ ...span, end: span.end! + 900 * ms }))
    const { offsets } = estimateClocks(await storeOf([clients!, { ...servers!, spans: outliving }]))
    expect(offsets[1]).toMatchObject({ lowNs: Number.NEGATIVE_INFINITY, suggestedNs: 0, contradictions: 0 })
  })

  test('calls that no one offset explains are counted, and the majority decides', async () => {
    const { offsets } = estimateClocks(await storeOf(calls([50, 50, 50, -300])))
    expect(offsets[1]).toMatchObject({ pairs: 4, contradictions: 1 })
    expect(Math.abs(offsets[1]!.suggestedNs - 50 * ms)).toBeLessThan(2 * ms)
  })

  test('bounds go through the graph of calls; the clock that most agree with is the reference', async () => {
    const first = call('1', 0, 400)
    const second = call('2', 402, -400)
    const store = await storeOf([
      { resource: { 'service.name': 'gateway' }, spans: [first.client] },
      {
        resource: { 'service.name': 'orders' },
        spans: [first.server, { ...second.client, parent: first.server.id }],
      },
      { resource: { 'service.name': 'stock' }, spans: [second.server] },
    ])
    const { offsets, between } = estimateClocks(store)
    const [gateway, orders, stock] = offsets
    expect(gateway!.reference).toBe(stock!.reference)
    expect([gateway!.suggestedNs, stock!.suggestedNs]).toEqual([0, 0])
    expect(Math.abs(orders!.suggestedNs - 400 * ms)).toBeLessThan(4 * ms)
    expect(between(0, 2)).toMatchObject({
      lowNs: expect.closeTo(-6 * ms, -3),
      highNs: expect.closeTo(4 * ms, -3),
    })
  })
})

test('before and after have three values, by the bounds of the two clocks', async () => {
  const store = await storeOf(calls([50, 50]))
  const clock = makeClock(store, readModel(store), defaultThresholds)
  // Written 60 ms later by a clock that is 47 to 52 ms ahead: later. 30 ms later: earlier. 50 ms: who knows.
  expect(clock.before(0, 0, 60 * ms, 1)).toBe('certain')
  expect(clock.before(0, 0, 30 * ms, 1)).toBe('none')
  expect(clock.before(0, 0, 50 * ms, 1)).toBe('possible')
  expect(clock.before(30 * ms, 1, 0, 0)).toBe('certain')
})

describe('three services recorded with one clock 400 ms ahead', () => {
  const sources = ['gateway', 'orders', 'stock'].map(name =>
    sourceOf(name, readFileSync(`fixtures/merged/${name}.otlp.jsonl`)),
  )

  test('the clock is found, and raw times are not touched', async () => {
    const { store, report } = await openTrace(sources)
    const orders = store.processes.find(process => process.service === 'orders')!
    expect(store.processes.map(({ offsetNs }) => offsetNs)).toEqual([0, 0, 0])
    expect(Math.abs(estimateClocks(store).offsets[orders.index]!.suggestedNs - 400 * ms)).toBeLessThan(5 * ms)
    const skew = report.issues.find(({ code }) => code === 'clock-skew')
    expect(skew).toMatchObject({ count: 1, example: expect.stringContaining('"orders"') })
  })

  test('with suggested clocks every callee starts after its caller, and notes keep their spans', async () => {
    const raw = await openTrace(sources)
    const { store, report } = await openTrace(sources, { clocks: 'suggested' })
    expect(store.fingerprint).toBe(raw.store.fingerprint)
    expect(report.issues.some(({ code }) => code === 'clock-skew')).toBe(false)
    const { count, parent, startNs } = store.spans
    for (let row = 0; row < count; row++) {
      if (parent[row]! >= 0) expect(startNs[row]! - startNs[parent[row]!]!).toBeGreaterThan(-3 * ms)
    }
    expect(store.durationNs).toBeLessThan(raw.store.durationNs)
  })
})
