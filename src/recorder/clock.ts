import type { HrTime } from '@opentelemetry/api'

/**
 * One clock for every record of a process: the monotonic clock, anchored once to Unix time at process start.
 * OpenTelemetry floors times it takes itself to whole milliseconds, so every record passes an explicit HrTime made here.
 *
 *   unix ns = anchor + monotonic ns        (a later step of the wall clock can't reorder records)
 */
const anchorMicros = Math.round(performance.timeOrigin * 1000)
const anchorSeconds = Math.floor(anchorMicros / 1e6)
const anchorNanos = (anchorMicros - anchorSeconds * 1e6) * 1000

/** Nanoseconds since process start. Exact for 104 days. */
export function nowNs(): number {
  return Math.round(performance.now() * 1e6)
}

/** `[seconds, nanoseconds]` of the Unix epoch, as the OpenTelemetry API takes it. */
export function hrTimeOf(ns: number): HrTime {
  // Instants that were calculated (a delay of 0.1 ms) may have a fraction; the records have none.
  const nanos = anchorNanos + Math.round(ns)
  const seconds = Math.floor(nanos / 1e9)
  return [anchorSeconds + seconds, nanos - seconds * 1e9]
}

/** Unix nanoseconds as a decimal string: a double can't hold them. */
export function unixNanoOf(ns: number): string {
  const [seconds, nanos] = hrTimeOf(ns)
  return `${seconds}${String(nanos).padStart(9, '0')}`
}

/** Resource attributes that let a reader check the anchor: Unix time at monotonic zero, and the resolution in seconds. */
export const clockAnchor = {
  source: 'performance.now anchored at performance.timeOrigin',
  unixNano: unixNanoOf(0),
  monotonicNano: '0',
  resolutionS: 1e-9,
} as const

/** The clock of `inspector` profiles and `process.hrtime`, as nanoseconds since process start. */
export function nsOfHrtimeMicros(micros: number): number {
  const offsetNs = nowNs() - Number(process.hrtime.bigint())
  return micros * 1000 + offsetNs
}
