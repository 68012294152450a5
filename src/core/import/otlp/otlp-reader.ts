/**
 * OTLP requests as parsed JSON → builder: traces and logs; metrics are counted. Accepts what the reference reader of the
 * Collector accepts (camelCase and snake_case, ints as text, enum names) and the near-forms seen in the wild: `batches`,
 * `instrumentationLibrarySpans`, base64 ids, the `trace` wrapper of Tempo v2, numeric nanoseconds.
 */
import { Carried } from '../../convention/attributes/carried.ts'
import { isGaugeMetric } from '../../convention/gauges.ts'
import { Key } from '../../convention/keys.ts'
import { linkFields, recordFields, spanFields } from '../../store/builder.ts'
import { type AttributeValue, RecordFlag } from '../../store/store.ts'
import { type Foreign, isObject, listOf, numberOf, pick, textOf } from '../formats/foreign.ts'
import { type IdForm, parseId } from '../ids.ts'
import type { ImportContext } from '../importer.ts'
import { type Instant, parseInstant } from '../instant.ts'
import {
  addAttribute,
  keepScope,
  plainValueOf,
  type ReadValue,
  readAnyValue,
  readAttributes,
} from './otlp-value.ts'

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']
const codes = ['unset', 'ok', 'error']
const droppedCounts = [
  ['droppedAttributesCount', Carried.droppedAttributes],
  ['droppedEventsCount', Carried.droppedEvents],
  ['droppedLinksCount', Carried.droppedLinks],
] as const

export class OtlpReader {
  /** Metrics seen and skipped. */
  metrics = 0
  /** Values that were OTLP, whether or not there was something in them. */
  requests = 0
  readonly #context: ImportContext
  readonly #span = spanFields()
  readonly #record = recordFields()
  readonly #link = linkFields()
  readonly #instant: Instant = { sec: 0, nano: 0 }
  readonly #forms = new Set<string>()
  #line = 0
  #process = 0
  #scope = 0
  readonly #place = (): string => this.#context.place(this.#line)

  constructor(context: ImportContext) {
    this.#context = context
  }

  /** Reads one request; false when the value is not one. */
  read(value: unknown, line: number): boolean {
    if (!isObject(value)) return false
    this.#line = line
    this.#context.builder.line = line
    const wrapped = pick(value, 'trace')
    const request =
      isObject(wrapped) && pick(wrapped, 'resourceSpans', 'resource_spans', 'batches') ? wrapped : value
    const spans = pick(request, 'resourceSpans', 'resource_spans', 'batches', 'ResourceSpans')
    const logs = pick(request, 'resourceLogs', 'resource_logs', 'ResourceLogs')
    const metrics = pick(request, 'resourceMetrics', 'resource_metrics', 'ResourceMetrics')
    if (Object.hasOwn(request, 'batches')) this.#nearForm('batches')
    for (const resource of listOf(spans)) this.#resourceSpans(resource)
    for (const resource of listOf(logs)) this.#resourceLogs(resource)
    for (const resource of listOf(metrics)) this.#resourceMetrics(resource)
    // A line may also hold one ResourceSpans or ResourceLogs without the list around it.
    const bare = pick(request, 'scopeSpans', 'scope_spans', 'instrumentationLibrarySpans')
    if (bare) this.#resourceSpans(request)
    const bareLogs = pick(request, 'scopeLogs', 'scope_logs')
    if (bareLogs) this.#resourceLogs(request)
    const found = [spans, logs, metrics, bare, bareLogs].some(list => list !== undefined)
    if (!found && !this.#looseSpans(request)) return false
    this.requests++
    return true
  }

  /** Spans that were taken out of their request: one, or the list of a scope; with its resource, where it came along. */
  #looseSpans(owner: Foreign): boolean {
    const spans = isSpan(owner) ? [owner] : listOf(pick(owner, 'spans', 'Spans'))
    if (!spans.some(isSpan)) return false
    this.#nearForm('spans without a request')
    this.#resource(owner)
    this.#scopeOf(owner)
    for (const span of spans) this.#readSpan(span)
    return true
  }

