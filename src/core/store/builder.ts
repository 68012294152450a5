/**
 * The growable half of the store: importers push rows in file order, `freeze` sorts, links and repairs them.
 *
 * Times are pairs (whole Unix seconds, nanoseconds within the second), because Unix nanoseconds do not fit a double.
 * Attributes belong to the row that is added next: call the attribute methods first, then `addSpan`, `addRecord` or
 * `addLink`. The argument objects are copied, so callers may reuse one and allocate nothing per row.
 */
import type { ImportIssue } from '../import/import.ts'
import { IssueLog } from '../import/issues.ts'
import { f64Column, Interner, i32Column, u8Column, u16Column } from './columns.ts'
import { freeze } from './freeze.ts'
import { AttributeType, type AttributeValue, type Store } from './store.ts'

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
})

export const linkFields = (): LinkFields => ({
  from: 0,
  traceId: new Uint8Array(16),
  spanId: new Uint8Array(8),
  type: 0,
})

/** Attributes of one process, as read; the first value of a key wins. */
export type ProcessAttributes = Map<string, AttributeValue>

export class StoreBuilder {
  readonly text = new Interner()
  readonly spans = {
    count: 0,
    traceId: u8Column(),
    spanId: u8Column(),
    parentId: u8Column(),
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
    sec: f64Column(),
    nano: i32Column(),
    name: i32Column(),
    body: i32Column(),
    severity: u8Column(),
    span: i32Column(),
    traceId: u8Column(),
    spanId: u8Column(),
    process: i32Column(),
    attrStart: i32Column(),
    attrEnd: i32Column(),
    input: u16Column(),
  }
  readonly links = {
    count: 0,
    from: i32Column(),
    traceId: u8Column(),
    spanId: u8Column(),
    type: i32Column(),
    attrStart: i32Column(),
    attrEnd: i32Column(),
  }
  readonly attributes = { key: i32Column(), type: u8Column(), value: f64Column() }
  readonly processes: ProcessAttributes[] = []
  readonly issues = new IssueLog()
  /** Names of the inputs, for the places in issues. */
  readonly inputs: string[] = []
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
  process(attributes: ReadonlyMap<string, AttributeValue>): number {
    const key = identityOf(attributes)
    const known = this.#processIndex.get(key)
    if (known === undefined) {
      const index = this.processes.length
      this.processes.push(new Map(attributes))
      this.#processIndex.set(key, index)
      return index
    }
    const merged = this.processes[known]!
    for (const [name, value] of attributes) if (!merged.has(name)) merged.set(name, value)
    return known
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
    this.attributes.key.push(this.text.add(key))
    this.attributes.type.push(type)
    this.attributes.value.push(value)
  }

  /** Returns the builder's row: good for `RecordFields.span` and `LinkFields.from`, not a row of the store. */
  addSpan(span: SpanFields): number {
    const to = this.spans
    to.traceId.pushAll(span.traceId, 0, 16)
    to.spanId.pushAll(span.spanId, 0, 8)
    to.parentId.pushAll(span.parentId, 0, 8)
    to.name.push(span.name)
    to.kind.push(span.kind)
    to.status.push(span.status)
    to.statusMessage.push(span.statusMessage)
    to.startSec.push(span.startSec)
    to.startNano.push(span.startNano)
    to.endSec.push(span.endSec)
    to.endNano.push(span.endNano)
    to.flags.push(span.flags)
    to.process.push(span.process)
    to.scope.push(span.scope)
    to.input.push(Math.max(0, this.inputs.length - 1))
    to.line.push(this.line)
    this.#takeAttributes(to)
    return to.count++
  }

  addRecord(record: RecordFields): number {
    const to = this.records
    to.sec.push(record.sec)
    to.nano.push(record.nano)
    to.name.push(record.name)
    to.body.push(record.body)
    to.severity.push(record.severity)
    to.span.push(record.span)
    to.traceId.pushAll(record.traceId, 0, 16)
    to.spanId.pushAll(record.spanId, 0, 8)
    to.process.push(record.process)
    to.input.push(Math.max(0, this.inputs.length - 1))
    this.#takeAttributes(to)
    return to.count++
  }

  addLink(link: LinkFields): void {
    const to = this.links
    to.from.push(link.from)
    to.traceId.pushAll(link.traceId, 0, 16)
    to.spanId.pushAll(link.spanId, 0, 8)
    to.type.push(link.type)
    this.#takeAttributes(to)
    to.count++
  }

  #takeAttributes(to: { attrStart: { push(n: number): void }; attrEnd: { push(n: number): void } }): void {
    to.attrStart.push(this.#attrMark)
    this.#attrMark = this.attributes.key.length
    to.attrEnd.push(this.#attrMark)
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
  freeze(): { readonly store: Store; readonly issues: readonly ImportIssue[] } {
    const store = freeze(this)
    return { store, issues: this.issues.list() }
  }
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

function identityOf(attributes: ReadonlyMap<string, AttributeValue>): string {
  return JSON.stringify(identityKeys.map(key => attributes.get(key) ?? null))
}
