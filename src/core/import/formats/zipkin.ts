/**
 * Zipkin JSON, version 2 (version 1 is rewritten to it): a list of spans (or of lists of them). Times are microseconds. Where client and server share one span
 * id (`shared: true`), the server's half becomes a child of the client's, and what the server did hangs under it.
 *
 *     client  id 7 ────────────────         →   7  (client)
 *     server  id 7, shared ────────             └─ 7' (server)
 *     query   parentId 7, made by server           └─ query
 */

import { Status } from '../../store/store.ts'
import type { Head, ImportContext, Importer } from '../importer.ts'
import { addNs, type Instant, setInstant } from '../instant.ts'
import { type JsonItem, jsonValues } from '../json/json-values.ts'
import { kindNamed, never, RowWriter, statusNamed } from '../row-writer.ts'
import { type Foreign, isObject, numberOf, pick, textOf } from './foreign.ts'
import { fromVersion1, isVersion1 } from './zipkin-v1.ts'

export const zipkin: Importer = {
  id: 'zipkin-json',
  label: 'Zipkin JSON',
  sniff({ json }: Head): number {
    if (!json) return 0
    for (const at of ['[].', '[][].', '']) {
      const ids = json.has(`${at}traceId`) && json.has(`${at}id`)
      if (!ids) continue
      if (json.has(`${at}binaryAnnotations`) || json.has(`${at}annotations[].endpoint`)) return 0.95
      if (json.has(`${at}localEndpoint`) || json.has(`${at}remoteEndpoint`)) return 0.95
      if (json.has(`${at}timestamp`) && !json.has(`${at}resource`) && !json.has(`${at}start`)) return 0.8
    }
    return 0
  },
  async read(bytes: AsyncIterable<Uint8Array>, context: ImportContext): Promise<void> {
    const writer = new RowWriter(context)
    const items: (JsonItem & { readonly value: Foreign })[] = []
    /** `trace/id` → service of the server half. */
    const shared = new Map<string, string>()
    const clients = new Set<string>()
    /** Low half of a trace id → the whole: halves of one trace may be written with 64 and 128 bits. */
    const wholeIds = new Map<string, string>()
    for await (const { value, line } of jsonValues(bytes, context)) {
      if (!isObject(value) || typeof value.id !== 'string') {
        context.builder.issues.add('unknown-value', () => context.place(line))
        continue
      }
      for (const span of isVersion1(value) ? fromVersion1(value) : [value]) {
        items.push({ value: span, line })
        const trace = textOf(pick(span, 'traceId'))
        if (trace.length > 16) wholeIds.set(lowHalf(trace), trace)
        const key = keyOf(span, value.id)
        if (span.shared === true) shared.set(key, serviceOf(span))
        else clients.add(key)
      }
    }
    for (const [index, { value, line }] of items.entries()) {
      writer.at(line)
      readSpan(value, writer, shared, clients, wholeIds, context)
      if (index % 1000 === 0) await context.breathe()
    }
  },
}

const lowHalf = (traceId: string): string => traceId.slice(-16)

const keyOf = (span: Foreign, id: string): string => `${lowHalf(textOf(pick(span, 'traceId')))}/${id}`

function serviceOf(span: Foreign): string {
  const endpoint = pick(span, 'localEndpoint')
  return isObject(endpoint) ? textOf(pick(endpoint, 'serviceName')) : ''
}

function readSpan(
  span: Foreign,
  writer: RowWriter,
  shared: ReadonlyMap<string, string>,
  clients: ReadonlySet<string>,
  wholeIds: ReadonlyMap<string, string>,
  context: ImportContext,
): void {
  const id = textOf(span.id)
  const traceId = textOf(pick(span, 'traceId'))
  const parentId = textOf(pick(span, 'parentId'))
  const service = serviceOf(span)
  const isServerHalf = span.shared === true && clients.has(keyOf(span, id))
  const underServer =
    !isServerHalf && parentId !== '' && parentId !== id && shared.get(keyOf(span, parentId)) === service
  const start: Instant = { ...never }
  const end: Instant = { ...never }
  if (span.timestamp !== undefined) setInstant(start, numberOf(span.timestamp), 1e6)
  const duration = numberOf(span.duration)
  if (duration >= 0) {
    Object.assign(end, start)
    addNs(end, Math.round(duration * 1e3))
  }
  const endpoint = pick(span, 'localEndpoint')
  const tags = pick(span, 'tags')
  const attributes = new Map<string, unknown>(isObject(tags) ? Object.entries(tags) : [])
  const remote = pick(span, 'remoteEndpoint')
  if (isObject(remote)) {
    attributes.set('peer.service', pick(remote, 'serviceName'))
    attributes.set('network.peer.address', pick(remote, 'ipv4', 'ipv6'))
    attributes.set('network.peer.port', pick(remote, 'port'))
  }
  const half = (of: string): string =>
    shared.has(keyOf(span, of)) && clients.has(keyOf(span, of)) ? serverHalf(of) : of
  const row = writer.span({
    trace: wholeIds.get(lowHalf(traceId)) ?? traceId,
    id: isServerHalf ? serverHalf(id) : id,
    parent: isServerHalf ? id : underServer ? half(parentId) : parentId,
    name: textOf(pick(span, 'name')),
    kind: kindNamed(pick(span, 'kind')),
    status: attributes.has('error') ? Status.error : statusNamed(attributes.get('otel.status_code')),
    statusMessage: textOf(attributes.get('error')),
    scope: textOf(attributes.get('otel.scope.name') ?? attributes.get('otel.library.name')),
    start,
    end,
    process: writer.process(service, isObject(endpoint) ? [['host.ip', pick(endpoint, 'ipv4', 'ipv6')]] : []),
    attributes,
  })
  const annotations = pick(span, 'annotations')
  for (const annotation of Array.isArray(annotations) ? annotations : []) {
    if (!isObject(annotation)) continue
    const at: Instant = { ...never }
    setInstant(at, numberOf(annotation.timestamp), 1e6)
    writer.event(row, {
      at,
      ...eventOf(textOf(annotation.value)),
      process: context.builder.spans.process.data[row]!,
    })
  }
}

/** OpenTelemetry's exporters write an event as `{"name":{attributes}}`, the Collector's as `name|{attributes}|0`. */
function eventOf(text: string): { readonly name: string; readonly attributes?: [string, unknown][] } {
  const [, name = '', json = text] = /^([^|{]*)\|(\{.*\})\|\d+$/s.exec(text) ?? []
  if (!json.startsWith('{')) return { name: text }
  try {
    const value: unknown = JSON.parse(json)
    const [first] = isObject(value) ? Object.entries(value) : []
    if (name !== '' && isObject(value)) return { name, attributes: Object.entries(value) }
    if (first && isObject(first[1])) return { name: first[0], attributes: Object.entries(first[1]) }
  } catch {
    // A text like any other.
  }
  return { name: text }
}

/** Another id for the server's half: the same in every file that holds it. */
function serverHalf(id: string): string {
  const value = BigInt.asUintN(
    64,
    BigInt(/^[0-9a-fA-F]{1,16}$/.test(id) ? `0x${id}` : 0) ^ 0x5ead_5ead_5ead_5eadn,
  )
  return value.toString(16).padStart(16, '0')
}
