/**
 * Jaeger JSON: what its UI downloads and its API answers (`{"data":[trace…]}`, `{"data":trace}` or one bare trace), the
 * spans it keeps in Elasticsearch, and what its gRPC API gives in JSON.
 * Times are microseconds. https://github.com/jaegertracing/jaeger internal/uimodel/model.go
 */

import { Status } from '../../store/store.ts'
import type { Head, ImportContext, Importer } from '../importer.ts'
import { addNs, type Instant, setInstant } from '../instant.ts'
import { jsonValues } from '../json/json-values.ts'
import { kindNamed, never, RowWriter } from '../row-writer.ts'
import { type Foreign, isObject, listOf, numberOf, pick, textOf } from './foreign.ts'
import { fromProto, isProto } from './jaeger-proto.ts'

export const jaeger: Importer = {
  id: 'jaeger-json',
  label: 'Jaeger JSON',
  sniff({ json }: Head): number {
    if (!json) return 0
    for (const at of ['data[].', 'data.', '', '[].']) {
      if (json.has(`${at}traceID`) && json.has(`${at}spans`)) return 0.95
      if (json.has(`${at}spans[].operationName`) || json.has(`${at}spans[].traceID`)) return 0.9
    }
    for (const at of ['', '[].', 'spans[].', 'result.spans[].'])
      if (json.has(`${at}operation_name`) && json.has(`${at}span_id`)) return 0.9
    for (const at of ['', '[].', '_source.', '[]._source.', 'hits.hits[]._source.'])
      if (json.has(`${at}spanID`) && json.has(`${at}operationName`)) return 0.9
    return 0
  },
  async read(bytes: AsyncIterable<Uint8Array>, context: ImportContext): Promise<void> {
    const writer = new RowWriter(context)
    const waiting: Waiting = new Map()
    const told: Told = new Set()
    for await (const { value, line } of jsonValues(bytes, context)) {
      writer.at(line)
      const data = isObject(value) ? (pick(value, 'data', 'result') ?? stored(value) ?? value) : undefined
      const traces = Array.isArray(data) ? data : [data]
      let read = 0
      for (const trace of traces) {
        if (!isObject(trace)) continue
        if (Array.isArray(trace.spans)) readTrace(trace, writer, context, waiting, told)
        else if (isProto(trace)) readSpan(fromProto(trace), '', new Map(), writer, context, waiting)
        else if (isSpan(trace)) readSpan(trace, '', new Map(), writer, context, waiting)
        else continue
        read++
        await context.breathe()
      }
      if (read === 0) context.builder.issues.add('unknown-value', writer.place)
    }
    if (waiting.size > 0) {
      const unknown = writer.process('')
      settle(waiting, new Map(Array.from(waiting.keys(), id => [id, unknown])), context)
    }
  },
}

const isSpan = (value: Foreign): boolean => value.spanID !== undefined && value.operationName !== undefined

/** What Jaeger keeps in Elasticsearch: single spans, each with its process; as hits of a search, or one document a line. */
function stored(value: Foreign): unknown {
  if (isObject(value.hits)) return listOf(value.hits.hits).map(hit => (isObject(hit) ? hit._source : hit))
  return value._source
}

/** Spans whose process is described behind them, in a later piece of a large file: builder rows by process id. */
type Waiting = Map<string, number[]>

/** Warnings of traces that were told: every piece of a large file has them again. */
type Told = Set<string>

function readTrace(
  trace: Foreign,
  writer: RowWriter,
  context: ImportContext,
  waiting: Waiting,
  told: Told,
): void {
  const processes = new Map<string, number>()
  const table = pick(trace, 'processes')
  if (isObject(table))
    for (const [id, process] of Object.entries(table)) processes.set(id, readProcess(process, writer))
  const ofTrace = textOf(pick(trace, 'traceID'))
  for (const warning of listOf(pick(trace, 'warnings'))) {
    const key = `${ofTrace} ${textOf(warning)}`
    if (!told.has(key)) warn(warning, writer, context)
    told.add(key)
  }
  for (const span of listOf(trace.spans)) {
    if (isObject(span))
      readSpan(isProto(span) ? fromProto(span) : span, ofTrace, processes, writer, context, waiting)
    else context.builder.issues.add('bad-span', writer.place)
  }
  settle(waiting, processes, context)
}

