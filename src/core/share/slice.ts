/**
 * A stretch of the trace as OTLP/JSON that imports to the same spans, records and links: what a bundle or a picture
 * takes along. Spans that touch the interval come with all their ancestors, and with the records that belong to them.
 */
import { Event } from '../convention/keys.ts'
import {
  AttributeType,
  type AttributeValue,
  attributeAt,
  hasFlag,
  SpanFlag,
  type Store,
  spanIdOf,
  traceIdOf,
  unixNano,
} from '../store/store.ts'

/** Changes attribute values on their way out; see `redact.ts`. */
export type Rewrite = (key: string, value: AttributeValue) => AttributeValue | null

/** One OTLP/JSON document with traces and logs of [fromNs, toNs]. */
export function sliceOtlp(store: Store, fromNs: number, toNs: number, rewrite: Rewrite = keep): string {
  const chosen = chooseSpans(store, fromNs, toNs)
  const writer = new Writer(store, rewrite)
  const spans = store.processes.map(() => new Map<number, string[]>())
  const logs = store.processes.map((): string[] => [])
  const links = linksByRow(store, chosen)
  const reopened = rowsOfOpenRecords(store)
  for (let row = 0; row < store.spans.count; row++) {
    if (!chosen[row] || hasFlag(store, row, SpanFlag.ghost)) continue
    // Its open records make the span again.
    if (hasFlag(store, row, SpanFlag.open) && reopened.has(row)) continue
    const byScope = spans[store.spans.process[row]!]!
    const scope = store.spans.scope[row]!
    const list = byScope.get(scope)
    const text = writer.span(row, links.get(row) ?? [])
    if (list) list.push(text)
    else byScope.set(scope, [text])
  }
  for (let at = 0; at < store.records.count; at++) {
    const row = store.records.span[at]!
    const time = store.records.timeNs[at]!
    const inside = time >= fromNs && time <= toNs
    if (row >= 0 ? chosen[row] : inside) logs[store.records.process[at]!]!.push(writer.record(at))
  }
  const resourceSpans: string[] = []
  const resourceLogs: string[] = []
  for (const { index } of store.processes) {
    const scopes = Array.from(
      spans[index]!,
      ([scope, list]) => `{"scope":{"name":${quote(store.strings[scope]!)}},"spans":[${list.join(',')}]}`,
    )
    const resource = writer.resource(index)
    if (scopes.length > 0) resourceSpans.push(`{"resource":${resource},"scopeSpans":[${scopes.join(',')}]}`)
    if (logs[index]!.length > 0) {
      resourceLogs.push(
        `{"resource":${resource},"scopeLogs":[{"scope":{},"logRecords":[${logs[index]!.join(',')}]}]}`,
      )
    }
  }
  return `{"resourceSpans":[${resourceSpans.join(',')}],"resourceLogs":[${resourceLogs.join(',')}]}`
}

const keep: Rewrite = (_, value) => value
const quote = (text: string): string => JSON.stringify(text)

/** 1 for each row that touches the interval or is an ancestor of one that does. Rows are in pre-order: one pass back. */
function chooseSpans(store: Store, fromNs: number, toNs: number): Uint8Array {
  const { count, startNs, endNs, parent } = store.spans
  const chosen = new Uint8Array(count)
  for (let row = count - 1; row >= 0; row--) {
    if (startNs[row]! <= toNs && endNs[row]! >= fromNs) chosen[row] = 1
    if (chosen[row] && parent[row]! >= 0) chosen[parent[row]!] = 1
  }
  return chosen
}

function linksByRow(store: Store, chosen: Uint8Array): Map<number, number[]> {
  const out = new Map<number, number[]>()
  for (let link = 0; link < store.links.count; link++) {
    const from = store.links.from[link]!
    if (!chosen[from] || store.links.to[link]! < 0) continue
    const list = out.get(from)
    if (list) list.push(link)
    else out.set(from, [link])
  }
  return out
}

function rowsOfOpenRecords(store: Store): Set<number> {
  const rows = new Set<number>()
  for (let at = 0; at < store.records.count; at++) {
    if (store.strings[store.records.name[at]!] === Event.spanOpen) rows.add(store.records.span[at]!)
  }
  return rows
}

class Writer {
  readonly #store: Store
  readonly #rewrite: Rewrite

  constructor(store: Store, rewrite: Rewrite) {
    this.#store = store
    this.#rewrite = rewrite
  }

