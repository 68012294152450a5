/**
 * The store as OTLP/JSON that imports to the same store: the one writer behind `convert`, bundles and slices.
 *
 *     process by process:  spans in batches, each with its events and links ─► ResourceSpans …
 *                          then its log records in batches                  ─► ResourceLogs …
 *                          then its metric series                           ─► ResourceMetrics
 *
 * Ghosts are left out (their children make them again), and so are never-ended spans that an open record tells of.
 * The order depends on content alone, so that writing what was written gives the same bytes. What the store does not
 * hold is not written: flags, observed times, severity texts and schema URLs.
 */
import { Carried } from '../convention/attributes/carried.ts'
import { Event, SCOPE_NAME } from '../convention/keys.ts'
import { groupBy } from '../store/group.ts'
import {
  AttributeType,
  type AttributeValue,
  attributeAt,
  type Gauge,
  hasFlag,
  hex,
  RecordFlag,
  SpanFlag,
  type Store,
  spanIdOf,
  traceIdOf,
  unixNano,
  type WithAttributes,
} from '../store/store.ts'

/** Which rows to write: 1 for each that is wanted. */
export interface Choice {
  readonly spans: Uint8Array
  readonly records: Uint8Array
}

export interface OtlpPart {
  readonly signal: 'resourceSpans' | 'resourceLogs' | 'resourceMetrics'
  /** One ResourceSpans, ResourceLogs or ResourceMetrics. */
  readonly json: string
}

const batchRows = 256

/** OTLP JSON lines, a request each; a few hundred rows a line, so nothing grows with the trace. */
export function* otlpLines(store: Store): Generator<string> {
  for (const { signal, json } of otlpParts(store, everything(store))) yield `{"${signal}":[${json}]}\n`
}

/** One OTLP/JSON document. */
export function otlpDocument(store: Store, choice: Choice = everything(store)): string {
  const parts = {
    resourceSpans: [] as string[],
    resourceLogs: [] as string[],
    resourceMetrics: [] as string[],
  }
  for (const { signal, json } of otlpParts(store, choice)) parts[signal].push(json)
  // Only with metrics in it: a plain document takes the reader's fast way.
  const metrics =
    parts.resourceMetrics.length > 0 ? `,"resourceMetrics":[${parts.resourceMetrics.join(',')}]` : ''
  return `{"resourceSpans":[${parts.resourceSpans.join(',')}],"resourceLogs":[${parts.resourceLogs.join(',')}]${metrics}}`
}

const everything = (store: Store): Choice => ({
  spans: new Uint8Array(store.spans.count).fill(1),
  records: new Uint8Array(store.records.count).fill(1),
})

function* otlpParts(store: Store, choice: Choice): Generator<OtlpPart> {
  const { spans, records, processes } = store
  const writer = new Writer(store)
  const reopened = rowsOfOpenRecords(store)
  const rows = groupBy(spans.count, processes.length, row => {
    if (!choice.spans[row] || hasFlag(store, row, SpanFlag.ghost)) return -1
    return hasFlag(store, row, SpanFlag.open) && reopened.has(row) ? -1 : spans.process[row]!
  })
  const logs = groupBy(records.count, processes.length, at =>
    choice.records[at] && !(records.flags[at]! & RecordFlag.event) ? records.process[at]! : -1,
  )
  // A document has all spans before all logs: with this order, processes are met in the same order either way.
  const hasSpans = (process: number): boolean => rows.start[process]! < rows.start[process + 1]!
  const ordered = processes.toSorted((a, b) => Number(hasSpans(b.index)) - Number(hasSpans(a.index)))
  for (const { index } of ordered) {
    const resource = writer.resource(index)
    const ranges = [
      ['resourceSpans', 'scopeSpans', 'spans', rows, spans.scope, (row: number) => writer.span(row)],
      ['resourceLogs', 'scopeLogs', 'logRecords', logs, records.scope, (at: number) => writer.log(at)],
    ] as const
    for (const [signal, list, element, { order, start }, scopes, write] of ranges) {
      for (let from = start[index]!; from < start[index + 1]!; from += batchRows) {
        const byScope = new Map<number, string[]>()
        for (const row of order.subarray(from, Math.min(from + batchRows, start[index + 1]!))) {
          const texts = byScope.get(scopes[row]!)
          if (texts) texts.push(write(row))
          else byScope.set(scopes[row]!, [write(row)])
        }
        const batch = Array.from(
          byScope,
          ([scope, texts]) => `{"scope":${writer.scope(index, scope)},"${element}":[${texts.join(',')}]}`,
        )
        yield { signal, json: `{"resource":${resource},"${list}":[${batch.join(',')}]}` }
      }
    }
    const metrics = store.gauges.filter(({ process }) => process === index).map(gauge => writer.gauge(gauge))
    if (metrics.length > 0)
      yield {
        signal: 'resourceMetrics',
        json: `{"resource":${resource},"scopeMetrics":[{"scope":{},"metrics":[${metrics.join(',')}]}]}`,
      }
  }
}