function readProcess(process: unknown, writer: RowWriter): number {
  if (!isObject(process)) return writer.process('')
  return writer.process(textOf(pick(process, 'serviceName')), tags(process.tags))
}

function* tags(list: unknown): Generator<[string, unknown]> {
  for (const tag of listOf(list)) {
    if (!isObject(tag)) continue
    const value = tag.value
    const type = tag.type
    const typed =
      (type === 'int64' || type === 'float64') && typeof value === 'string' ? numberOf(value) : value
    yield [textOf(tag.key), typed]
  }
}

function readSpan(
  span: Foreign,
  ofTrace: string,
  processes: ReadonlyMap<string, number>,
  writer: RowWriter,
  context: ImportContext,
  waiting: Waiting,
): void {
  const trace = textOf(pick(span, 'traceID')) || ofTrace
  const references = listOf(pick(span, 'references')).filter(isObject)
  const parentReference = references.find(
    one => one.refType === 'CHILD_OF' && (textOf(one.traceID) === trace || one.traceID === undefined),
  )
  const followed =
    parentReference ?? references.find(one => one.refType === 'FOLLOWS_FROM' && textOf(one.traceID) === trace)
  const attributes = new Map(tags(span.tags))
  const start: Instant = { ...never }
  const end: Instant = { ...never }
  if (!setInstant(start, numberOf(span.startTime), 1e6)) {
    context.builder.issues.add('bad-time', writer.place)
  }
  Object.assign(end, start)
  addNs(end, Math.max(0, Math.round((numberOf(span.duration) || 0) * 1e3)))
  const status = textOf(attributes.get('otel.status_code')).toUpperCase()
  const failed = status === 'ERROR' || attributes.get('error') === true || attributes.get('error') === 'true'
  const processId = textOf(pick(span, 'processID'))
  const row = writer.span({
    trace,
    id: textOf(pick(span, 'spanID')),
    parent: textOf(pick(followed ?? {}, 'spanID')) || textOf(pick(span, 'parentSpanID')),
    name: textOf(pick(span, 'operationName')),
    kind: kindNamed(attributes.get('span.kind')),
    status: failed ? Status.error : status === 'OK' ? Status.ok : Status.unset,
    statusMessage: textOf(attributes.get('otel.status_description')),
    start,
    end,
    process: processes.get(processId) ?? (isObject(span.process) ? readProcess(span.process, writer) : 0),
    scope: textOf(attributes.get('otel.scope.name') ?? attributes.get('otel.library.name')),
    attributes,
  })
  if (!processes.has(processId) && !isObject(span.process)) {
    const rows = waiting.get(processId)
    if (rows) rows.push(row)
    else waiting.set(processId, [row])
  }
  for (const log of listOf(pick(span, 'logs'))) {
    if (!isObject(log)) continue
    const fields = new Map(tags(log.fields))
    const at: Instant = { ...never }
    setInstant(at, numberOf(log.timestamp), 1e6)
    const name = textOf(fields.get('event') ?? fields.get('message'))
    writer.event(row, { at, name, process: context.builder.spans.process.data[row]!, attributes: fields })
  }
  for (const reference of references) {
    if (reference === followed) continue
    writer.link(row, textOf(reference.traceID) || trace, textOf(reference.spanID))
  }
  for (const warning of listOf(pick(span, 'warnings'))) warn(warning, writer, context)
}

function settle(waiting: Waiting, processes: ReadonlyMap<string, number>, { builder }: ImportContext): void {
  const { spans, records } = builder
  const moved = new Map<number, number>()
  for (const [id, process] of processes) {
    for (const row of waiting.get(id) ?? []) {
      spans.process.data[row] = process
      moved.set(row, process)
    }
    waiting.delete(id)
  }
  for (let at = 0; moved.size > 0 && at < records.count; at++) {
    const process = moved.get(records.span.data[at]!)
    if (process !== undefined) records.process.data[at] = process
  }
}

function warn(warning: unknown, writer: RowWriter, context: ImportContext): void {
  const text = textOf(warning)
  if (text !== '') context.builder.issues.add('producer-warning', () => `${writer.place()}: ${text}`)
}
