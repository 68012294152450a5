/** Datadog's agent payload v0.4 and test snapshots: lists of traces, lists of spans, ids as 64-bit decimals, times in ns. */
import { type Foreign, isObject, numberOf, pick, textOf } from './foreign.ts'
import type { Head, ImportContext, Importer } from './importer.ts'
import { addNs, type Instant, parseInstant } from './instant.ts'
import { jsonValues } from './json-values.ts'
import { Kind, kindNamed, never, RowWriter, Status } from './row-writer.ts'

export const datadog: Importer = {
  id: 'datadog-json',
  label: 'Datadog JSON',
  sniff({ json }: Head): number {
    if (!json) return 0
    return ['[][].', '[].', '', 'traces[][].'].some(
      at =>
        json.has(`${at}trace_id`) &&
        json.has(`${at}span_id`) &&
        json.has(`${at}start`) &&
        json.has(`${at}duration`),
    )
      ? 0.95
      : 0
  },
  async read(bytes: AsyncIterable<Uint8Array>, context: ImportContext): Promise<void> {
    const writer = new RowWriter(context)
    for await (const { value, line } of jsonValues(bytes, context)) {
      writer.at(line)
      const wrapped = isObject(value) && Array.isArray(value.traces) ? value.traces.flat() : [value]
      for (const span of wrapped) {
        if (isObject(span) && span.span_id !== undefined) readSpan(span, writer, context)
        else context.builder.issues.add('unknown-value', writer.place)
      }
    }
  },
}

function readSpan(span: Foreign, writer: RowWriter, context: ImportContext): void {
  const meta: Foreign = isObject(span.meta) ? span.meta : {}
  const metrics: Foreign = isObject(span.metrics) ? span.metrics : {}
  const start: Instant = { ...never }
  const end: Instant = { ...never }
  if (!parseInstant(span.start, start)) context.builder.issues.add('bad-time', writer.place)
  const duration = numberOf(span.duration)
  if (duration >= 0) {
    Object.assign(end, start)
    addNs(end, duration)
  }
  const failed = numberOf(span.error) > 0
  const resource = textOf(span.resource)
  const pid = pick(metrics, 'process_id', 'system.pid')
  const high = textOf(pick(meta, '_dd.p.tid'))
  writer.span({
    trace: (high === '' ? '' : high) + hex(span.trace_id),
    id: hex(span.span_id),
    parent: numberOf(span.parent_id) > 0 || textOf(span.parent_id).length > 1 ? hex(span.parent_id) : '',
    name: resource !== '' ? resource : textOf(span.name),
    kind: kindNamed(pick(meta, 'span.kind')) || (span.type === 'web' ? Kind.server : Kind.unspecified),
    status: failed ? Status.error : Status.unset,
    statusMessage: textOf(pick(meta, 'error.message', 'error.msg')),
    start,
    end,
    process: writer.process(textOf(span.service), [
      ['process.pid', pid],
      ['telemetry.sdk.language', pick(meta, 'language')],
    ]),
    scope: textOf(pick(meta, 'component')),
    attributes: [
      ['dd.name', textOf(span.name)],
      ['dd.type', textOf(span.type)],
      ...Object.entries(meta),
      ...Object.entries(metrics),
    ],
  })
}

/** 16 hex digits of a 64-bit decimal, written as a number or as text. */
function hex(value: unknown): string {
  const text = textOf(value)
  return /^\d{1,20}$/.test(text) ? BigInt.asUintN(64, BigInt(text)).toString(16).padStart(16, '0') : text
}
