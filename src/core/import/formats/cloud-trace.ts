/**
 * Google Cloud Trace: traces of its API v1 (decimal ids, labels) and spans of v2 (ids in names, attribute maps).
 * https://cloud.google.com/trace/docs/reference
 */

import { Status } from '../../store/store.ts'
import type { Head, ImportContext, Importer } from '../importer.ts'
import { readTime } from '../instant.ts'
import { jsonValues } from '../json/json-values.ts'
import { kindNamed, never, RowWriter } from '../row-writer.ts'
import { type Foreign, isObject, listOf, memberOf, numberOf, pick, textOf } from './foreign.ts'
import { idText } from './span-row.ts'

export const cloudTrace: Importer = {
  id: 'cloud-trace',
  label: 'Google Cloud Trace',
  sniff({ json }: Head): number {
    if (!json) return 0
    const isTrace = (at: string): boolean =>
      json.has(`${at}traceId`) && json.has(`${at}spans[].spanId`) && json.has(`${at}spans[].startTime`)
    if (['', '[].', 'traces[].'].some(isTrace)) return 0.9
    return ['', '[].', 'spans[].'].some(
      at => json.has(`${at}displayName.value`) && json.has(`${at}startTime`),
    )
      ? 0.9
      : 0
  },
  async read(bytes: AsyncIterable<Uint8Array>, context: ImportContext): Promise<void> {
    const writer = new RowWriter(context)
    for await (const { value, line } of jsonValues(bytes, context)) {
      writer.at(line)
      const owner: Foreign = isObject(value) ? value : {}
      const traces = Array.isArray(owner.traces) ? owner.traces : [owner]
      let read = 0
      for (const trace of traces) {
        if (!isObject(trace)) continue
        for (const span of Array.isArray(trace.spans) ? trace.spans : [trace]) {
          if (!isObject(span) || span.spanId === undefined) continue
          readSpan(span, textOf(trace.traceId), writer, context)
          read++
        }
        await context.breathe()
      }
      if (read === 0) context.builder.issues.add('unknown-value', writer.place)
    }
  },
}

const serviceKeys = ['service.name', 'g.co/gae/app/module', 'component']
/** `projects/p/traces/5b8e…/spans/eee1…` */
const resourceName = /^projects\/[^/]+\/traces\/([0-9a-f]{32})\/spans\//i

function readSpan(span: Foreign, ofTrace: string, writer: RowWriter, context: ImportContext): void {
  const start = readTime(span.startTime)
  if (!start) context.builder.issues.add('bad-time', writer.place)
  const attributes = new Map<string, unknown>([
    ...(isObject(span.labels) ? Object.entries(span.labels) : []),
    ...attributesIn(span.attributes),
  ])
  const service = serviceKeys.map(key => attributes.get(key)).find(value => value !== undefined)
  const process = writer.process(textOf(service), [['process.pid', attributes.get('/pid')]])
  const status = memberOf(span, 'status')
  const failed = numberOf(status.code) > 0 || attributes.has('/error/message') || attributes.has('error')
  const row = writer.span({
    trace: resourceName.exec(textOf(span.name))?.[1] ?? ofTrace,
    id: idText(textOf(span.spanId)),
    parent: textOf(span.parentSpanId) === '0' ? '' : idText(textOf(span.parentSpanId)),
    name: isObject(span.displayName) ? textOf(span.displayName.value) : textOf(span.name),
    kind: kindNamed(textOf(pick(span, 'spanKind', 'kind')).replace(/^RPC_/, '')),
    status: failed ? Status.error : Status.unset,
    statusMessage: textOf(status.message ?? attributes.get('/error/message')),
    start: start ?? never,
    end: readTime(span.endTime) ?? never,
    process,
    attributes,
  })
  for (const event of isObject(span.timeEvents) ? listOf(span.timeEvents.timeEvent) : []) {
    const annotation = isObject(event) ? event.annotation : undefined
    if (!isObject(event) || !isObject(annotation)) continue
    const name = isObject(annotation.description) ? textOf(annotation.description.value) : ''
    const at = readTime(event.time) ?? start ?? never
    writer.event(row, { at, name, process, attributes: attributesIn(annotation.attributes) })
  }
  for (const link of isObject(span.links) ? listOf(span.links.link) : [])
    if (isObject(link)) writer.link(row, textOf(link.traceId), idText(textOf(link.spanId)))
}

/** `{"attributeMap":{"k":{"stringValue":{"value":"v"}}}}` */
function attributesIn(attributes: unknown): [string, unknown][] {
  const map = isObject(attributes) ? attributes.attributeMap : undefined
  if (!isObject(map)) return []
  return Object.entries(map).map(([key, value]) => {
    const typed: Foreign = isObject(value) ? value : {}
    const text = typed.stringValue
    return [key, isObject(text) ? text.value : (text ?? typed)]
  })
}