  resource(process: number): string {
    const list = Object.entries(this.#store.processes[process]!.attributes)
    return `{"attributes":[${list.flatMap(([key, value]) => this.#attribute(key, value, false)).join(',')}]}`
  }

  span(row: number, links: readonly number[]): string {
    const { spans, strings } = this.#store
    const parent = spans.parent[row]!
    const open = hasFlag(this.#store, row, SpanFlag.open)
    const fields = [
      `"traceId":"${traceIdOf(this.#store, row)}"`,
      `"spanId":"${spanIdOf(this.#store, row)}"`,
      ...(parent >= 0 ? [`"parentSpanId":"${spanIdOf(this.#store, parent)}"`] : []),
      `"name":${quote(strings[spans.name[row]!]!)}`,
      `"kind":${spans.kind[row]!}`,
      `"startTimeUnixNano":"${unixNano(this.#store, spans.startNs[row]!)}"`,
      ...(open ? [] : [`"endTimeUnixNano":"${unixNano(this.#store, spans.endNs[row]!)}"`]),
      `"attributes":[${this.#attributes(spans.attrStart, row)}]`,
      ...(links.length > 0 ? [`"links":[${links.map(link => this.#link(link)).join(',')}]`] : []),
    ]
    const message = strings[spans.statusMessage[row]!]!
    if (spans.status[row]! > 0 || message !== '') {
      const text = this.#rewrite('status.message', message) ?? ''
      fields.push(`"status":{"code":${spans.status[row]!},"message":${quote(String(text))}}`)
    }
    return `{${fields.join(',')}}`
  }

  record(at: number): string {
    const { records, strings } = this.#store
    const row = records.span[at]!
    const body = this.#rewrite('log.body', strings[records.body[at]!]!) ?? ''
    const fields = [
      `"timeUnixNano":"${unixNano(this.#store, records.timeNs[at]!)}"`,
      `"severityNumber":${records.severity[at]!}`,
      ...(records.name[at]! > 0 ? [`"eventName":${quote(strings[records.name[at]!]!)}`] : []),
      ...(body === '' ? [] : [`"body":{"stringValue":${quote(String(body))}}`]),
      ...(row >= 0
        ? [`"traceId":"${traceIdOf(this.#store, row)}"`, `"spanId":"${spanIdOf(this.#store, row)}"`]
        : []),
      `"attributes":[${this.#attributes(records.attrStart, at)}]`,
    ]
    return `{${fields.join(',')}}`
  }

  #link(link: number): string {
    const to = this.#store.links.to[link]!
    const attributes = this.#attributes(this.#store.links.attrStart, link)
    return `{"traceId":"${traceIdOf(this.#store, to)}","spanId":"${spanIdOf(this.#store, to)}","attributes":[${attributes}]}`
  }

  #attributes(attrStart: Int32Array, row: number): string {
    const { attributes, strings } = this.#store
    const out: string[] = []
    for (let at = attrStart[row]!; at < attrStart[row + 1]!; at++) {
      const isJson = attributes.type[at] === AttributeType.json
      out.push(...this.#attribute(strings[attributes.key[at]!]!, attributeAt(this.#store, at), isJson))
    }
    return out.join(',')
  }

  /** None or one: a rewrite may drop an attribute. */
  #attribute(key: string, value: AttributeValue, isJson: boolean): string[] {
    const rewritten = this.#rewrite(key, value)
    if (rewritten === null) return []
    const any = isJson && rewritten === value ? jsonValue(String(value)) : plainValue(rewritten)
    return [`{"key":${quote(key)},"value":${any}}`]
  }
}

function plainValue(value: AttributeValue): string {
  if (typeof value === 'string') return `{"stringValue":${quote(value)}}`
  if (typeof value === 'boolean') return `{"boolValue":${value}}`
  if (Number.isSafeInteger(value)) return `{"intValue":"${value}"}`
  return `{"doubleValue":${Number.isFinite(value) ? value : quote(String(value))}}`
}

/** Text of a list, map or large int → AnyValue. The importer bounds its depth, so recursion is safe. */
function jsonValue(text: string): string {
  if (/^-?\d+$/.test(text)) return `{"intValue":"${text}"}`
  try {
    return anyValue(JSON.parse(text))
  } catch {
    // Clipped by the importer: no longer JSON.
    return plainValue(text)
  }
}

function anyValue(value: unknown): string {
  if (Array.isArray(value)) return `{"arrayValue":{"values":[${value.map(anyValue).join(',')}]}}`
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).map(
      ([key, member]) => `{"key":${quote(key)},"value":${anyValue(member)}}`,
    )
    return `{"kvlistValue":{"values":[${entries.join(',')}]}}`
  }
  return value === null ? '{}' : plainValue(value as AttributeValue)
}
