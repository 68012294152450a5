/** One row of a table of spans → the builder. Columns are known by name (`span-columns.ts`); the others are attributes. */

import { Kind, Status } from '../../store/store.ts'
import type { ImportContext } from '../importer.ts'
import { addNs, epochUnitNs, type Instant, readTime } from '../instant.ts'
import { kindNamed, never, type RowWriter, statusNamed } from '../row-writer.ts'
import { type Foreign, isObject, listOf, numberOf, pick, textOf } from './foreign.ts'
import { bareName, columnOf, type Role } from './span-columns.ts'

/** Column → value; names of nested members are joined by dots. */
export type Row = ReadonlyMap<string, unknown>

/** Of the process, not of the span. */
const ofProcess =
  /^(?:resource[_.]?attributes|resource|host|process|container|k8s|kubernetes|cloud|telemetry|service)\./i
const resourceWrapper = /^resource(?:[_.]?attributes)?\./i
const spanWrapper =
  /^(?:span[_.]?attributes|attributes|tags|tagMap|labels|custom|properties|customDimensions)\./i

interface Cell {
  readonly name: string
  readonly value: unknown
  readonly rank: number
  readonly unitNs: number | null
}

interface SortedRow {
  readonly cells: ReadonlyMap<Role, Cell>
  /** Of the span: all that is not known by its name, or not what its name promises. */
  readonly attributes: [string, unknown][]
  readonly resource: [string, unknown][]
}

export function readSpanRow(row: Row, writer: RowWriter, context: ImportContext): void {
  const { cells, attributes, resource } = sortRow(row)
  const of = (role: Role): unknown => cells.get(role)?.value
  const text = (role: Role): string => textOf(of(role))
  const start = timeOf(of('start'), context)
  if (!start) context.builder.issues.add('bad-time', () => `${writer.place()}: ${text('start').slice(0, 60)}`)
  const trace = text('trace')
  const parent = text('parent')
  const process = writer.process(text('service'), resource)
  const failed = of('failed')
  const span = writer.span({
    trace,
    id: idText(text('span')),
    // Application Insights hangs what came first under the operation itself.
    parent: parent === trace ? '' : idText(parent),
    name: text('name'),
    kind: kindOf(of('kind')),
    status: statusOf(of('status'), failed, of('succeeded')),
    statusMessage: text('message') || (isYes(failed) || isNo(failed) ? '' : textOf(failed)),
    start: start ?? never,
    end: endOf(row, cells, start, writer, context),
    process,
    scope: text('scope'),
    attributes,
  })
  const addEvent = (time: unknown, name: unknown, members: unknown): void =>
    writer.event(span, {
      at: timeOf(time, context) ?? start ?? never,
      name: textOf(name),
      process,
      attributes: isObject(members) ? Object.entries(members) : [],
    })
  for (const event of listOf(of('events'))) {
    if (!isObject(event)) continue
    const time = pick(event, 'timestamp', 'time', 'timeUnixNano', 'Timestamp')
    addEvent(time, pick(event, 'name', 'event', 'Name'), event.attributes)
  }
  for (const [nth, time] of listOf(of('eventTimes')).entries())
    addEvent(time, listOf(of('eventNames'))[nth], listOf(of('eventAttributes'))[nth])
  for (const [nth, other] of listOf(of('linkTraces')).entries())
    writer.link(span, textOf(other), idText(textOf(listOf(of('linkSpans'))[nth])))
  for (const link of listOf(of('links'))) if (isObject(link)) readLink(link, span, writer)
}

/** Of several columns for one thing the surest is taken, the others are attributes. */
function sortRow(row: Row): SortedRow {
  const cells = new Map<Role, Cell>()
  const others: [string, unknown][] = []
  for (const [name, raw] of row) {
    const value = typeof raw === 'string' ? unquoted(raw) : raw
    if (value === null || value === undefined || value === '') continue
    const column = columnOf(name)
    if (!column || !fits(column.role, value)) {
      others.push([name, value])
      continue
    }
    const best = cells.get(column.role)
    if (best && best.rank <= column.rank) others.push([name, value])
    else {
      if (best) others.push([best.name, best.value])
      cells.set(column.role, { ...column, name, value })
    }
  }
  const attributes: [string, unknown][] = []
  const resource: [string, unknown][] = []
  for (const [name, value] of others) {
    const bare = bareName(name)
    if (isObject(value)) {
      // A map in one column: of the resource, or of the span.
      const target = /^resource/i.test(bare) ? resource : attributes
      for (const member of Object.entries(value)) target.push(member)
    } else if (ofProcess.test(bare)) resource.push([bare.replace(resourceWrapper, ''), value])
    else attributes.push([bare.replace(spanWrapper, ''), value])
  }
  return { cells, attributes, resource }
}

const lists: ReadonlySet<Role> = new Set([
  'events',
  'eventTimes',
  'eventNames',
  'eventAttributes',
  'links',
  'linkTraces',
  'linkSpans',
])
const statusWord = /^(?:[012]|(?:status_code_)?(?:unset|ok|error|success|fail(?:ed|ure)?|unknown))$/i

