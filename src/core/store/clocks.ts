/**
 * Processes as the store shows them: label, life time, losses, and how far their clock can be trusted.
 *
 * OpenTelemetry's JavaScript SDK floors span starts to whole milliseconds; the recorder of this project does not. Both
 * may speak for one process, so rounding is a property of each span (`SpanFlag.coarse`), and the process's uncertainty is
 * that of its best source.
 */
import { Event, Key, Otel, SCOPE_NAME } from '../convention/keys.ts'
import { plainValueOf, type ReadValue } from '../import/otlp/otlp-value.ts'
import type { ProcessAttributes, StoreBuilder } from './builder.ts'
import type { BuilderIndex } from './duplicates.ts'
import { AttributeType, type Process, SpanFlag } from './store.ts'
import type { TimeAxis } from './time-axis.ts'

/** Spans it takes to believe that starts are rounded, when the SDK's language does not say so. */
const enoughSpans = 4

export function describeProcesses(
  builder: StoreBuilder,
  axis: TimeAxis,
  clocks: Float64Array,
  dropped: Uint8Array,
): Process[] {
  const lost = countLosses(builder, dropped)
  const instances = new Map<string, number>()
  for (const attributes of builder.processes) {
    const service = serviceOf(attributes)
    instances.set(service, (instances.get(service) ?? 0) + 1)
  }
  return builder.processes.map((attributes, index) => {
    const service = serviceOf(attributes)
    const instance = text(attributes.get(Otel.serviceInstanceId)) || text(attributes.get(Otel.processPid))
    const several = instances.get(service)! > 1
    const first = axis.firstNs[index]!
    const last = axis.lastNs[index]!
    return {
      index,
      service,
      instance,
      label:
        several && instance !== ''
          ? `${service} (${shorten(instance)})`
          : several
            ? `${service} (${index + 1})`
            : service,
      uncertaintyNs: clocks[index]!,
      offsetNs: axis.offsetsNs[index] ?? 0,
      firstNs: Number.isFinite(first) ? first : 0,
      lastNs: Number.isFinite(last) ? last : axis.durationNs,
      lost: lost[index]!,
      attributes: Object.fromEntries(Array.from(attributes, ([key, value]) => [key, plainValueOf(value)])),
      structured: [...attributes].flatMap(([key, value]) =>
        typeof value === 'object' && 'json' in value ? [key] : [],
      ),
    }
  })
}

/**
 * Sets `SpanFlag.coarse` on the builder's spans and returns each process's uncertainty in ns: 0 where the recorder gave
 * explicit times, 1e6 where starts are whole milliseconds, 1e3 where they are whole microseconds.
 */
export function measureClocks(builder: StoreBuilder, index: BuilderIndex): Float64Array {
  const { spans, processes } = builder
  const ours = builder.text.find(SCOPE_NAME)
  const starts = processes.map(() => ({ total: 0, wholeMs: 0, wholeUs: 0, recorded: false }))
  for (let row = 0; row < spans.count; row++) {
    if (spans.flags.data[row]! & SpanFlag.ghost || index.keeperOf(row) !== row) continue
    const seen = starts[spans.process.data[row]!]!
    if (spans.scope.data[row] === ours) {
      seen.recorded = true
      continue
    }
    const nano = spans.startNano.data[row]!
    seen.total++
    if (nano % 1e6 === 0) seen.wholeMs++
    if (nano % 1e3 === 0) seen.wholeUs++
  }
  const coarse = starts.map((seen, process) => {
    const language = processes[process]!.get(Otel.sdkLanguage)
    const floors = language === 'nodejs' || language === 'webjs'
    return seen.wholeMs === seen.total && seen.total >= (floors ? 1 : enoughSpans)
  })
  for (let row = 0; row < spans.count; row++) {
    const flags = spans.flags.data[row]!
    if (flags & SpanFlag.ghost || spans.scope.data[row] === ours || !coarse[spans.process.data[row]!])
      continue
    spans.flags.data[row] = flags | SpanFlag.coarse
  }
  return Float64Array.from(starts, (seen, process) => {
    const recorder = processes[process]!.has(Key.recorderVersion) || processes[process]!.has(Key.clockSource)
    if (seen.recorded || recorder) return 0
    if (coarse[process]) {
      builder.issues.add(
        'coarse-clock',
        () => `process "${serviceOf(processes[process]!)}": all ${seen.total} starts are whole ms`,
      )
      return 1e6
    }
    return seen.total >= enoughSpans && seen.wholeUs === seen.total ? 1e3 : 0
  })
}

/** Sum of the recorder's loss counters; -1 for processes that have none. */
function countLosses(builder: StoreBuilder, dropped: Uint8Array): Float64Array {
  const lost = new Float64Array(builder.processes.length).fill(-1)
  const lossName = builder.text.find(Event.loss)
  const countKey = builder.text.find(Key.lossCount)
  if (lossName < 0) return lost
  const strings = builder.text.strings
  for (let at = 0; at < builder.records.count; at++) {
    if (builder.records.name.data[at] !== lossName || dropped[at]) continue
    const process = builder.records.process.data[at]!
    let count = 0
    for (let i = builder.records.attrStart.data[at]!; i < builder.records.attrEnd.data[at]!; i++) {
      if (builder.attributes.key.data[i] !== countKey) continue
      const value = builder.attributes.value.data[i]!
      const number = builder.attributes.type.data[i] === AttributeType.int ? value : Number(strings[value])
      if (number > 0) count += number
    }
    lost[process] = Math.max(0, lost[process]!) + count
    builder.issues.add(
      'recorder-loss',
      () => `process "${serviceOf(builder.processes[process]!)}" lost ${count}`,
      count,
    )
  }
  return lost
}

const serviceOf = (attributes: ProcessAttributes): string =>
  text(attributes.get(Otel.serviceName)) || 'unknown'

const text = (value: ReadValue | undefined): string =>
  value === undefined ? '' : String(plainValueOf(value))

/** Instance ids are often UUIDs; eight characters tell them apart on a lane. */
const shorten = (instance: string): string => (instance.length > 12 ? instance.slice(0, 8) : instance)