/** Spans that the store made of the recorder's open records. */
function rowsOfOpenRecords(store: Store): Set<number> {
  const { records, spans, strings } = store
  const rows = new Set<number>()
  for (let at = 0; at < records.count; at++) {
    const row = records.span[at]!
    if (row < 0 || strings[records.name[at]!] !== Event.spanOpen) continue
    if (strings[spans.scope[row]!] === SCOPE_NAME) rows.add(row)
  }
  return rows
}

const quote = (text: string): string => JSON.stringify(text)

class Writer {
  readonly #store: Store
  readonly #events: ReturnType<typeof groupBy>
  readonly #links: ReturnType<typeof groupBy>
  readonly #strays: ReadonlyMap<number, number>
  readonly #scopes: ReadonlyMap<string, string>
  /** Fields that travel as attributes, by the index of their key. */
  readonly #carried: ReadonlyMap<number, string>

  constructor(store: Store) {
    const { spans, records, links } = store
    this.#store = store
    this.#events = groupBy(records.count, spans.count, at =>
      records.flags[at]! & RecordFlag.event ? records.span[at]! : -1,
    )
    this.#links = groupBy(links.count, spans.count, link => links.from[link]!)
    this.#strays = new Map(Array.from(records.strays.rows, (row, nth) => [row, nth]))
    this.#scopes = new Map(store.scopes.map(scope => [`${scope.process} ${scope.name}`, scopeJson(scope)]))
    const fields = new Map<string, string>([
      [Carried.traceState, 'traceState'],
      [Carried.droppedAttributes, 'droppedAttributesCount'],
      [Carried.droppedEvents, 'droppedEventsCount'],
      [Carried.droppedLinks, 'droppedLinksCount'],
    ])
    this.#carried = new Map(
      store.strings.flatMap((text, index): [number, string][] => {
        const field = fields.get(text)
        return field === undefined ? [] : [[index, field]]
      }),
    )
  }

  resource(process: number): string {
    const { attributes, structured } = this.#store.processes[process]!
    const list = Object.entries(attributes).map(([key, value]) => {
      const any = structured.includes(key) ? jsonValue(String(value)) : plainValue(value, false)
      return `{"key":${quote(key)},"value":${any}}`
    })
    return `{"attributes":[${list.join(',')}]}`
  }

  scope(process: number, name: number): string {
    const text = this.#store.strings[name]!
    return this.#scopes.get(`${process} ${text}`) ?? `{"name":${quote(text)}}`
  }

  span(row: number): string {
    const { spans, strings } = this.#store
    const parent = spans.parent[row]!
    const fields = [
      `"traceId":"${traceIdOf(this.#store, row)}"`,
      `"spanId":"${spanIdOf(this.#store, row)}"`,
      ...(parent >= 0 ? [`"parentSpanId":"${spanIdOf(this.#store, parent)}"`] : []),
      `"name":${quote(strings[spans.name[row]!]!)}`,
      `"kind":${spans.kind[row]!}`,
      `"startTimeUnixNano":"${unixNano(this.#store, spans.startNs[row]!)}"`,
    ]
    if (!hasFlag(this.#store, row, SpanFlag.open))
      fields.push(`"endTimeUnixNano":"${unixNano(this.#store, spans.endNs[row]!)}"`)
    this.#attributes(fields, spans, row)
    const events = this.#members(this.#events, row, at => this.#event(at))
    if (events !== '') fields.push(`"events":[${events}]`)
    const links = this.#members(this.#links, row, link => this.#link(link))
    if (links !== '') fields.push(`"links":[${links}]`)
    const message = strings[spans.statusMessage[row]!]!
    if (spans.status[row]! > 0 || message !== '')
      fields.push(
        `"status":{"code":${spans.status[row]!}${message === '' ? '' : `,"message":${quote(message)}`}}`,
      )
    return `{${fields.join(',')}}`
  }

  log(at: number): string {
    const { records, spans, strings } = this.#store
    const body = strings[records.body[at]!]!
    const structured = (records.flags[at]! & RecordFlag.structuredBody) !== 0
    const fields = [
      `"timeUnixNano":"${unixNano(this.#store, records.timeNs[at]!)}"`,
      `"severityNumber":${records.severity[at]!}`,
    ]
    if (records.name[at]! > 0) fields.push(`"eventName":${quote(strings[records.name[at]!]!)}`)
    if (body !== '') fields.push(`"body":${structured ? jsonValue(body) : plainValue(body, false)}`)
    const row = records.span[at]!
    const stray = this.#strays.get(at)
    if (row >= 0)
      fields.push(
        `"traceId":"${hex(spans.traceId, row * 16, 16)}"`,
        `"spanId":"${hex(spans.spanId, row * 8, 8)}"`,
      )
    else if (stray !== undefined) {
      const { traceId, spanId } = records.strays
      fields.push(`"traceId":"${hex(traceId, stray * 16, 16)}"`, `"spanId":"${hex(spanId, stray * 8, 8)}"`)
    }
    this.#attributes(fields, records, at)
    return `{${fields.join(',')}}`
  }

  gauge({ name, unit, attributes, atNs, value }: Gauge): string {
    const list = Object.entries(attributes).map(
      ([key, one]) => `{"key":${quote(key)},"value":${plainValue(one, false)}}`,
    )
    const points = Array.from(
      atNs,
      (ns, at) =>
        `{"attributes":[${list.join(',')}],"timeUnixNano":"${unixNano(this.#store, ns)}","asDouble":${value[at]}}`,
    )
    return `{"name":${quote(name)},"unit":${quote(unit)},"gauge":{"dataPoints":[${points.join(',')}]}}`
  }

  #event(at: number): string {
    const { records, strings } = this.#store
    const fields = [
      `"timeUnixNano":"${unixNano(this.#store, records.timeNs[at]!)}"`,
      `"name":${quote(strings[records.name[at]!]!)}`,
    ]
    this.#attributes(fields, records, at)
    return `{${fields.join(',')}}`
  }

  #link(link: number): string {
    const { links } = this.#store
    const fields = [
      `"traceId":"${hex(links.traceId, link * 16, 16)}"`,
      `"spanId":"${hex(links.spanId, link * 8, 8)}"`,
    ]
    this.#attributes(fields, links, link)
    return `{${fields.join(',')}}`
  }

  #members(groups: ReturnType<typeof groupBy>, row: number, write: (at: number) => string): string {
    const { order, start } = groups
    return Array.from(order.subarray(start[row]!, start[row + 1]!), write).join(',')
  }

  /** Adds the list of attributes, and the fields that travelled among them. */
  #attributes(fields: string[], table: WithAttributes, row: number): void {
    const { attributes, strings } = this.#store
    const list: string[] = []
    const carried: string[] = []
    for (let at = table.attrStart[row]!; at < table.attrEnd[row]!; at++) {
      const value = attributeAt(this.#store, at)
      const field = this.#carried.get(attributes.key[at]!)
      if (field !== undefined) {
        carried.push(`"${field}":${typeof value === 'number' ? value : quote(String(value))}`)
        continue
      }
      const type = attributes.type[at]
      const any =
        type === AttributeType.json
          ? jsonValue(String(value))
          : plainValue(value, type === AttributeType.double)
      list.push(`{"key":${quote(strings[attributes.key[at]!]!)},"value":${any}}`)
    }
    if (list.length > 0) fields.push(`"attributes":[${list.join(',')}]`)
    fields.push(...carried)
  }
}

