/**
 * Sentry: transactions and errors as its SDKs send them (an envelope of lines: its header, then a header and a payload for
 * every item) and as its UI gives one event. A transaction is a span with all that happened in it. Times are float seconds
 * or RFC 3339. https://develop.sentry.dev/sdk/data-model/event-payloads/transaction/
 */

import { Kind, Status } from '../../store/store.ts'
import type { Head, ImportContext, Importer } from '../importer.ts'
import { readTime } from '../instant.ts'
import { jsonValues } from '../json/json-values.ts'
import { severityOf } from '../otlp/otlp-reader.ts'
import { never, RowWriter } from '../row-writer.ts'
import { type Foreign, isObject, listOf, memberOf, pick, textOf } from './foreign.ts'

export const sentry: Importer = {
  id: 'sentry',
  label: 'Sentry events',
  sniff({ json, text }: Head): number {
    if (!json) return 0
    for (const at of ['', '[].']) {
      const traced = json.has(`${at}contexts.trace.trace_id`) || json.has(`${at}contexts.trace.span_id`)
      if (
        traced &&
        (json.has(`${at}start_timestamp`) || json.has(`${at}exception`) || json.has(`${at}event_id`))
      )
        return 0.95
    }
    const hasHeader = json.has('event_id') || json.has('sent_at')
    return hasHeader && json.several && /^\{"type":\s*"(?:transaction|event|span)"/m.test(text) ? 0.95 : 0
  },
  async read(bytes: AsyncIterable<Uint8Array>, context: ImportContext): Promise<void> {
    const writer = new RowWriter(context)
    for await (const { value, line } of jsonValues(bytes, context)) {
      writer.at(line)
      if (!isObject(value)) continue
      const trace = isObject(value.contexts) && isObject(value.contexts.trace) ? value.contexts.trace : null
      if (trace && value.start_timestamp !== undefined) readTransaction(value, trace, writer, context)
      else if (
        trace &&
        (value.exception !== undefined || value.message !== undefined || value.logentry !== undefined)
      )
        readError(value, trace, writer)
      else if (Array.isArray(value.items)) readItems(value.items, writer, context)
      // Headers of the envelope and of its items hold nothing of their own.
      else if (value.type === undefined && value.event_id === undefined && value.sent_at === undefined)
        context.builder.issues.add('unknown-value', writer.place)
    }
  },
}

function processOf(event: Foreign, writer: RowWriter): number {
  const release = textOf(event.release)
  const sdk = memberOf(event, 'sdk')
  // Sentry knows projects, not services: the name in front of the release comes closest.
  const service = /^([^@]+)@/.exec(release)?.[1] ?? (textOf(event.server_name) || textOf(event.platform))
  return writer.process(service, [
    ['service.version', /@(.+)$/.exec(release)?.[1] ?? release],
    ['deployment.environment.name', event.environment],
    ['host.name', event.server_name],
    ['telemetry.sdk.language', event.platform],
    ['telemetry.sdk.name', sdk.name],
  ])
}

function readTransaction(event: Foreign, trace: Foreign, writer: RowWriter, context: ImportContext): void {
  const process = processOf(event, writer)
  const root = { ...trace, start_timestamp: event.start_timestamp, timestamp: event.timestamp }
  readSpan(root, textOf(event.transaction), tagsOf(event.tags), process, writer, context)
  for (const span of listOf(event.spans)) {
    if (!isObject(span)) {
      context.builder.issues.add('bad-span', writer.place)
      continue
    }
    readSpan(
      span,
      textOf(pick(span, 'description')) || textOf(span.op),
      tagsOf(span.tags),
      process,
      writer,
      context,
    )
  }
}

/** Spans that newer SDKs send as they end: all is attributes, each `{"value":…,"type":…}`. */
function readItems(items: readonly unknown[], writer: RowWriter, context: ImportContext): void {
  for (const item of items) {
    if (!isObject(item) || item.span_id === undefined) {
      context.builder.issues.add('unknown-value', writer.place)
      continue
    }
    const attributes = isObject(item.attributes) ? Object.entries(item.attributes) : []
    const values = new Map(attributes.map(([key, one]) => [key, isObject(one) ? one.value : one]))
    const event = {
      release: values.get('sentry.release'),
      environment: values.get('sentry.environment'),
      server_name: values.get('server.address'),
      sdk: { name: values.get('sentry.sdk.name') },
    }
    const span = {
      ...item,
      timestamp: item.end_timestamp,
      op: values.get('sentry.op'),
      status: item.status === 'error' ? (values.get('sentry.status.message') ?? 'error') : item.status,
    }
    readSpan(span, textOf(item.name), [...values], processOf(event, writer), writer, context)
  }
}

/** `{"k":"v"}`, or `[["k","v"]]` as the UI has them. */
function tagsOf(tags: unknown): [string, unknown][] {
  if (isObject(tags)) return Object.entries(tags)
  return listOf(tags).flatMap((tag): [string, unknown][] =>
    Array.isArray(tag) ? [[textOf(tag[0]), tag[1]]] : isObject(tag) ? [[textOf(tag.key), tag.value]] : [],
  )
}

function readSpan(
  span: Foreign,
  name: string,
  tags: [string, unknown][],
  process: number,
  writer: RowWriter,
  context: ImportContext,
): void {
  const start = readTime(span.start_timestamp)
  if (!start) context.builder.issues.add('bad-time', writer.place)
  const op = textOf(span.op)
  const status = textOf(span.status)
  const row = writer.span({
    trace: textOf(span.trace_id),
    id: textOf(span.span_id),
    parent: textOf(span.parent_span_id),
    name: name || op,
    kind: kindOf(op),
    status: status === '' || status === 'unknown' ? Status.unset : status === 'ok' ? Status.ok : Status.error,
    statusMessage: status === 'ok' ? '' : status,
    start: start ?? never,
    end: readTime(span.timestamp) ?? never,
    process,
    scope: 'sentry',
    attributes: [
      ...(op === '' ? [] : [['sentry.op', op] as const]),
      ...tags,
      ...(isObject(span.data) ? Object.entries(span.data) : []),
    ],
  })
  for (const link of listOf(span.links))
    if (isObject(link)) writer.link(row, textOf(link.trace_id), textOf(link.span_id))
}

function kindOf(op: string): number {
  if (/^(?:http|websocket|rpc|grpc)\.server/.test(op)) return Kind.server
  if (/^(?:http\.client|db|cache|rpc\.client|grpc\.client)/.test(op)) return Kind.client
  if (/^queue\.(?:publish|submit)/.test(op)) return Kind.producer
  return /^queue\.(?:process|task)/.test(op) ? Kind.consumer : Kind.internal
}

function readError(event: Foreign, trace: Foreign, writer: RowWriter): void {
  const exception = isObject(event.exception) ? listOf(event.exception.values).findLast(isObject) : undefined
  const entry = isObject(event.logentry) ? pick(event.logentry, 'formatted', 'message') : undefined
  writer.log({
    at: readTime(event.timestamp) ?? never,
    name: exception ? 'exception' : '',
    body: textOf(exception?.value ?? entry ?? event.message),
    severity: severityOf(textOf(event.level) || 'error'),
    process: processOf(event, writer),
    trace: textOf(trace.trace_id),
    id: textOf(trace.span_id),
    attributes: [
      ...(exception
        ? ([
            ['exception.type', exception.type],
            ['exception.message', exception.value],
          ] as const)
        : []),
      ...tagsOf(event.tags),
    ],
  })
}
