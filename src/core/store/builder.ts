/**
 * The growable half of the store: importers push rows in file order, `freeze` sorts, links and repairs them.
 *
 * Times are pairs (whole Unix seconds, nanoseconds within the second), because Unix nanoseconds do not fit a double.
 * Attributes belong to the row that is added next: call the attribute methods first, then `addSpan`, `addRecord` or
 * `addLink`. The argument objects are copied, so callers may reuse one and allocate nothing per row.
 */
import type { ImportIssue } from '../import/import.ts'
import { IssueLog } from '../import/issues.ts'
import type { ReadValue } from '../import/otlp/otlp-value.ts'
import { f64Column, i32Column, idColumn, u8Column, u16Column } from './columns.ts'
import { freeze } from './freeze.ts'
import type { GaugePoints } from './gauges.ts'
import { Interner } from './interner.ts'
import { AttributeType, type Scope, type Store } from './store.ts'
import type { AxisOptions } from './time-axis.ts'

export interface SpanFields {
  /** 16, 8 and 8 bytes; all zero means none. */
  readonly traceId: Uint8Array
  readonly spanId: Uint8Array
  readonly parentId: Uint8Array
  /** Index into the string table, as are `statusMessage` and `scope`. */
  name: number
  kind: number
  status: number
  statusMessage: number
  startSec: number
  startNano: number
  /** Both 0: never ended. */
  endSec: number
  endNano: number
  process: number
  scope: number
  /** Bits of `SpanFlag` that the importer already knows. */
  flags: number
}

export interface RecordFields {
  /** Both 0: unknown. */
  sec: number
  nano: number
  name: number
  body: number
  severity: number
  /** Builder row of the span whose event this is, -1 for a log record. */
  span: number
  /** Ids a log record carries; ignored when `span` is set. */
  readonly traceId: Uint8Array
  readonly spanId: Uint8Array
  process: number
  /** Index into the string table. */
  scope: number
  /** Bits of `RecordFlag`; `event` is set by the store. */
  flags: number
}

export interface LinkFields {
  /** Builder row of the span that carries the link. */
  from: number
  readonly traceId: Uint8Array
  readonly spanId: Uint8Array
  /** Index into the string table. */
  type: number
}

export const spanFields = (): SpanFields => ({
  traceId: new Uint8Array(16),
  spanId: new Uint8Array(8),
  parentId: new Uint8Array(8),
  name: 0,
  kind: 0,
  status: 0,
  statusMessage: 0,
  startSec: 0,
  startNano: 0,
  endSec: 0,
  endNano: 0,
  process: 0,
  scope: 0,
  flags: 0,
})

export const recordFields = (): RecordFields => ({
  sec: 0,
  nano: 0,
  name: 0,
  body: 0,
  severity: 0,
  span: -1,
  traceId: new Uint8Array(16),
  spanId: new Uint8Array(8),
  process: 0,
  scope: 0,
  flags: 0,
})

export const linkFields = (): LinkFields => ({
  from: 0,
  traceId: new Uint8Array(16),
  spanId: new Uint8Array(8),
  type: 0,
})

/** Attributes of one process, as read; the first value of a key wins. */
export type ProcessAttributes = Map<string, ReadValue>

export class StoreBuilder {
  readonly text = new Interner()
  readonly spans = {
    count: 0,
    capacity: 0,
    traceId: idColumn(),
    spanId: idColumn(),
    parentId: idColumn(),
    name: i32Column(),
    kind: u8Column(),
    status: u8Column(),
    statusMessage: i32Column(),
    startSec: f64Column(),
    startNano: i32Column(),
    endSec: f64Column(),
    endNano: i32Column(),
    flags: u16Column(),
    process: i32Column(),
    scope: i32Column(),
    attrStart: i32Column(),
    attrEnd: i32Column(),
    /** Where it was read: index of the input and line (or 0). */
    input: u16Column(),
    line: i32Column(),
  }
  readonly records = {
    count: 0,
    capacity: 0,
    sec: f64Column(),
    nano: i32Column(),
    name: i32Column(),
    body: i32Column(),
    severity: u8Column(),
    flags: u8Column(),
    span: i32Column(),
    traceId: idColumn(),
    spanId: idColumn(),
    process: i32Column(),
    scope: i32Column(),
    attrStart: i32Column(),
    attrEnd: i32Column(),
    input: u16Column(),
  }
  readonly links = {
    count: 0,
    capacity: 0,
    from: i32Column(),
    traceId: idColumn(),
    spanId: idColumn(),
    type: i32Column(),
    attrStart: i32Column(),
    attrEnd: i32Column(),
  }
  readonly attributes = { count: 0, capacity: 0, key: i32Column(), type: u8Column(), value: f64Column() }
  readonly processes: ProcessAttributes[] = []
  /** What the files tell about a scope besides its name; the first of a process and name is kept. */
  readonly scopes = new Map<string, Scope>()
  /** Metric series by process, name and attributes. */
  readonly gauges = new Map<string, GaugePoints>()
  gaugePoints = 0
  readonly issues = new IssueLog()
  /** Names of the inputs, for the places in issues. */
  readonly inputs: string[] = []
  /** How much of the inputs has been read, 0…1; 0 unknown. Tells how far the tables will grow. */
  readShare = 0
  /** Line of the value being read, 0 where the format has none. */
  line = 0

