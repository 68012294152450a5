/**
 * What happens to traces on their way: clocks that differ, spans that are lost, recorders that know less. Works on the
 * lines of a recording, with a seed, so that a figure can be had again.
 */
import { Key } from '../src/core/convention/keys.ts'

export const degradations = ['skew', 'dropped spans', 'no slices', 'whole seconds in logs'] as const
export type Degradation = (typeof degradations)[number]

interface Attributed {
  attributes?: { key: string }[]
}
interface Span extends Attributed {
  startTimeUnixNano: string
  endTimeUnixNano: string
}
interface LogRecord extends Attributed {
  timeUnixNano: string
  observedTimeUnixNano?: string
}
interface Line {
  resourceSpans?: { scopeSpans: { spans: Span[] }[] }[]
  resourceLogs?: { scopeLogs: { logRecords: LogRecord[] }[] }[]
}

const skewNs = 50_000_000
const droppedShare = 0.1
const sliceKeys: ReadonlySet<string> = new Set([Key.runOffsets, Key.runDurations, Key.runDropped])
/** Instants told in attributes: they come from the same clock. */
const instantKeys: ReadonlySet<string> = new Set([
  Key.awaitReady,
  Key.timerExpected,
  Key.spanStart,
  Key.lossFrom,
  Key.lossTo,
])

/** `text` is OTLP/JSON, one export per line, of one process. */
export function degrade(text: string, how: Degradation, seed: number): string {
  const random = randomOf(seed)
  const offsetNs = BigInt(Math.round((random() * 2 - 1) * skewNs))
  const lines = text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Line)
  for (const line of lines) {
    for (const scope of (line.resourceSpans ?? []).flatMap(entry => entry.scopeSpans)) {
      if (how === 'dropped spans') scope.spans = scope.spans.filter(() => random() >= droppedShare)
      for (const span of scope.spans) {
        if (how === 'no slices') withoutSlices(span)
        if (how !== 'skew') continue
        span.startTimeUnixNano = shifted(span.startTimeUnixNano, offsetNs)
        span.endTimeUnixNano = shifted(span.endTimeUnixNano, offsetNs)
        shiftInstants(span, offsetNs)
      }
    }
    for (const scope of (line.resourceLogs ?? []).flatMap(entry => entry.scopeLogs)) {
      for (const record of scope.logRecords) {
        if (how === 'no slices') withoutSlices(record)
        if (how === 'whole seconds in logs') {
          record.timeUnixNano = `${record.timeUnixNano.slice(0, -9)}000000000`
          delete record.observedTimeUnixNano
        }
        if (how !== 'skew') continue
        record.timeUnixNano = shifted(record.timeUnixNano, offsetNs)
        if (record.observedTimeUnixNano)
          record.observedTimeUnixNano = shifted(record.observedTimeUnixNano, offsetNs)
        shiftInstants(record, offsetNs)
      }
    }
  }
  return lines.map(line => JSON.stringify(line)).join('\n')
}

function withoutSlices(entry: Attributed): void {
  if (entry.attributes) entry.attributes = entry.attributes.filter(({ key }) => !sliceKeys.has(key))
}

function shiftInstants(entry: Attributed, offsetNs: bigint): void {
  for (const attribute of (entry.attributes ?? []) as { key: string; value: { stringValue?: string } }[]) {
    const { stringValue } = attribute.value
    if (stringValue !== undefined && instantKeys.has(attribute.key))
      attribute.value.stringValue = shifted(stringValue, offsetNs)
  }
}

const shifted = (unixNano: string, byNs: bigint): string => String(BigInt(unixNano) + byNs)

/** mulberry32: small, seeded, good enough to drop spans. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
