/** OpenTelemetry's console exporters that print JSON: Python's ConsoleSpanExporter and Go's stdouttrace. Spans back to back. */

import type { Head, ImportContext, Importer } from '../importer.ts'
import { type Instant, parseInstant } from '../instant.ts'
import { jsonValues } from '../json/json-values.ts'
import { kindNamed, never, type PlainAttributes, RowWriter, statusNamed } from '../row-writer.ts'
import { type Foreign, isObject, listOf, numberOf, pick, textOf } from './foreign.ts'

export const consolePython: Importer = {
  id: 'console-python',
  label: 'OpenTelemetry Python console dump',
  sniff({ json, text }: Head): number {
    for (const at of ['', '[].'])
      if (json?.has(`${at}context`) && json.has(`${at}context.trace_id`)) return 0.95
    return /"trace_id": "0x[0-9a-f]{32}"/.test(text) ? 0.7 : 0
  },
  read: (bytes, context) => readAll(bytes, context, readPython),
}

export const consoleGo: Importer = {
  id: 'console-go',
  label: 'OpenTelemetry Go stdout dump',
  sniff({ json, text }: Head): number {
    if (json?.has('SpanContext.TraceID') || json?.has('[].SpanContext.TraceID')) return 0.95
    return /"SpanContext":\s*\{\s*"TraceID":/.test(text) ? 0.7 : 0
  },
  read: (bytes, context) => readAll(bytes, context, readGo),
}

type ReadSpan = (span: Foreign, writer: RowWriter, context: ImportContext) => boolean

async function readAll(
  bytes: AsyncIterable<Uint8Array>,
  context: ImportContext,
  readSpan: ReadSpan,
): Promise<void> {
  const writer = new RowWriter(context)
  for await (const { value, line } of jsonValues(bytes, context)) {
    writer.at(line)
    if (!isObject(value) || !readSpan(value, writer, context))
      context.builder.issues.add('unknown-value', writer.place)
  }
}

function time(value: unknown, writer: RowWriter, context: ImportContext): Instant {
  const at: Instant = { ...never }
  if (value === '0001-01-01T00:00:00Z') return at
  if (!parseInstant(value, at))
    context.builder.issues.add('bad-time', () => `${writer.place()}: ${textOf(value)}`)
  return at
}

const entries = (value: unknown): [string, unknown][] => (isObject(value) ? Object.entries(value) : [])

function readPython(span: Foreign, writer: RowWriter, context: ImportContext): boolean {
  const ids = span.context
  if (!isObject(ids)) return false
  const resource = isObject(span.resource) ? entries(span.resource.attributes) : []
  const status: Foreign = isObject(span.status) ? span.status : {}
  const process = writer.process(textOf(new Map(resource).get('service.name')), resource)
  const row = writer.span({
    trace: textOf(ids.trace_id),
    id: textOf(ids.span_id),
    parent: textOf(span.parent_id),
    name: textOf(span.name),
    kind: kindNamed(span.kind),
    status: statusNamed(status.status_code),
    statusMessage: textOf(status.description),
    start: time(span.start_time, writer, context),
    end: time(span.end_time, writer, context),
    process,
    attributes: entries(span.attributes),
  })
  for (const event of listOf(span.events)) {
    if (!isObject(event)) continue
    const at = time(event.timestamp, writer, context)
    writer.event(row, { at, name: textOf(event.name), process, attributes: entries(event.attributes) })
  }
  for (const link of listOf(span.links)) {
    const to = isObject(link) ? link.context : undefined
    if (isObject(to)) writer.link(row, textOf(to.trace_id), textOf(to.span_id))
  }
  return true
}

/** `[{"Key":"k","Value":{"Type":"INT64","Value":1}}]` */
function* goAttributes(list: unknown): Generator<[string, unknown]> {
  for (const one of listOf(list)) {
    if (!isObject(one)) continue
    yield [textOf(one.Key), isObject(one.Value) ? one.Value.Value : one.Value]
  }
}

function readGo(span: Foreign, writer: RowWriter, context: ImportContext): boolean {
  const ids = span.SpanContext
  if (!isObject(ids)) return false
  const resource: PlainAttributes = [...goAttributes(span.Resource)]
  const status: Foreign = isObject(span.Status) ? span.Status : {}
  const scope = pick(span, 'InstrumentationScope', 'InstrumentationLibrary')
  const process = writer.process(textOf(new Map(resource).get('service.name')), resource)
  const parent = isObject(span.Parent) ? textOf(span.Parent.SpanID) : ''
  const row = writer.span({
    trace: textOf(ids.TraceID),
    id: textOf(ids.SpanID),
    parent: /^0*$/.test(parent) ? '' : parent,
    name: textOf(span.Name),
    kind: numberOf(span.SpanKind) >= 0 && numberOf(span.SpanKind) <= 5 ? numberOf(span.SpanKind) : 0,
    status: statusNamed(status.Code),
    statusMessage: textOf(status.Description),
    start: time(span.StartTime, writer, context),
    end: time(span.EndTime, writer, context),
    process,
    scope: isObject(scope) ? textOf(scope.Name) : '',
    attributes: goAttributes(span.Attributes),
  })
  for (const event of listOf(span.Events)) {
    if (!isObject(event)) continue
    const at = time(event.Time, writer, context)
    writer.event(row, { at, name: textOf(event.Name), process, attributes: goAttributes(event.Attributes) })
  }
  for (const link of listOf(span.Links)) {
    const to = isObject(link) ? link.SpanContext : undefined
    if (isObject(to)) writer.link(row, textOf(to.TraceID), textOf(to.SpanID))
  }
  return true
}
