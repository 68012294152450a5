/**
 * Datadog: what its tracers send to the agent (v0.3, v0.4) and their test snapshots, lists of traces of spans with ids as 64-bit
 * decimals and times in ns; and what its UI gives to download. Spans that its API lists are rows of a table, see
 * `span-table.ts`.
 */

import { Kind, Status } from '../../store/store.ts'
import type { Head, ImportContext, Importer } from '../importer.ts'
import { addNs, type Instant, parseInstant, setInstant } from '../instant.ts'
import { parseJson } from '../json/json-parse.ts'
import { jsonValues } from '../json/json-values.ts'
import { kindNamed, never, RowWriter } from '../row-writer.ts'
import { type Foreign, isObject, listOf, memberOf, numberOf, pick, textOf } from './foreign.ts'

export const datadog: Importer = {
  id: 'datadog-json',
  label: 'Datadog JSON',
  sniff({ json }: Head): number {
    if (!json) return 0
    if (json.has('trace.root_id') && json.has('trace.spans')) return 0.95
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
    const items: Item[] = []
    const shared = new Map<string, Shared>()
    for await (const { value, line } of jsonValues(bytes, context)) {
      for (const span of spansIn(value)) {
        if (isObject(span) && span.span_id !== undefined) {
          items.push({ span, line })
          share(span, shared)
        } else context.builder.issues.add('unknown-value', () => context.place(line))
      }
    }
    for (const [index, { span, line }] of items.entries()) {
      writer.at(line)
      readSpan(span, shared, writer, context)
      if (index % 1000 === 0) await context.breathe()
    }
  },
}

interface Item {
  readonly span: Foreign
  readonly line: number
}

/** What only the first span of a service in a trace says for all of them. */
interface Shared {
  pid: unknown
  language: unknown
  /** High half of a 128-bit trace id. */
  high: string
}

function spansIn(value: unknown): readonly unknown[] {
  if (!isObject(value)) return [value]
  if (Array.isArray(value.traces)) return value.traces.flat()
  if (!isObject(value.trace)) return [value]
  // The UI's download: spans by their id, and those whose parent it did not find.
  return [...membersOf(value.trace.spans), ...membersOf(value.orphaned)]
}

const membersOf = (value: unknown): unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value) : []

const traceOf = (span: Foreign): string => textOf(span.trace_id)
const serviceKey = (span: Foreign): string => `${traceOf(span)}/${textOf(span.service)}`
const metaOf = (span: Foreign): Foreign => memberOf(span, 'meta')
const metricsOf = (span: Foreign): Foreign => memberOf(span, 'metrics')

function share(span: Foreign, shared: Map<string, Shared>): void {
  const pid = pick(metricsOf(span), 'process_id', 'system.pid')
  const language = metaOf(span).language
  const high = textOf(metaOf(span)['_dd.p.tid'])
  for (const key of [serviceKey(span), traceOf(span)]) {
    const known = shared.get(key)
    if (!known) shared.set(key, { pid, language, high })
    else {
      known.pid ??= pid
      known.language ??= language
      known.high ||= high
    }
  }
}

function readSpan(
  span: Foreign,
  shared: ReadonlyMap<string, Shared>,
  writer: RowWriter,
  context: ImportContext,
): void {
  const meta = metaOf(span)
  const start: Instant = { ...never }
  const end: Instant = { ...never }
  // The UI gives float seconds (exact to the microsecond at best), the agent takes nanoseconds.
  const inSeconds = numberOf(span.start) < 1e12
  const readable = inSeconds
    ? setInstant(start, Math.round(numberOf(span.start) * 1e6), 1e6)
    : parseInstant(span.start, start)
  if (!readable) context.builder.issues.add('bad-time', writer.place)
  const duration = numberOf(span.duration) * (inSeconds ? 1e9 : 1)
  if (duration >= 0) {
    Object.assign(end, start)
    addNs(end, Math.round(duration))
  }
  const failed = numberOf(span.error) > 0
  const resource = textOf(span.resource)
  const own = shared.get(serviceKey(span))
  const process = writer.process(textOf(span.service), [
    ['process.pid', own?.pid],
    ['telemetry.sdk.language', own?.language],
  ])
  const row = writer.span({
    trace: (shared.get(traceOf(span))?.high ?? '') + hex(span.trace_id),
    id: hex(span.span_id),
    parent: numberOf(span.parent_id) > 0 || textOf(span.parent_id).length > 1 ? hex(span.parent_id) : '',
    name: resource !== '' ? resource : textOf(span.name),
    kind: kindNamed(pick(meta, 'span.kind')) || (span.type === 'web' ? Kind.server : Kind.unspecified),
    status: failed ? Status.error : Status.unset,
    statusMessage: textOf(pick(meta, 'error.message', 'error.msg')),
    start,
    end,
    process,
    scope: textOf(pick(meta, 'component')),
    attributes: [
      ['dd.name', textOf(span.name)],
      ['dd.type', textOf(span.type)],
      ...Object.entries(meta),
      ...Object.entries(metricsOf(span)),
    ],
  })
  for (const event of listIn(span.span_events ?? meta.events)) {
    const at: Instant = { ...never }
    parseInstant(event.time_unix_nano, at)
    const attributes = isObject(event.attributes) ? Object.entries(event.attributes) : []
    writer.event(row, { at, name: textOf(event.name), process, attributes })
  }
  for (const link of listIn(span.span_links ?? meta['_dd.span_links']))
    writer.link(row, textOf(link.trace_id_high) + hex(link.trace_id), hex(link.span_id))
}

/** A list, or one written as text into a tag. */
function listIn(value: unknown): Foreign[] {
  let list = value
  if (typeof value === 'string') {
    try {
      list = parseJson(value)
    } catch {
      list = []
    }
  }
  return listOf(list).filter(isObject)
}

/** 16 hex digits of a 64-bit decimal, written as a number or as text. */
function hex(value: unknown): string {
  const text = textOf(value)
  return /^\d{1,20}$/.test(text) ? BigInt.asUintN(64, BigInt(text)).toString(16).padStart(16, '0') : text
}
