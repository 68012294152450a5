/**
 * What Elastic APM's agents send to `/intake/v2/events`, one object a line: `metadata` says whose the lines after it are; a
 * `transaction` is a span that came from outside, a `span` one within, an `error` what was thrown. Times are microseconds,
 * durations milliseconds. Documents as Elasticsearch keeps them are rows of a table, see `span-table.ts`.
 * https://www.elastic.co/docs/solutions/observability/apm/elastic-apm-events-intake-api
 */

import { Kind, Status } from '../../store/store.ts'
import type { Head, ImportContext, Importer } from '../importer.ts'
import { addNs, type Instant, setInstant } from '../instant.ts'
import { jsonValues } from '../json/json-values.ts'
import { never, RowWriter } from '../row-writer.ts'
import { type Foreign, isObject, listOf, memberOf, numberOf, pick, present, textOf } from './foreign.ts'

const errorSeverity = 17

export const elasticApm: Importer = {
  id: 'elastic-apm',
  label: 'Elastic APM events',
  sniff({ json }: Head): number {
    if (!json) return 0
    if (json.has('metadata.service.agent')) return 0.95
    return ['span.transaction_id', 'transaction.span_count', 'error.transaction_id'].some(path =>
      json.has(path),
    )
      ? 0.9
      : 0
  },
  async read(bytes: AsyncIterable<Uint8Array>, context: ImportContext): Promise<void> {
    const writer = new RowWriter(context)
    const starts = new Map<string, Instant>()
    let process: number | null = null
    for await (const { value, line } of jsonValues(bytes, context)) {
      writer.at(line)
      const event: Foreign = isObject(value) ? value : {}
      const span = pick(event, 'span', 'transaction')
      if (isObject(event.metadata)) process = readMetadata(event.metadata, writer)
      else if (isObject(span)) {
        process ??= writer.process('')
        readSpan(span, isObject(event.transaction), process, starts, writer)
      } else if (isObject(event.error)) {
        process ??= writer.process('')
        readError(event.error, process, writer)
      } else if (isObject(event.metricset)) context.builder.issues.add('metrics-skipped', writer.place)
      else context.builder.issues.add('unknown-value', writer.place)
    }
  },
}

function readMetadata(metadata: Foreign, writer: RowWriter): number {
  const service = memberOf(metadata, 'service')
  const system = memberOf(metadata, 'system')
  return writer.process(textOf(service.name), [
    ['service.version', service.version],
    ['deployment.environment.name', service.environment],
    ['service.instance.id', memberOf(service, 'node').configured_name],
    ['telemetry.sdk.language', memberOf(service, 'language').name],
    ['telemetry.sdk.version', memberOf(service, 'agent').version],
    ['process.runtime.name', memberOf(service, 'runtime').name],
    ['process.pid', memberOf(metadata, 'process').pid],
    ['host.name', pick(system, 'configured_hostname', 'detected_hostname', 'hostname')],
    ['container.id', memberOf(system, 'container').id],
  ])
}

function readSpan(
  span: Foreign,
  isTransaction: boolean,
  process: number,
  starts: Map<string, Instant>,
  writer: RowWriter,
): void {
  const id = textOf(span.id)
  const start: Instant = { ...never }
  // Old agents say where in its transaction a span began, not when.
  if (!setInstant(start, numberOf(span.timestamp), 1e6)) {
    Object.assign(start, starts.get(textOf(span.transaction_id)) ?? never)
    if (start.sec > 0) addNs(start, Math.round((numberOf(span.start) || 0) * 1e6))
  }
  if (isTransaction) starts.set(id, start)
  const end: Instant = { ...start }
  addNs(end, Math.max(0, Math.round((numberOf(span.duration) || 0) * 1e6)))
  const around = memberOf(span, 'context')
  const http = memberOf(around, 'http')
  const request = memberOf(around, 'request')
  const db = memberOf(around, 'db')
  const [frame] = listOf(span.stacktrace)
  const site: Foreign = isObject(frame) ? frame : {}
  const row = writer.span({
    trace: textOf(span.trace_id),
    id,
    parent: textOf(span.parent_id) || (isTransaction ? '' : textOf(span.transaction_id)),
    name: textOf(span.name),
    kind: isTransaction ? kindOfTransaction(span) : kindOfSpan(span),
    status: span.outcome === 'failure' ? Status.error : Status.unset,
    start,
    end,
    process,
    scope: 'elastic-apm',
    attributes: present([
      ['elastic.type', span.type],
      ['elastic.subtype', span.subtype],
      ['elastic.action', span.action],
      ['elastic.result', span.result],
      ['db.system.name', span.type === 'db' ? span.subtype : undefined],
      ['db.query.text', db.statement],
      ['db.namespace', db.instance],
      ['http.request.method', pick(http, 'method') ?? request.method],
      ['url.full', pick(http, 'url') ?? memberOf(request, 'url').full],
      ['http.response.status_code', pick(http, 'status_code') ?? memberOf(around, 'response').status_code],
      ['server.address', memberOf(around, 'destination').address],
      ['server.port', memberOf(around, 'destination').port],
      ['code.function.name', site.function],
      ['code.file.path', pick(site, 'abs_path', 'filename')],
      ['code.line.number', site.lineno],
      ...Object.entries(memberOf(around, 'tags')),
      ...Object.entries(memberOf(memberOf(span, 'otel'), 'attributes')),
    ]),
  })
  for (const link of listOf(span.links))
    if (isObject(link)) writer.link(row, textOf(link.trace_id), textOf(link.span_id))
}

const kindOfTransaction = (span: Foreign): number =>
  span.type === 'messaging' ? Kind.consumer : span.type === 'request' ? Kind.server : Kind.internal

function kindOfSpan(span: Foreign): number {
  if (span.type === 'messaging') return Kind.producer
  return span.type === 'db' || span.type === 'external' || span.type === 'storage'
    ? Kind.client
    : Kind.internal
}

function readError(error: Foreign, process: number, writer: RowWriter): void {
  const at: Instant = { ...never }
  setInstant(at, numberOf(error.timestamp), 1e6)
  const exception = memberOf(error, 'exception')
  const text = textOf(exception.message) || textOf(memberOf(error, 'log').message)
  writer.log({
    at,
    name: 'exception',
    body: text,
    severity: errorSeverity,
    process,
    trace: textOf(error.trace_id),
    id: textOf(error.parent_id) || textOf(error.transaction_id),
    attributes: present([
      ['exception.type', exception.type],
      ['exception.message', exception.message],
      ['code.function.name', error.culprit],
    ]),
  })
}