  /** Once for all of a file: a large document is read in pieces, and each has the form again. */
  #nearForm(form: string): void {
    if (this.#forms.has(form)) return
    this.#forms.add(form)
    this.#context.builder.issues.add('near-form', () => `${this.#place()}: "${form}"`)
  }

  #resource(owner: Foreign): void {
    const { builder } = this.#context
    const attributes = new Map<string, ReadValue>()
    const resource = pick(owner, 'resource', 'Resource')
    if (isObject(resource)) {
      readAttributes(pick(resource, 'attributes', 'Attributes'), builder, this.#place, (key, value) =>
        attributes.set(key, value),
      )
    } else {
      const service = textOf(pick(owner, 'serviceName', 'service_name'))
      if (service !== '') attributes.set('service.name', service)
    }
    this.#process = builder.process(attributes)
  }

  #scopeOf(owner: Foreign): void {
    const scope = pick(owner, 'scope', 'instrumentationLibrary', 'instrumentation_library', 'Scope')
    const { builder } = this.#context
    this.#scope = builder.intern(isObject(scope) ? textOf(pick(scope, 'name', 'Name')) : '')
    if (isObject(scope)) keepScope(scope, this.#process, builder, this.#place)
  }

  #resourceSpans(owner: unknown): void {
    if (!isObject(owner)) return
    this.#resource(owner)
    for (const names of [
      ['scopeSpans', 'scope_spans', 'ScopeSpans'],
      ['instrumentationLibrarySpans', 'instrumentation_library_spans', 'ilSpans'],
    ]) {
      const scopes = pick(owner, names[0]!, names[1], names[2])
      if (scopes !== undefined && names[0] === 'instrumentationLibrarySpans')
        this.#nearForm('instrumentationLibrarySpans')
      for (const scope of listOf(scopes)) {
        if (!isObject(scope)) continue
        this.#scopeOf(scope)
        for (const span of listOf(pick(scope, 'spans', 'Spans'))) this.#readSpan(span)
      }
    }
  }

  #readSpan(value: unknown): void {
    const { builder } = this.#context
    if (!isObject(value)) {
      builder.issues.add('bad-span', this.#place)
      return
    }
    const span = this.#span
    this.#id(pick(value, 'traceId', 'trace_id', 'traceID'), span.traceId)
    this.#id(pick(value, 'spanId', 'span_id', 'spanID'), span.spanId)
    this.#id(pick(value, 'parentSpanId', 'parent_span_id', 'parentSpanID'), span.parentId)
    span.name = builder.intern(textOf(pick(value, 'name')))
    span.kind = this.#enum(pick(value, 'kind'), kinds, 'SPAN_KIND_')
    const status = pick(value, 'status')
    span.status = isObject(status) ? this.#enum(pick(status, 'code'), codes, 'STATUS_CODE_') : 0
    span.statusMessage = isObject(status) ? builder.intern(textOf(pick(status, 'message'))) : 0
    this.#time(pick(value, 'startTimeUnixNano', 'start_time_unix_nano'))
    span.startSec = this.#instant.sec
    span.startNano = this.#instant.nano
    this.#time(pick(value, 'endTimeUnixNano', 'end_time_unix_nano'))
    span.endSec = this.#instant.sec
    span.endNano = this.#instant.nano
    span.process = this.#process
    span.scope = this.#scope
    this.#traceState(value)
    this.#attributes(pick(value, 'attributes'))
    this.#dropped(value)
    const row = builder.addSpan(span)
    for (const event of listOf(pick(value, 'events'))) this.#readEvent(event, row)
    for (const link of listOf(pick(value, 'links'))) this.#readLink(link, row)
  }

  #readEvent(value: unknown, row: number): void {
    if (!isObject(value)) return
    const { builder } = this.#context
    const record = this.#record
    this.#time(pick(value, 'timeUnixNano', 'time_unix_nano'))
    record.sec = this.#instant.sec
    record.nano = this.#instant.nano
    record.name = builder.intern(textOf(pick(value, 'name')))
    record.body = 0
    record.severity = 0
    record.flags = 0
    record.span = row
    record.process = this.#process
    record.scope = this.#scope
    record.traceId.fill(0)
    record.spanId.fill(0)
    this.#attributes(pick(value, 'attributes'))
    this.#dropped(value)
    builder.addRecord(record)
  }

  #readLink(value: unknown, row: number): void {
    if (!isObject(value)) return
    const { builder } = this.#context
    const link = this.#link
    this.#id(pick(value, 'traceId', 'trace_id', 'traceID'), link.traceId)
    this.#id(pick(value, 'spanId', 'span_id', 'spanID'), link.spanId)
    link.from = row
    link.type = builder.intern('follows')
    this.#traceState(value)
    readAttributes(pick(value, 'attributes'), builder, this.#place, (key, read) => {
      if (key === Key.linkType && typeof read === 'string') link.type = builder.intern(read)
      addAttribute(builder, key, read)
    })
    this.#dropped(value)
    builder.addLink(link)
  }

  #resourceLogs(owner: unknown): void {
    if (!isObject(owner)) return
    this.#resource(owner)
    for (const scope of listOf(
      pick(owner, 'scopeLogs', 'scope_logs', 'instrumentationLibraryLogs', 'ScopeLogs'),
    )) {
      if (!isObject(scope)) continue
      this.#scopeOf(scope)
      for (const record of listOf(pick(scope, 'logRecords', 'log_records', 'logs', 'LogRecords')))
        this.#readLog(record)
    }
  }

  #readLog(value: unknown): void {
    const { builder } = this.#context
    if (!isObject(value)) {
      builder.issues.add('bad-span', this.#place)
      return
    }
    const record = this.#record
    this.#time(pick(value, 'timeUnixNano', 'time_unix_nano'))
    if (this.#instant.sec === 0 && this.#instant.nano === 0) {
      this.#time(pick(value, 'observedTimeUnixNano', 'observed_time_unix_nano'))
    }
    record.sec = this.#instant.sec
    record.nano = this.#instant.nano
    record.span = -1
    record.process = this.#process
    record.scope = this.#scope
    this.#id(pick(value, 'traceId', 'trace_id'), record.traceId)
    this.#id(pick(value, 'spanId', 'span_id'), record.spanId)
    const body = pick(value, 'body')
    const read = body === undefined ? '' : readAnyValue(body, builder, this.#place)
    record.body = builder.intern(String(plainValueOf(read)))
    record.flags = typeof read === 'object' && 'json' in read ? RecordFlag.structuredBody : 0
    const severity = pick(value, 'severityNumber', 'severity_number')
    record.severity = severityOf(severity, pick(value, 'severityText', 'severity_text'))
    let name = textOf(pick(value, 'eventName', 'event_name'))
    readAttributes(pick(value, 'attributes'), builder, this.#place, (key, attribute) => {
      // Before LogRecord had the field, events were named by an attribute.
      if (key === 'event.name' && name === '' && typeof attribute === 'string') name = attribute
      addAttribute(builder, key, attribute)
    })
    record.name = builder.intern(name)
    this.#dropped(value)
    builder.addRecord(record)
  }

  #resourceMetrics(owner: unknown): void {
    if (!isObject(owner)) return
    for (const scope of listOf(
      pick(owner, 'scopeMetrics', 'scope_metrics', 'instrumentationLibraryMetrics'),
    )) {
      if (!isObject(scope)) continue
      for (const metric of listOf(pick(scope, 'metrics'))) {
        this.metrics++
        if (!isObject(metric) || !this.#gauge(metric, owner))
          this.#context.builder.issues.add('metrics-skipped', this.#place)
      }
    }
  }

  /** Keeps the points of a metric that is drawn; false when nothing was kept. Sums that only grow say nothing about an instant. */
  #gauge(metric: Foreign, owner: Foreign): boolean {
    const { builder } = this.#context
    const pointsBefore = builder.gaugePoints
    const name = textOf(pick(metric, 'name'))
    const data = pick(metric, 'gauge', 'sum')
    if (!isGaugeMetric(name) || !isObject(data) || pick(data, 'isMonotonic', 'is_monotonic') === true)
      return false
    this.#resource(owner)
    for (const point of listOf(pick(data, 'dataPoints', 'data_points'))) {
      if (!isObject(point)) continue
      const value = numberOf(pick(point, 'asDouble', 'asInt', 'as_double', 'as_int'))
      this.#time(pick(point, 'timeUnixNano', 'time_unix_nano'))
      if (!Number.isFinite(value) || this.#instant.sec === 0) continue
      const attributes = new Map<string, AttributeValue>()
      readAttributes(pick(point, 'attributes'), builder, this.#place, (key, read) =>
        attributes.set(key, plainValueOf(read)),
      )
      const series = {
        process: this.#process,
        name,
        unit: textOf(pick(metric, 'unit')),
        attributes: Object.fromEntries(attributes),
      }
      builder.gauge(series, this.#instant.sec, this.#instant.nano, value)
    }
    return builder.gaugePoints > pointsBefore
  }

  #attributes(list: unknown): void {
    const { builder } = this.#context
    readAttributes(list, builder, this.#place, (key, value) => addAttribute(builder, key, value))
  }

  #dropped(value: Foreign): void {
    const { builder } = this.#context
    let count = 0
    for (const [field, key] of droppedCounts) {
      const dropped = numberOf(value[field])
      if (!(Number.isSafeInteger(dropped) && dropped > 0 && dropped < 1e9)) continue
      count += dropped
      builder.addInt(key, dropped)
    }
    builder.issues.add('dropped-by-producer', this.#place, count)
  }

  #traceState(value: Foreign): void {
    const state = textOf(pick(value, 'traceState', 'trace_state'))
    if (state !== '') this.#context.builder.addString(Carried.traceState, state)
  }

  #id(value: unknown, out: Uint8Array): void {
    const text = typeof value === 'string' ? value : value === undefined ? '' : textOf(value)
    const form: IdForm = parseId(text, out)
    if (form === 'hex' || form === 'empty') return
    const { issues } = this.#context.builder
    issues.add(form === 'base64' ? 'base64-id' : 'odd-id', () => `${this.#place()}: "${text.slice(0, 60)}"`)
  }

  #time(value: unknown): void {
    if (parseInstant(value, this.#instant)) {
      if (typeof value === 'number' && value > Number.MAX_SAFE_INTEGER) {
        this.#context.builder.issues.add('imprecise-number', this.#place)
      }
      return
    }
    this.#instant.sec = 0
    this.#instant.nano = 0
    this.#context.builder.issues.add(
      'bad-time',
      () => `${this.#place()}: ${JSON.stringify(value)?.slice(0, 60)}`,
    )
  }

  /** An enum as OTLP writes it (int) or as it must not but does (name). */
  #enum(value: unknown, names: readonly string[], prefix: string): number {
    if (value === undefined) return 0
    const number = numberOf(value)
    if (Number.isInteger(number)) return number >= 0 && number < names.length ? number : 0
    if (typeof value !== 'string') return 0
    this.#context.builder.issues.add('enum-name', () => `${this.#place()}: "${value.slice(0, 60)}"`)
    const upper = value.toUpperCase()
    const name = (upper.startsWith(prefix) ? upper.slice(prefix.length) : upper).toLowerCase()
    return Math.max(0, names.indexOf(name))
  }
}

/** Whether it looks like a span of OTLP, wherever it was found. */
export const isSpan = (value: unknown): boolean =>
  isObject(value) &&
  pick(value, 'spanId', 'span_id', 'spanID') !== undefined &&
  pick(value, 'startTimeUnixNano', 'start_time_unix_nano') !== undefined

const severityWords: readonly (readonly [RegExp, number])[] = [
  [/^(fatal|crit|emerg|alert|panic)/i, 21],
  [/^err/i, 17],
  [/^warn/i, 13],
  [/^(info|notice)/i, 9],
  [/^debug/i, 5],
  [/^trace/i, 1],
]

/** OTLP severity number of a number, an enum name or a level's word; 0 unknown. */
export function severityOf(value: unknown, word?: unknown): number {
  const number = numberOf(value)
  if (Number.isInteger(number) && number > 0 && number <= 24) return number
  const name = (typeof value === 'string' ? value.replace(/^SEVERITY_NUMBER_/, '') : '') || textOf(word)
  for (const [pattern, severity] of severityWords) if (pattern.test(name)) return severity
  return 0
}
