import { readFileSync } from 'node:fs'
import { type Meter, ValueType } from '@opentelemetry/api'
import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { expect, test } from 'vitest'
import { gaugeAt, gaugeLabel, gaugeLimit, gaugeText, hasLane } from '../../../src/core/convention/gauges.ts'
import { convert } from '../../../src/core/convert/convert.ts'
import { openSession, openTrace } from '../../../src/core/session.ts'
import { lines, otlp, sourceOf, testEpoch } from '../../support/otlp.ts'

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

/** Metrics as OpenTelemetry's own SDK collects and serialises them. */
async function serialised(record: (meter: Meter) => void): Promise<Uint8Array> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const resource = resourceFromAttributes({ 'service.name': 'orders' })
  const provider = new MeterProvider({ resource, readers: [reader] })
  record(provider.getMeter('pool'))
  await provider.forceFlush()
  const [collected] = exporter.getMetrics()
  const bytes = ProtobufMetricsSerializer.serializeRequest(collected!)!
  await provider.shutdown()
  return bytes
}

/** A minute of the same service, now. */
function spansAround(): ReturnType<typeof sourceOf> {
  const start = Number(BigInt(Date.now() - 30_000) * 1_000_000n - testEpoch)
  const spans = [{ id: 'a', start, end: start + 60e9 }]
  return sourceOf('spans', lines(otlp({ resource: { 'service.name': 'orders' }, spans })))
}

test("protobuf of OpenTelemetry's own serialiser: whole and negative numbers, old and new kinds", async () => {
  const bytes = await serialised(meter => {
    const used = meter.createUpDownCounter('db.client.connection.count', {
      unit: '{connection}',
      valueType: ValueType.INT,
    })
    const pool = { 'db.client.connection.pool.name': 'orders-pool' }
    used.add(3, { ...pool, 'db.client.connection.state': 'used' })
    used.add(0, { ...pool, 'db.client.connection.state': 'idle' })
    meter.createUpDownCounter('http.server.active_requests', { valueType: ValueType.INT }).add(-1)
    meter
      .createObservableGauge('nodejs.eventloop.utilization', { unit: '1' })
      .addCallback(result => result.observe(0.625))
    meter.createHistogram('http.server.request.duration', { unit: 's' }).record(0.2)
    meter.createCounter('requests').add(7)
  })
  const { store, report } = await openTrace([spansAround(), sourceOf('metrics.pb', bytes)])
  expect(report.inputs.map(({ format }) => format)).toEqual(['otlp-json', 'otlp-protobuf'])
  expect(store.processes).toHaveLength(1)
  expect(store.gauges.map(gauge => [gaugeLabel(gauge), gauge.unit, ...gauge.value])).toEqual([
    ['connections used · orders-pool', '{connection}', 3],
    ['connections idle · orders-pool', '{connection}', 0],
    ['requests under way', '', -1],
    ['event loop utilization', '1', 0.625],
  ])
  expect(report.issues.find(({ code }) => code === 'metrics-skipped')?.count).toBe(2)
})

test('a metric whose name is as long as a trace id is none', async () => {
  const bytes = await serialised(meter =>
    meter.createObservableGauge('jvm.thread.count').addCallback(result => result.observe(42)),
  )
  const { store, report } = await openTrace([spansAround(), sourceOf('metrics.pb', bytes)])
  expect(store.gauges.map(({ name, value }) => [name, ...value])).toEqual([['jvm.thread.count', 42]])
  expect(report.issues).toEqual([])
  expect(store.spans.count).toBe(1)
})
