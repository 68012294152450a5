import type { Span } from '@opentelemetry/api'
import { type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace'
import { expect, test } from 'vitest'
import { stampSpan } from '../../src/recorder/stamp.ts'

const tracer = new TracerProvider({
  spanProcessors: [
    {
      onStart: stampSpan,
      onEnd: () => {},
      forceFlush: async () => {},
      shutdown: async () => {},
    },
  ],
}).getTracer('app')

const timesOf = (span: Span): ReadableSpan => span as Span & ReadableSpan

test('a start that the SDK took itself is not rounded, however late the processor is', () => {
  const fractions = Array.from({ length: 20 }, () => {
    const span = timesOf(tracer.startSpan('work'))
    return span.startTime[1] % 1e6
  })
  expect(fractions.filter(nanos => nanos === 0)).toEqual([])
})

test('its end is counted from it', () => {
  const before = performance.timeOrigin + performance.now()
  const span = tracer.startSpan('work')
  span.end()
  const { startTime, endTime } = timesOf(span)
  const after = performance.timeOrigin + performance.now()
  const [startMs, endMs] = [startTime, endTime].map(([seconds, nanos]) => seconds * 1e3 + nanos / 1e6)
  expect(startMs).toBeGreaterThanOrEqual(before - 0.01)
  expect(endMs).toBeGreaterThanOrEqual(startMs!)
  expect(endMs).toBeLessThanOrEqual(after + 0.01)
})

test('a start that was given stays as it was given', () => {
  const given = new Date()
  const { startTime } = timesOf(tracer.startSpan('work', { startTime: given }))
  expect(startTime[0] * 1e3 + startTime[1] / 1e6).toBeCloseTo(given.getTime(), 3)
})
