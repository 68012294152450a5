/** Rows for formats that are not OTLP: plain values in, builder rows out. One object is reused for all rows. */
import { Key } from '../convention/keys.ts'
import { linkFields, recordFields, spanFields } from '../store/builder.ts'
import { Kind, Status } from '../store/store.ts'
import { textOf } from './formats/foreign.ts'
import { parseId } from './ids.ts'
import type { ImportContext } from './importer.ts'
import type { Instant } from './instant.ts'
import { addAttribute, type ReadValue, readAnyValue } from './otlp/otlp-value.ts'

const kindNames = Object.keys(Kind)
const statusNames = Object.keys(Status)

/** Position of a word; an enum's name may stand before it: Python's `SpanKind.SERVER`, OTLP's `SPAN_KIND_SERVER`. 0 for any other. */
const wordIn = (words: readonly string[], value: unknown): number =>
  Math.max(
    0,
    words.indexOf(
      textOf(value)
        .toLowerCase()
        .replace(/^.*\.|^span_kind_|^status_code_/, ''),
    ),
  )

export const kindNamed = (word: unknown): number => wordIn(kindNames, word)
export const statusNamed = (word: unknown): number => wordIn(statusNames, word)

export type PlainAttributes = Iterable<readonly [string, unknown]>

export interface PlainSpan {
  readonly trace: string
  readonly id: string
  readonly parent: string
  readonly name: string
  readonly kind: number
  readonly status?: number
  readonly statusMessage?: string
  readonly start: Readonly<Instant>
  /** Both 0: never ended. */
  readonly end: Readonly<Instant>
  readonly process: number
  readonly scope?: string
  readonly attributes?: PlainAttributes
}

export interface PlainRecord {
  readonly at: Readonly<Instant>
  readonly name?: string
  readonly body?: string
  readonly severity?: number
  readonly process: number
  readonly trace?: string
  readonly id?: string
  readonly attributes?: PlainAttributes
}

export class RowWriter {
  readonly #context: ImportContext
  readonly #span = spanFields()
  readonly #record = recordFields()
  readonly #link = linkFields()
  /** Line of the value being read. */
  line = 0
  readonly place = (): string => this.#context.place(this.line)

  constructor(context: ImportContext) {
    this.#context = context
  }

  at(line: number): void {
    this.line = line
    this.#context.builder.line = line
  }

  process(service: string, attributes: PlainAttributes = []): number {
    const all = new Map<string, ReadValue>()
    if (service !== '') all.set('service.name', service)
    for (const [key, value] of attributes) {
      if (value === undefined || value === null || value === '' || all.has(key)) continue
      all.set(key, readAnyValue(value, this.#context.builder, this.place))
    }
    return this.#context.builder.process(all)
  }

  /** Returns the builder's row. */
  span(plain: PlainSpan): number {
    const { builder } = this.#context
    const span = this.#span
    this.#id(plain.trace, span.traceId)
    this.#id(plain.id, span.spanId)
    this.#id(plain.parent, span.parentId)
    span.name = builder.intern(plain.name)
    span.kind = plain.kind
    span.status = plain.status ?? Status.unset
    span.statusMessage = builder.intern(plain.statusMessage ?? '')
    span.startSec = plain.start.sec
    span.startNano = plain.start.nano
    span.endSec = plain.end.sec
    span.endNano = plain.end.nano
    span.process = plain.process
    span.scope = builder.intern(plain.scope ?? '')
    this.#attributes(plain.attributes)
    return builder.addSpan(span)
  }

  /** An event of a span. */
  event(row: number, plain: PlainRecord): void {
    this.#record.span = row
    this.#record.traceId.fill(0)
    this.#record.spanId.fill(0)
    this.#write(plain)
  }

  log(plain: PlainRecord): void {
    this.#record.span = -1
    this.#id(plain.trace ?? '', this.#record.traceId)
    this.#id(plain.id ?? '', this.#record.spanId)
    this.#write(plain)
  }

  link(row: number, trace: string, id: string, attributes: PlainAttributes = []): void {
    const { builder } = this.#context
    let type = 'follows'
    for (const [key, value] of attributes) {
      if (key === Key.linkType && typeof value === 'string') type = value
    }
    this.#attributes(attributes)
    this.#id(trace, this.#link.traceId)
    this.#id(id, this.#link.spanId)
    this.#link.from = row
    this.#link.type = builder.intern(type)
    builder.addLink(this.#link)
  }

  #write(plain: PlainRecord): void {
    const { builder } = this.#context
    const record = this.#record
    record.sec = plain.at.sec
    record.nano = plain.at.nano
    record.name = builder.intern(plain.name ?? '')
    record.body = builder.intern(plain.body ?? '')
    record.severity = plain.severity ?? 0
    record.scope = 0
    record.flags = 0
    record.process = plain.process
    this.#attributes(plain.attributes)
    builder.addRecord(record)
  }

  #attributes(attributes: PlainAttributes | undefined): void {
    if (!attributes) return
    const { builder } = this.#context
    for (const [key, value] of attributes) {
      if (value === undefined) continue
      addAttribute(builder, key, readAnyValue(value, builder, this.place))
    }
  }

  #id(text: string, out: Uint8Array): void {
    const form = parseId(text, out)
    if (form === 'odd')
      this.#context.builder.issues.add('odd-id', () => `${this.place()}: "${text.slice(0, 60)}"`)
  }
}

export const never: Readonly<Instant> = { sec: 0, nano: 0 }
