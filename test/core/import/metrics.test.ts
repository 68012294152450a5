import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { gaugeAt, gaugeLabel, gaugeLimit, gaugeText, hasLane } from '../../../src/core/convention/gauges.ts'
import { convert } from '../../../src/core/convert/convert.ts'
import { openSession, openTrace } from '../../../src/core/session.ts'
import { sourceOf } from '../../support/otlp.ts'

const gateway = sourceOf('gateway', readFileSync('fixtures/merged/gateway.otlp.jsonl'))
const stock = sourceOf('stock', readFileSync('fixtures/merged/stock.otlp.jsonl'))

test('event loop and pool metrics become series, the others are counted', async () => {
  const { store, report } = await openTrace([stock])
  const delay = store.gauges.find(({ name }) => name === 'nodejs.eventloop.delay.max')!
  // One request blocked the loop of stock for 180 ms.
  const peak = Math.max(...delay.value)
  expect(peak).toBeGreaterThan(0.15)
  expect(gaugeText(delay, 0.18)).toBe('180 ms')
  expect(gaugeAt(delay, delay.atNs[2]! + 1)).toBe(delay.value[2])
  expect(gaugeAt(delay, delay.atNs[0]! - 1)).toBeNaN()
  const used = store.gauges.filter(hasLane).find(({ name }) => name === 'db.client.connection.count')!
  expect(gaugeLabel(used)).toBe('connections used · stock-pool')
  expect(gaugeLimit(store.gauges, used)).toBe(4)
  expect(report.issues.some(({ code, count }) => code === 'metrics-skipped' && count > 0)).toBe(true)
})

test('each series has a lane, and its highest value is told', async () => {
  const { session } = await openSession([gateway])
  const lanes = session.lanes.filter(({ kind }) => kind === 'gauge')
  expect(lanes.map(({ label }) => label)).toEqual([
    'gateway connections used · gateway-pool',
    'gateway event loop delay, max',
    'gateway event loop utilization',
  ])
})

test('series survive a conversion', async () => {
  const { store } = await openTrace([gateway])
  for (const format of ['otlp', 'bundle'] as const) {
    const bytes = Buffer.concat(Array.from(convert(store, null, format), part => Buffer.from(part)))
    const again = await openTrace([sourceOf('x', bytes)])
    expect(again.store.gauges).toEqual(store.gauges)
  }
})

test('a file of metrics alone is named for what it is', async () => {
  const lines = readFileSync('fixtures/merged/gateway.otlp.jsonl', 'utf8').split('\n')
  const only = lines.filter(line => line.includes('resourceMetrics')).join('\n')
  await expect(openTrace([sourceOf('x', only)])).rejects.toThrow(/\d+ metrics but 0 spans/)
})