  readonly #processIndex = new Map<string, number>()
  #attrMark = 0

  /** Index of the text in the string table. */
  intern(text: string): number {
    return this.text.add(text)
  }

  /** Says that what follows comes from another input. */
  beginInput(name: string): void {
    this.inputs.push(name)
    this.line = 0
  }

  /**
   * Index of the process these resource attributes describe. Two resources are one process when all that
   * identifies one (service, instance, host, pid, container, pod) is the same; other attributes are merged.
   */
  process(attributes: ReadonlyMap<string, ReadValue>): number {
    const key = identityOf(attributes)
    const known = this.#processIndex.get(key)
    if (known === undefined) {
      const index = this.processes.length
      this.processes.push(new Map(attributes))
      this.#processIndex.set(key, index)
      return index
    }
    const merged = this.processes[known]!
    for (const [name, value] of attributes) {
      if (!merged.has(name)) merged.set(name, value)
    }
    return known
  }

  /** A point of a metric series. */
  gauge(
    series: Omit<GaugePoints, 'sec' | 'nano' | 'values'>,
    sec: number,
    nano: number,
    value: number,
  ): void {
    const key = JSON.stringify([series.process, series.name, Object.entries(series.attributes).sort()])
    let points = this.gauges.get(key)
    if (!points) {
      points = { ...series, sec: [], nano: [], values: [] }
      this.gauges.set(key, points)
    }
    this.gaugePoints++
    points.sec.push(sec)
    points.nano.push(nano)
    points.values.push(value)
  }

  /** Keeps the version and attributes of a process's scope. */
  scope(scope: Scope): void {
    if (scope.version === '' && scope.attributes === '') return
    const key = `${scope.process} ${scope.name}`
    if (!this.scopes.has(key)) this.scopes.set(key, scope)
  }

  /**
   * Adds so many rows to a table at once and returns the first; the caller writes all columns but `input`. Spans, records
   * and links name their attributes by `attrStart` and `attrEnd`.
   */
  extend(table: Table, rows: number): number {
    const first = table.count
    while (first + rows > table.capacity) grow(table, this.readShare)
    table.count = first + rows
    if (table === this.attributes) this.#attrMark = table.count
    if ('input' in table) table.input.data.fill(Math.max(0, this.inputs.length - 1), first, table.count)
    return first
  }

  /** An attribute by indices of the string table; `value` is one too where the type is `string` or `json`. */
  addAttribute(key: number, type: number, value: number): void {
    const to = this.attributes
    const at = to.count
    if (at === to.capacity) grow(to, this.readShare)
    to.count = at + 1
    to.key.data[at] = key
    to.type.data[at] = type
    to.value.data[at] = value
  }

  addString(key: string, value: string): void {
    this.#attribute(key, AttributeType.string, this.text.add(value))
  }

  addBool(key: string, value: boolean): void {
    this.#attribute(key, AttributeType.bool, value ? 1 : 0)
  }

  /** An int that a double holds exactly; larger ones go through `addJson`. */
  addInt(key: string, value: number): void {
    this.#attribute(key, AttributeType.int, value)
  }

  addDouble(key: string, value: number): void {
    this.#attribute(key, AttributeType.double, value)
  }

  /** JSON text: arrays, maps, null, ints beyond 2^53. */
  addJson(key: string, text: string): void {
    this.#attribute(key, AttributeType.json, this.text.add(text))
  }