function scopeJson({ name, version, attributes }: Store['scopes'][number]): string {
  const fields = [`"name":${quote(name)}`]
  if (version !== '') fields.push(`"version":${quote(version)}`)
  if (attributes !== '') {
    const list = Object.entries(JSON.parse(attributes) as Record<string, unknown>).map(
      ([key, value]) => `{"key":${quote(key)},"value":${anyValue(value)}}`,
    )
    fields.push(`"attributes":[${list.join(',')}]`)
  }
  return `{${fields.join(',')}}`
}

function plainValue(value: AttributeValue, isDouble: boolean): string {
  if (typeof value === 'string') return `{"stringValue":${quote(value)}}`
  if (typeof value === 'boolean') return `{"boolValue":${value}}`
  if (!isDouble && Number.isSafeInteger(value)) return `{"intValue":"${value}"}`
  return `{"doubleValue":${Number.isFinite(value) ? value : quote(String(value))}}`
}

/** Text of a list, map or large int → AnyValue. The importer bounds its depth, so recursion is safe. */
function jsonValue(text: string): string {
  if (/^-?\d+$/.test(text)) return `{"intValue":"${text}"}`
  try {
    return anyValue(JSON.parse(text))
  } catch {
    // Clipped by the importer: no longer JSON.
    return plainValue(text, false)
  }
}

function anyValue(value: unknown): string {
  if (Array.isArray(value)) return `{"arrayValue":{"values":[${value.map(anyValue).join(',')}]}}`
  if (value === null || typeof value !== 'object') {
    return value === null ? '{}' : plainValue(value as AttributeValue, false)
  }
  const members = Object.entries(value)
  const [first] = members
  if (members.length === 1 && first![0] === 'bytesValue' && typeof first![1] === 'string')
    return `{"bytesValue":${quote(first![1])}}`
  return `{"kvlistValue":{"values":[${members
    .map(([key, member]) => `{"key":${quote(key)},"value":${anyValue(member)}}`)
    .join(',')}]}}`
}
