/** AWS X-Ray: `batch-get-traces` answers (documents are JSON inside strings), and bare segment documents. Times are float seconds. */

import { Kind, Status } from '../../store/store.ts'
import type { Head, ImportContext, Importer } from '../importer.ts'
import { type Instant, setInstant } from '../instant.ts'
import { parseJson } from '../json/json-parse.ts'
import { jsonValues } from '../json/json-values.ts'
import { never, RowWriter } from '../row-writer.ts'
import { type Foreign, isObject, listOf, memberOf, numberOf, pick, present, textOf } from './foreign.ts'

export const xRay: Importer = {
  id: 'x-ray-json',
  label: 'AWS X-Ray JSON',
  sniff({ json, text }: Head): number {
    if (!json) return 0
    if (json.has('Traces[].Segments') || json.has('Segments[].Document') || json.has('TraceSegmentDocuments'))
      return 0.95
    // Ids of X-Ray say when: `1-5f84c7a1-…`; other tools' runs look the same otherwise.
    if (!/"trace_id"\s*:\s*"1-[0-9a-f]{8}-/.test(text)) return 0
    return ['', '[].'].some(
      at => json.has(`${at}trace_id`) && json.has(`${at}start_time`) && json.has(`${at}id`),
    )
      ? 0.85
      : 0
  },
  async read(bytes: AsyncIterable<Uint8Array>, context: ImportContext): Promise<void> {
    const writer = new RowWriter(context)
    for await (const { value, line } of jsonValues(bytes, context)) {
      writer.at(line)
      if (!isObject(value)) continue
      // The header of a datagram to the daemon.
      if (value.format === 'json' && value.version !== undefined) continue
      for (const document of listOf(value.TraceSegmentDocuments))
        readDocument({ Document: document }, writer, context)
      if (value.TraceSegmentDocuments !== undefined) continue
      const traces = Array.isArray(value.Traces) ? value.Traces : [value]
      for (const trace of traces) {
        if (!isObject(trace)) continue
        if (Array.isArray(trace.Segments))
          for (const segment of trace.Segments) readDocument(segment, writer, context)
        else readSegment(trace, writer, context)
        await context.breathe()
      }
      if (listOf(value.UnprocessedTraceIds).length > 0)
        context.builder.issues.add('partial-trace', writer.place)
    }
  },
}

function readDocument(segment: unknown, writer: RowWriter, context: ImportContext): void {
  const text = isObject(segment) ? textOf(segment.Document) : ''
  try {
    const document = parseJson(text)
    if (isObject(document)) {
      readSegment(document, writer, context)
      return
    }
  } catch {
    // Counted below.
  }
  context.builder.issues.add('bad-line', () => `${writer.place()}: a segment's document is not JSON`)
}

/** A segment and its subsegments, with a stack instead of recursion. */
function readSegment(root: Foreign, writer: RowWriter, context: ImportContext): void {
  if (root.id === undefined) {
    context.builder.issues.add('unknown-value', writer.place)
    return
  }
  const trace = textOf(root.trace_id).replace(/^1-/, '').replaceAll('-', '')
  const aws = memberOf(root, 'aws')
  const process = writer.process(textOf(root.name), [
    ['cloud.platform', root.origin],
    ['service.instance.id', isObject(aws.ec2) ? aws.ec2.instance_id : undefined],
  ])
  const todo: { readonly segment: Foreign; readonly parent: string; readonly isRoot: boolean }[] = [
    { segment: root, parent: textOf(root.parent_id), isRoot: true },
  ]
  for (let next = todo.pop(); next; next = todo.pop()) {
    const { segment, parent, isRoot } = next
    const id = textOf(segment.id)
    const start: Instant = { ...never }
    const end: Instant = { ...never }
    if (!setInstant(start, seconds(segment.start_time), 1e6))
      context.builder.issues.add('bad-time', writer.place)
    if (segment.in_progress !== true) setInstant(end, seconds(segment.end_time), 1e6)
    const http = memberOf(segment, 'http')
    const request = memberOf(http, 'request')
    const response = memberOf(http, 'response')
    const sql = memberOf(segment, 'sql')
    const call = memberOf(segment, 'aws')
    const cause = memberOf(segment, 'cause')
    const [thrown] = listOf(cause.exceptions)
    const exception: Foreign = isObject(thrown) ? thrown : {}
    const annotations = isObject(segment.annotations) ? Object.entries(segment.annotations) : []
    const failed = segment.error === true || segment.fault === true || segment.throttle === true
    const row = writer.span({
      trace,
      id,
      parent,
      name: textOf(segment.name),
      kind: isRoot ? Kind.server : remote.has(segment.namespace) ? Kind.client : Kind.internal,
      status: failed ? Status.error : Status.unset,
      statusMessage: textOf(pick(cause, 'message') ?? exception.message),
      start,
      end,
      process,
      scope: 'x-ray',
      attributes: [
        ...annotations,
        ...present([
          ['http.request.method', request.method],
          ['url.full', request.url],
          ['user_agent.original', request.user_agent],
          ['client.address', request.client_ip],
          ['http.response.status_code', response.status],
          ['http.response.body.size', response.content_length],
          ['db.query.text', sql.sanitized_query],
          ['db.system.name', sql.database_type],
          ['db.user', sql.user],
          ['rpc.method', call.operation],
          ['cloud.region', call.region],
          ['aws.request_id', call.request_id],
          ['aws.dynamodb.table_names', call.table_name],
          ['aws.sqs.queue.url', call.queue_url],
          ['http.request.resend_count', call.retries],
          ['user.id', segment.user],
          ['error.type', segment.throttle === true ? 'throttle' : exception.type],
          ['metadata', segment.metadata],
        ]),
      ],
    })
    for (const one of listOf(cause.exceptions)) {
      if (!isObject(one)) continue
      const attributes = present([
        ['exception.type', one.type],
        ['exception.message', one.message],
      ])
      writer.event(row, { at: end.sec > 0 ? end : start, name: 'exception', process, attributes })
    }
    for (const child of listOf(segment.subsegments))
      if (isObject(child)) todo.push({ segment: child, parent: id, isRoot: false })
  }
}

/** Of subsegments that are calls; `local` ones are not. */
const remote: ReadonlySet<unknown> = new Set(['remote', 'aws'])

/** Float seconds are exact to the microsecond at best. */
const seconds = (value: unknown): number => Math.round(numberOf(value) * 1e6)