/** Whether a value is what its column promises: `status` may be HTTP's, `kind` a model's. */
function fits(role: Role, value: unknown): boolean {
  if (lists.has(role)) return Array.isArray(value)
  if (typeof value === 'object') return false
  if (role === 'kind') return kindOf(value) > 0
  if (role === 'status') return statusWord.test(textOf(value))
  return role !== 'succeeded' || isYes(value) || isNo(value)
}

function endOf(
  row: Row,
  cells: ReadonlyMap<Role, Cell>,
  start: Instant | null,
  writer: RowWriter,
  context: ImportContext,
): Instant {
  const written = timeOf(cells.get('end')?.value, context)
  if (written) return written
  const end = { ...never }
  if (!start) return end
  const duration = cells.get('duration')
  const ns = durationNs(duration?.value, duration?.unitNs ?? null, () => {
    const startNumber = numberOf(cells.get('start')?.value)
    if (startNumber > 0) return epochUnitNs(startNumber)
    if (row.has('operation_Id') || row.has('tags.ai.operation.id')) return 1e6
    if (row.has('SpanName') || row.has('@timestamp') || row.has('_source.@timestamp')) return 1
    context.builder.issues.add('unit-assumed', writer.place)
    return 1e6
  })
  if (ns >= 0) {
    Object.assign(end, start)
    addNs(end, ns)
  }
  return end
}

function readLink(link: Foreign, span: number, writer: RowWriter): void {
  const id = textOf(pick(link, 'spanId', 'span_id', 'spanID', 'SpanId'))
  if (id !== '')
    writer.link(span, textOf(pick(link, 'traceId', 'trace_id', 'traceID', 'TraceId')), idText(id))
}

/** 64-bit ids that were written as decimals, as Datadog and Google do: too long to be hex. */
export function idText(id: string): string {
  return /^\d{17,20}$/.test(id) ? BigInt.asUintN(64, BigInt(id)).toString(16).padStart(16, '0') : id
}

/** Maps and lists that a table of text holds: JSON, or ClickHouse's `{'k':'v'}`. Any other text stays as it is. */
function unquoted(text: string): unknown {
  if (!/^(?:\{.*\}|\[.*\])$/s.test(text)) return text
  for (const json of [
    text,
    text.replace(/'((?:[^'\\]|\\.)*)'/gs, (_, inner: string) => JSON.stringify(inner)),
  ]) {
    try {
      return JSON.parse(json)
    } catch {
      // The other way.
    }
  }
  return text
}

/** Whether a time says where it is; plain numbers need not. */
const zoned = /^[\d.]+$|(?:Z|UTC|GMT|[+-]\d\d:?\d\d)\)?\s*\w{0,5}$/

function timeOf(value: unknown, context: ImportContext): Instant | null {
  const at = readTime(value)
  if (at && typeof value === 'string' && !zoned.test(value))
    context.builder.issues.add('zone-assumed', () => `${context.file}: ${value}`)
  return at
}

const unitsNs = new Map([
  ['ns', 1],
  ['µs', 1e3],
  ['μs', 1e3],
  ['us', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 60e9],
  ['h', 3600e9],
])

/** A number in a unit, `1m2.5s` as Go writes it, or `00:00:01.5` as .NET does; NaN when it is none. */
export function durationNs(value: unknown, unitNs: number | null, assumed: () => number): number {
  const number = numberOf(value)
  if (!Number.isNaN(number)) return Math.round(number * (unitNs ?? assumed()))
  const text = textOf(value).trim().slice(0, 60)
  const span = /^(?:(\d+)\.)?(\d{1,2}):(\d\d):(\d\d(?:\.\d+)?)$/.exec(text)
  if (span) {
    const seconds =
      Number(span[1] ?? 0) * 86_400 + Number(span[2]) * 3600 + Number(span[3]) * 60 + Number(span[4])
    return Math.round(seconds * 1e9)
  }
  if (!/^(?:[\d.]+ ?(?:ns|µs|μs|us|ms|s|m|h) ?)+$/.test(text)) return Number.NaN
  let ns = 0
  for (const [, count, unit] of text.matchAll(/([\d.]+) ?(ns|µs|μs|us|ms|s|m|h)/g))
    ns += Number(count) * unitsNs.get(unit!)!
  return Math.round(ns)
}

function kindOf(value: unknown): number {
  const number = numberOf(value)
  if (Number.isInteger(number)) return number >= 0 && number <= 5 ? number : Kind.unspecified
  const word = textOf(value)
  if (/^request(?:data)?$/i.test(word)) return Kind.server
  if (/^(?:remote)?dependency(?:data)?$/i.test(word)) return Kind.client
  return kindNamed(word)
}

const isYes = (value: unknown): boolean => /^(?:true|1|yes)$/i.test(textOf(value))
const isNo = (value: unknown): boolean => /^(?:false|0|no)?$/i.test(textOf(value))

function statusOf(status: unknown, failed: unknown, succeeded: unknown): number {
  const word = textOf(status)
  // What failed may be told by a flag or by the error itself.
  if (!isNo(failed) || (succeeded !== undefined && isNo(succeeded))) return Status.error
  if (word === '2' || /^fail/i.test(word)) return Status.error
  return word === '1' ? Status.ok : statusNamed(word)
}