  #attribute(key: string, type: number, value: number): void {
    this.addAttribute(this.text.add(key), type, value)
  }

  /** Returns the builder's row: good for `RecordFields.span` and `LinkFields.from`, not a row of the store. */
  addSpan(span: SpanFields): number {
    const to = this.spans
    const row = to.count
    if (row === to.capacity) grow(to, this.readShare)
    to.count = row + 1
    this.#setSpan(row, span)
    to.input.data[row] = Math.max(0, this.inputs.length - 1)
    to.line.data[row] = this.line
    to.attrStart.data[row] = this.#attrMark
    to.attrEnd.data[row] = this.#attrMark = this.attributes.count
    return row
  }

  #setSpan(row: number, span: SpanFields): void {
    const to = this.spans
    copyId(span.traceId, 16, to.traceId.data, row)
    copyId(span.spanId, 8, to.spanId.data, row)
    copyId(span.parentId, 8, to.parentId.data, row)
    to.name.data[row] = span.name
    to.kind.data[row] = span.kind
    to.status.data[row] = span.status
    to.statusMessage.data[row] = span.statusMessage
    to.startSec.data[row] = span.startSec
    to.startNano.data[row] = span.startNano
    to.endSec.data[row] = span.endSec
    to.endNano.data[row] = span.endNano
    to.flags.data[row] = span.flags
    to.process.data[row] = span.process
    to.scope.data[row] = span.scope
  }

  addRecord(record: RecordFields): number {
    const to = this.records
    const row = to.count
    if (row === to.capacity) grow(to, this.readShare)
    to.count = row + 1
    to.sec.data[row] = record.sec
    to.nano.data[row] = record.nano
    to.name.data[row] = record.name
    to.body.data[row] = record.body
    to.severity.data[row] = record.severity
    to.flags.data[row] = record.flags
    to.span.data[row] = record.span
    copyId(record.traceId, 16, to.traceId.data, row)
    copyId(record.spanId, 8, to.spanId.data, row)
    to.process.data[row] = record.process
    to.scope.data[row] = record.scope
    to.input.data[row] = Math.max(0, this.inputs.length - 1)
    to.attrStart.data[row] = this.#attrMark
    to.attrEnd.data[row] = this.#attrMark = this.attributes.count
    return row
  }

  addLink(link: LinkFields): void {
    const to = this.links
    const row = to.count
    if (row === to.capacity) grow(to, this.readShare)
    to.count = row + 1
    to.from.data[row] = link.from
    copyId(link.traceId, 16, to.traceId.data, row)
    copyId(link.spanId, 8, to.spanId.data, row)
    to.type.data[row] = link.type
    to.attrStart.data[row] = this.#attrMark
    to.attrEnd.data[row] = this.#attrMark = this.attributes.count
  }

  /** `incident.jsonl line 7` for the issues of a builder row. */
  placeOf(span: number): string {
    const file = this.inputs[this.spans.input.data[span]!] ?? ''
    const line = this.spans.line.data[span]!
    return line > 0 ? `${file} line ${line}` : file
  }

  /**
   * Sorts, resolves and repairs. The builder is used up: call it once. O(n log n), no recursion.
   * Every repair is in `issues`.
   */
  freeze(options: AxisOptions = {}): { readonly store: Store; readonly issues: readonly ImportIssue[] } {
    const store = freeze(this, options)
    return { store, issues: this.issues.list() }
  }
}

type Table = StoreBuilder['spans' | 'records' | 'links' | 'attributes']

const firstRows = 1024
/** Above this many rows a table grows by half, not by doubling: less is left over. */
const manyRows = 1 << 19
/** A share that lies must not cost more than this. */
const maxGrowth = 16

/** Makes room for more rows in every column: for all that is to come, as far as the share tells, so that little is copied. */
function grow(table: Table, share: number): void {
  const { capacity } = table
  const usual = capacity * (capacity < manyRows ? 2 : 1.5)
  const likely = share > 0 ? Math.min(capacity * maxGrowth, (capacity / share) * 1.04) : usual
  const rows = Math.max(firstRows, Math.floor(Math.max(likely, capacity * 1.1)))
  for (const [name, column] of Object.entries(table)) {
    if (typeof column === 'number') continue
    column.reserve(rows * (name === 'traceId' ? 16 : name === 'spanId' || name === 'parentId' ? 8 : 1))
  }
  table.capacity = rows
}

function copyId(from: Uint8Array, size: number, to: Uint8Array, row: number): void {
  const at = row * size
  for (let i = 0; i < size; i++) to[at + i] = from[i]!
}

/** What tells one process from another, in OpenTelemetry's words. */
const identityKeys = [
  'service.namespace',
  'service.name',
  'service.instance.id',
  'host.id',
  'host.name',
  'process.pid',
  'container.id',
  'k8s.pod.uid',
  'k8s.pod.name',
  'faas.instance',
]

function identityOf(attributes: ReadonlyMap<string, ReadValue>): string {
  return JSON.stringify(identityKeys.map(key => attributes.get(key) ?? null))
}
