/**
 * OTLP JSON as the specification writes it, from bytes straight into the builder's columns: no object per span, and no
 * string for a text that was seen before. Anything else (snake_case, base64 ids, enum names, several types in one
 * value, metrics, nulls, broken JSON …) makes `scan` give up: the builder is put back to where the value began and
 * `OtlpReader` reads it, with its repairs and issues. So there is one meaning, and this is only its fast way.
 *
 * Members may come in any order that does not need what follows them; spans' events and links may come before the rest.
 */
import { Carried } from '../convention/carried.ts'
import { Key } from '../convention/keys.ts'
import { linkFields, recordFields, StoreBuilder, spanFields } from '../store/builder.ts'
import { AttributeType, RecordFlag } from '../store/store.ts'
import { isObject } from './foreign.ts'
import type { ImportContext } from './importer.ts'
import { FieldSet, JsonBytes } from './json-bytes.ts'
import { parseJson } from './json-parse.ts'
import { severityOf } from './otlp-reader.ts'
import { OtlpScanValues } from './otlp-scan-values.ts'
import { keepScope, type ReadValue, readAttributes } from './otlp-value.ts'

const requestSet = new FieldSet(['resourceSpans', 'resourceLogs'])
const Request = { spans: 0 } as const
const ownerSet = new FieldSet(['resource', 'scopeSpans', 'scopeLogs', 'schemaUrl'])
const Owner = { resource: 0, scopeSpans: 1, scopeLogs: 2, schemaUrl: 3 } as const
const scopedSet = new FieldSet(['scope', 'spans', 'logRecords', 'schemaUrl'])
const Scoped = { scope: 0, spans: 1, logRecords: 2, schemaUrl: 3 } as const
const scopeSet = new FieldSet(['name', 'version', 'attributes', 'droppedAttributesCount'])
const Scope = { name: 0 } as const
/** Longer scopes are not remembered. */
const maxScopeBytes = 1024
const spanSet = new FieldSet([
  'traceId',
  'spanId',
  'traceState',
  'parentSpanId',
  'flags',
  'name',
  'kind',
  'startTimeUnixNano',
  'endTimeUnixNano',
  'attributes',
  'droppedAttributesCount',
  'events',
  'droppedEventsCount',
  'links',
  'droppedLinksCount',
  'status',
])
const Span = {
  traceId: 0,
  spanId: 1,
  traceState: 2,
  parentSpanId: 3,
  flags: 4,
  name: 5,
  kind: 6,
  start: 7,
  end: 8,
  attributes: 9,
  droppedAttributes: 10,
  events: 11,
  droppedEvents: 12,
  links: 13,
  droppedLinks: 14,
  status: 15,
} as const
const droppedKeys: { readonly [field: number]: string } = {
  [Span.droppedAttributes]: Carried.droppedAttributes,
  [Span.droppedEvents]: Carried.droppedEvents,
  [Span.droppedLinks]: Carried.droppedLinks,
}
const statusSet = new FieldSet(['code', 'message'])
const Status = { code: 0 } as const
const eventSet = new FieldSet(['timeUnixNano', 'name', 'attributes', 'droppedAttributesCount'])
const EventField = { time: 0, name: 1, attributes: 2, dropped: 3 } as const
const linkSet = new FieldSet([
  'traceId',
  'spanId',
  'attributes',
  'traceState',
  'flags',
  'droppedAttributesCount',
])
const Link = { traceId: 0, spanId: 1, attributes: 2, flags: 4 } as const
const logSet = new FieldSet([
  'timeUnixNano',
  'observedTimeUnixNano',
  'severityNumber',
  'severityText',
  'body',
  'attributes',
  'droppedAttributesCount',
  'flags',
  'traceId',
  'spanId',
  'eventName',
])
const Log = {
  time: 0,
  observed: 1,
  severity: 2,
  severityText: 3,
  body: 4,
  attributes: 5,
  dropped: 6,
  flags: 7,
  traceId: 8,
  spanId: 9,
  eventName: 10,
} as const

const comma = 0x2c
const quote = 0x22
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

/** Value of a hex digit's byte, 255 for others. */
const hexDigit = new Uint8Array(256).fill(255)
for (const [value, digit] of Array.from('0123456789abcdef').entries()) {
  hexDigit[digit.charCodeAt(0)] = value
  hexDigit[digit.toUpperCase().charCodeAt(0)] = value
}

/** Resources remembered by their bytes. */
const maxResources = 4096
const maxResourceBytes = 16 * 1024

interface KnownResource {
  readonly bytes: Uint8Array
  readonly process: number
}

interface KnownScope extends KnownResource {
  readonly name: number
}

export class OtlpScanner {
  readonly #context: ImportContext
  readonly #builder: StoreBuilder
  readonly #json = new JsonBytes()
  readonly #values: OtlpScanValues
  readonly #span = spanFields()
  readonly #record = recordFields()
  readonly #link = linkFields()
  /** Takes the issues of values that are looked at on trial. */
  readonly #trial = new StoreBuilder()
  readonly #resources: KnownResource[] = []
  readonly #resourceOf = new Map<string, KnownResource>()
  #lastResource: KnownResource | undefined
  #lastScope: KnownScope | undefined
  #process = -1
  #scope = 0
  #sec = 0
  #nano = 0
  #number = 0
  #dropped = 0
  #follows = 0
  #eventSpan = -1

  constructor(context: ImportContext) {
    this.#context = context
    this.#builder = context.builder
    this.#values = new OtlpScanValues(this.#json, context.builder)
  }

  /** Reads the request at `from` and returns its end, or leaves everything as it was and returns -1 (see `ValueScan`). */
  scan(bytes: Uint8Array, from: number, limit: number, line: number, oneLine: boolean): number {
    const builder = this.#builder
    const mark = builder.mark()
    const resources = this.#resources.length
    builder.line = line
    this.#dropped = 0
    this.#follows = -1
    this.#json.over(bytes, limit, oneLine)
    const end = this.#request(from)
    if (end >= 0 && end <= limit) {
      builder.issues.add('dropped-by-producer', () => this.#context.place(line), this.#dropped)
      return end
    }
    builder.rollback(mark)
    this.#values.forget()
    for (const { bytes: key } of this.#resources.splice(resources)) this.#resourceOf.delete(keyOf(key))
    this.#lastResource = undefined
    this.#lastScope = undefined
    return -1
  }

  #request(from: number): number {
    const json = this.#json
    if (json.bytes[from] !== openBrace) return -1
    let at = json.space(from + 1)
    let seen = 0
    for (let field = -1; ; ) {
      field = requestSet.find(json.view, at, field + 1)
      // The reader reads spans before logs, whatever the order.
      if (field < 0 || seen >> field !== 0) return -1
      seen |= 1 << field
      at = this.#owners(json.space(at + requestSet.length[field]!), field === Request.spans)
      if (at < 0) return -1
      at = json.space(at)
      if (json.bytes[at] === closeBrace) return at + 1
      if (json.bytes[at] !== comma) return -1
      at = json.space(at + 1)
    }
  }

  /** A list of ResourceSpans or ResourceLogs. */
  #owners(from: number, spans: boolean): number {
    const json = this.#json
    if (json.bytes[from] !== openBracket) return -1
    let at = json.space(from + 1)
    if (json.bytes[at] === closeBracket) return at + 1
    for (;;) {
      at = this.#owner(at, spans)
      if (at < 0) return -1
      at = json.space(at)
      if (json.bytes[at] === closeBracket) return at + 1
      if (json.bytes[at] !== comma) return -1
      at = json.space(at + 1)
    }
  }

  #owner(from: number, spans: boolean): number {
    const json = this.#json
    if (json.bytes[from] !== openBrace) return -1
    let at = json.space(from + 1)
    this.#process = -1
    if (json.bytes[at] !== closeBrace) {
      let seen = 0
      for (let field = -1; ; ) {
        field = ownerSet.find(json.view, at, field + 1)
        if (field < 0 || (seen & (1 << field)) !== 0) return -1
        seen |= 1 << field
        at = json.space(at + ownerSet.length[field]!)
        if (field === Owner.resource) at = this.#process === -1 ? this.#resource(at) : -1
        else if (field === (spans ? Owner.scopeSpans : Owner.scopeLogs)) {
          this.#ensureProcess()
          at = this.#scopes(at, spans)
        } else at = field === Owner.schemaUrl ? this.#skipText(at) : -1
        if (at < 0) return -1
        at = json.space(at)
        if (json.bytes[at] === closeBrace) break
        if (json.bytes[at] !== comma) return -1
        at = json.space(at + 1)
      }
    }
    this.#ensureProcess()
    return at + 1
  }

  #ensureProcess(): void {
    if (this.#process === -1) this.#process = this.#builder.process(new Map())
  }

  /** The same resource stands in every line, so it is known by its bytes; new ones are read as `OtlpReader` does. */
  #resource(from: number): number {
    const json = this.#json
    const last = this.#lastResource
    if (last && startsWith(json.bytes, from, last.bytes)) {
      this.#process = last.process
      return from + last.bytes.length
    }
    if (json.bytes[from] !== openBrace) return -1
    const end = json.skip(from)
    if (end < 0) return -1
    const bytes = json.bytes.slice(from, end)
    const short = bytes.length <= maxResourceBytes
    const known = short ? this.#resourceOf.get(keyOf(bytes)) : undefined
    if (known) {
      this.#lastResource = known
      this.#process = known.process
      return end
    }
    const resource = parseJson(json.decode(from, end))
    // Members by other names, or twice, are for the reader.
    if (!isObject(resource) || Object.keys(resource).some(key => !resourceKeys.has(key))) return -1
    const attributes = new Map<string, ReadValue>()
    const before = this.#trial.issues.total
    readAttributes(
      resource.attributes,
      this.#trial,
      () => '',
      (key, value) => attributes.set(key, value),
    )
    if (this.#trial.issues.total !== before) return -1
    this.#process = this.#builder.process(attributes)
    if (short && this.#resources.length < maxResources) {
      this.#lastResource = { bytes, process: this.#process }
      this.#resources.push(this.#lastResource)
      this.#resourceOf.set(keyOf(bytes), this.#lastResource)
    }
    return end
  }

  #scopes(from: number, spans: boolean): number {
    const json = this.#json
    if (json.bytes[from] !== openBracket) return -1
    let at = json.space(from + 1)
    if (json.bytes[at] === closeBracket) return at + 1
    for (;;) {
      at = this.#scoped(at, spans)
      if (at < 0) return -1
      at = json.space(at)
      if (json.bytes[at] === closeBracket) return at + 1
      if (json.bytes[at] !== comma) return -1
      at = json.space(at + 1)
    }
  }

  /** ScopeSpans or ScopeLogs. */
  #scoped(from: number, spans: boolean): number {
    const json = this.#json
    if (json.bytes[from] !== openBrace) return -1
    let at = json.space(from + 1)
    this.#scope = 0
    if (json.bytes[at] === closeBrace) return at + 1
    let seen = 0
    for (let field = -1; ; ) {
      field = scopedSet.find(json.view, at, field + 1)
      if (field < 0 || (seen & (1 << field)) !== 0) return -1
      seen |= 1 << field
      at = json.space(at + scopedSet.length[field]!)
      if (field === Scoped.scope) {
        if ((seen & ((1 << Scoped.spans) | (1 << Scoped.logRecords))) !== 0) return -1
        at = this.#readScope(at)
      } else if (field === (spans ? Scoped.spans : Scoped.logRecords)) at = this.#rows(at, spans)
      else at = field === Scoped.schemaUrl ? this.#skipText(at) : -1
      if (at < 0) return -1
      at = json.space(at)
      if (json.bytes[at] === closeBrace) return at + 1
      if (json.bytes[at] !== comma) return -1
      at = json.space(at + 1)
    }
  }

  /** As resources, the same scope stands in every batch; what it has besides its name is read as `OtlpReader` does. */
  #readScope(from: number): number {
    const json = this.#json
    const last = this.#lastScope
    if (last && last.process === this.#process && startsWith(json.bytes, from, last.bytes)) {
      this.#scope = last.name
      return from + last.bytes.length
    }
    const end = this.#newScope(from)
    if (end < 0) return -1
    const scope = parseJson(json.decode(from, end))
    const before = this.#trial.issues.total
    if (!isObject(scope)) return -1
    keepScope(scope, this.#process, this.#trial, () => '')
    if (this.#trial.issues.total !== before) return -1
    keepScope(scope, this.#process, this.#builder, () => '')
    if (end - from <= maxScopeBytes)
      this.#lastScope = { bytes: json.bytes.slice(from, end), process: this.#process, name: this.#scope }
    return end
  }

  #newScope(from: number): number {
    const json = this.#json
    if (json.bytes[from] !== openBrace) return -1
    let at = json.space(from + 1)
    if (json.bytes[at] === closeBrace) return at + 1
    let seen = 0
    for (let field = -1; ; ) {
      field = scopeSet.find(json.view, at, field + 1)
      if (field < 0 || (seen & (1 << field)) !== 0) return -1
      seen |= 1 << field
      at = json.space(at + scopeSet.length[field]!)
      if (field === Scope.name) {
        at = this.#text(at)
        this.#scope = json.index
      } else at = json.skip(at)
      if (at < 0) return -1
      at = json.space(at)
      if (json.bytes[at] === closeBrace) return at + 1
      if (json.bytes[at] !== comma) return -1
      at = json.space(at + 1)
    }
  }

  /** A list of spans or log records. */
  #rows(from: number, spans: boolean): number {
    const json = this.#json
    if (json.bytes[from] !== openBracket) return -1
    let at = json.space(from + 1)
    if (json.bytes[at] === closeBracket) return at + 1
    for (;;) {
      if (json.bytes[at] !== openBrace) return -1
      at = spans ? this.#readSpan(at + 1) : this.#readLog(at + 1)
      if (at < 0) return -1
      at = json.space(at)
      if (json.bytes[at] === closeBracket) return at + 1
      if (json.bytes[at] !== comma) return -1
      at = json.space(at + 1)
    }
  }

  #readSpan(from: number): number {
    const json = this.#json
    const builder = this.#builder
    const span = this.#span
    span.name = 0
    span.kind = 0
    span.status = 0
    span.statusMessage = 0
    span.startSec = 0
    span.startNano = 0
    span.endSec = 0
    span.endNano = 0
    span.process = this.#process
    span.scope = this.#scope
    let row = -1
    let seen = 0
    let at = json.space(from)
    if (json.bytes[at] !== closeBrace) {
      for (let field = -1; ; ) {
        field = spanSet.find(json.view, at, field + 1)
        if (field < 0 || (seen & (1 << field)) !== 0) return -1
        seen |= 1 << field
        at = json.space(at + spanSet.length[field]!)
        switch (field) {
          case Span.traceId:
            at = this.#id(at, span.traceId)
            break
          case Span.spanId:
            at = this.#id(at, span.spanId)
            break
          case Span.parentSpanId:
            at = this.#id(at, span.parentId)
            break
          case Span.name:
            at = this.#text(at)
            span.name = json.index
            break
          case Span.kind:
            at = this.#digit(at, 5)
            span.kind = this.#number
            break
          case Span.start:
            at = this.#time(at)
            span.startSec = this.#sec
            span.startNano = this.#nano
            break
          case Span.end:
            at = this.#time(at)
            span.endSec = this.#sec
            span.endNano = this.#nano
            break
          case Span.attributes:
            // They would go to the event read last.
            if (row !== -1) return -1
            at = this.#values.attributes(at)
            break
          case Span.events:
          case Span.links:
            if (json.bytes[at] !== openBracket) return -1
            at = json.space(at + 1)
            if (json.bytes[at] === closeBracket) {
              at++
              break
            }
            // What events and links refer to; its other columns are filled in at the end.
            if (row === -1) row = builder.addSpan(span)
            this.#eventSpan = row
            at = this.#children(at, field === Span.events)
            break
          case Span.status:
            at = this.#status(at)
            break
          case Span.traceState: {
            const start = at
            at = this.#text(at)
            if (at - start <= 2) break
            // The reader puts it before the attributes.
            if (row !== -1 || seen >> Span.attributes !== 0) return -1
            builder.addAttribute(builder.intern(Carried.traceState), AttributeType.string, json.index)
            break
          }
          case Span.flags:
            at = this.#count(at)
            break
          default:
            at = this.#count(at)
            if (!this.#drop(droppedKeys[field]!, row === -1 && ((seen >> Span.attributes) & 1) === 1))
              return -1
        }
        if (at < 0) return -1
        at = json.space(at)
        if (json.bytes[at] === closeBrace) break
        if (json.bytes[at] !== comma) return -1
        at = json.space(at + 1)
      }
    }
    if ((seen & (1 << Span.traceId)) === 0) span.traceId.fill(0)
    if ((seen & (1 << Span.spanId)) === 0) span.spanId.fill(0)
    if ((seen & (1 << Span.parentSpanId)) === 0) span.parentId.fill(0)
    if (row === -1) builder.addSpan(span)
    else builder.setSpan(row, span)
    return at + 1
  }

  #status(from: number): number {
    const json = this.#json
    const span = this.#span
    if (json.bytes[from] !== openBrace) return -1
    let at = json.space(from + 1)
    if (json.bytes[at] === closeBrace) return at + 1
    let seen = 0
    for (let field = -1; ; ) {
      field = statusSet.find(json.view, at, field + 1)
      if (field < 0 || (seen & (1 << field)) !== 0) return -1
      seen |= 1 << field
      at = json.space(at + statusSet.length[field]!)
      if (field === Status.code) {
        at = this.#digit(at, 2)
        span.status = this.#number
      } else {
        at = this.#text(at)
        span.statusMessage = json.index
      }
      if (at < 0) return -1
      at = json.space(at)
      if (json.bytes[at] === closeBrace) return at + 1
      if (json.bytes[at] !== comma) return -1
      at = json.space(at + 1)
    }
  }

  /** The elements of a list of events or links, from the first one. */
  #children(from: number, events: boolean): number {
    const json = this.#json
    let at = from
    for (;;) {
      if (json.bytes[at] !== openBrace) return -1
      at = events ? this.#readEvent(at + 1) : this.#readLink(at + 1)
      if (at < 0) return -1
      at = json.space(at)
      if (json.bytes[at] === closeBracket) return at + 1
      if (json.bytes[at] !== comma) return -1
      at = json.space(at + 1)
    }
  }

  #readEvent(from: number): number {
    const json = this.#json
    const record = this.#record
    record.sec = 0
    record.nano = 0
    record.name = 0
    record.body = 0
    record.severity = 0
    record.flags = 0
    record.span = this.#eventSpan
    record.process = this.#process
    record.scope = this.#scope
    record.traceId.fill(0)
    record.spanId.fill(0)
    let seen = 0
    let at = json.space(from)
    if (json.bytes[at] !== closeBrace) {
      for (let field = -1; ; ) {
        field = eventSet.find(json.view, at, field + 1)
        if (field < 0 || (seen & (1 << field)) !== 0) return -1
        seen |= 1 << field
        at = json.space(at + eventSet.length[field]!)
        switch (field) {
          case EventField.time:
            at = this.#time(at)
            record.sec = this.#sec
            record.nano = this.#nano
            break
          case EventField.name:
            at = this.#text(at)
            record.name = json.index
            break
          case EventField.attributes:
            at = this.#values.attributes(at)
            break
          default:
            at = this.#count(at)
            if (!this.#drop(Carried.droppedAttributes, ((seen >> EventField.attributes) & 1) === 1)) return -1
        }
        if (at < 0) return -1
        at = json.space(at)
        if (json.bytes[at] === closeBrace) break
        if (json.bytes[at] !== comma) return -1
        at = json.space(at + 1)
      }
    }
    this.#builder.addRecord(record)
    return at + 1
  }

  #readLink(from: number): number {
    const json = this.#json
    const link = this.#link
    if (this.#follows === -1) this.#follows = this.#builder.intern('follows')
    link.from = this.#eventSpan
    link.type = this.#follows
    link.traceId.fill(0)
    link.spanId.fill(0)
    let seen = 0
    let at = json.space(from)
    if (json.bytes[at] !== closeBrace) {
      for (let field = -1; ; ) {
        field = linkSet.find(json.view, at, field + 1)
        if (field < 0 || (seen & (1 << field)) !== 0) return -1
        seen |= 1 << field
        at = json.space(at + linkSet.length[field]!)
        if (field === Link.traceId) at = this.#id(at, link.traceId)
        else if (field === Link.spanId) at = this.#id(at, link.spanId)
        else if (field === Link.attributes) {
          const first = this.#builder.attributes.count
          at = this.#values.attributes(at)
          if (at >= 0) this.#linkType(first)
        } else {
          // A trace state or a count of its own is rare: for the reader.
          const plain = json.bytes[at] === quote ? json.bytes[at + 1] === quote : json.bytes[at] === 0x30
          if (!plain && field !== Link.flags) return -1
          at = json.skip(at)
        }
        if (at < 0) return -1
        at = json.space(at)
        if (json.bytes[at] === closeBrace) break
        if (json.bytes[at] !== comma) return -1
        at = json.space(at + 1)
      }
    }
    this.#builder.addLink(link)
    return at + 1
  }

  /** Keeps a producer's count of what it dropped; false when the reader, with attributes first, would put it elsewhere. */
  #drop(key: string, inOrder: boolean): boolean {
    const count = this.#number
    if (count === 0 || count >= 1e9) return true
    this.#dropped += count
    if (inOrder) this.#builder.addInt(key, count)
    return inOrder
  }

  /** The link's type is its last attribute of that name. */
  #linkType(first: number): void {
    const { key, type, value, count } = this.#builder.attributes
    const wanted = this.#builder.text.find(Key.linkType)
    for (let at = first; wanted >= 0 && at < count; at++) {
      if (key.data[at] === wanted && type.data[at] === AttributeType.string) this.#link.type = value.data[at]!
    }
  }

  #readLog(from: number): number {
    const json = this.#json
    const builder = this.#builder
    const record = this.#record
    record.sec = 0
    record.nano = 0
    record.name = 0
    record.body = 0
    record.severity = 0
    record.flags = 0
    record.span = -1
    record.process = this.#process
    record.scope = this.#scope
    let observedSec = 0
    let observedNano = 0
    let severity: number | undefined
    let word: string | undefined
    const firstAttribute = builder.attributes.count
    let seen = 0
    let at = json.space(from)
    if (json.bytes[at] !== closeBrace) {
      for (let field = -1; ; ) {
        field = logSet.find(json.view, at, field + 1)
        if (field < 0 || (seen & (1 << field)) !== 0) return -1
        seen |= 1 << field
        at = json.space(at + logSet.length[field]!)
        switch (field) {
          case Log.time:
            at = this.#time(at)
            record.sec = this.#sec
            record.nano = this.#nano
            break
          case Log.observed:
            at = this.#time(at)
            observedSec = this.#sec
            observedNano = this.#nano
            break
          case Log.severity:
            at = this.#count(at)
            severity = this.#number
            break
          case Log.severityText: {
            const start = at + 1
            at = this.#skipText(at)
            if (at >= 0) word = json.text ?? json.decode(start, at - 1)
            break
          }
          case Log.body:
            at = this.#values.body(at)
            record.body = this.#values.index
            record.flags = this.#values.structured ? RecordFlag.structuredBody : 0
            break
          case Log.attributes:
            at = this.#values.attributes(at)
            break
          case Log.traceId:
            at = this.#id(at, record.traceId)
            break
          case Log.spanId:
            at = this.#id(at, record.spanId)
            break
          case Log.eventName:
            at = this.#text(at)
            record.name = json.index
            break
          case Log.flags:
            at = this.#count(at)
            break
          default:
            at = this.#count(at)
            if (!this.#drop(Carried.droppedAttributes, ((seen >> Log.attributes) & 1) === 1)) return -1
        }
        if (at < 0) return -1
        at = json.space(at)
        if (json.bytes[at] === closeBrace) break
        if (json.bytes[at] !== comma) return -1
        at = json.space(at + 1)
      }
    }
    if ((seen & (1 << Log.traceId)) === 0) record.traceId.fill(0)
    if ((seen & (1 << Log.spanId)) === 0) record.spanId.fill(0)
    if (record.sec === 0 && record.nano === 0) {
      record.sec = observedSec
      record.nano = observedNano
    }
    record.severity =
      severity !== undefined && severity > 0 && severity <= 24 ? severity : severityOf(severity, word)
    if (record.name === 0) record.name = this.#nameByAttribute(firstAttribute)
    builder.addRecord(record)
    return at + 1
  }

  /** Before LogRecord had the field, events were named by an attribute. */
  #nameByAttribute(first: number): number {
    const { key, type, value, count } = this.#builder.attributes
    const wanted = this.#builder.text.find('event.name')
    for (let at = first; wanted >= 0 && at < count; at++) {
      if (key.data[at] === wanted && type.data[at] === AttributeType.string && value.data[at]! !== 0)
        return value.data[at]!
    }
    return 0
  }

  /** A string to intern; its index is in `json.index`. */
  #text(at: number): number {
    return this.#json.bytes[at] === quote ? this.#values.text(at + 1) : -1
  }

  #skipText(at: number): number {
    const json = this.#json
    if (json.bytes[at] !== quote) return -1
    return json.string(at + 1) + 1 || -1
  }

  /** Hex of the right length, or an empty string. */
  #id(from: number, out: Uint8Array): number {
    const { bytes } = this.#json
    if (bytes[from] !== quote) return -1
    const size = out.length
    let at = from + 1
    if (bytes[at] === quote) {
      out.fill(0)
      return at + 1
    }
    let bad = 0
    for (let i = 0; i < size; i++, at += 2) {
      const high = hexDigit[bytes[at]!]!
      const low = hexDigit[bytes[at + 1]!]!
      bad |= high | low
      out[i] = (high << 4) | low
    }
    return bad < 16 && bytes[at] === quote ? at + 1 : -1
  }

  /** Nanoseconds as a string of 1 to 20 digits, into `#sec` and `#nano`. */
  #time(from: number): number {
    const { bytes } = this.#json
    if (bytes[from] !== quote) return -1
    let end = from + 1
    while ((bytes[end]! - 48) >>> 0 <= 9) end++
    const digits = end - from - 1
    if (bytes[end] !== quote || digits === 0 || digits > 20) return -1
    const cut = Math.max(from + 1, end - 9)
    let sec = 0
    let nano = 0
    for (let at = from + 1; at < cut; at++) sec = sec * 10 + bytes[at]! - 48
    for (let at = cut; at < end; at++) nano = nano * 10 + bytes[at]! - 48
    this.#sec = sec
    this.#nano = nano
    return end + 1
  }

  /** One digit up to `most`; what follows is looked at by the caller. */
  #digit(at: number, most: number): number {
    this.#number = this.#json.bytes[at]! - 48
    return this.#number >= 0 && this.#number <= most ? at + 1 : -1
  }

  /** A whole number of at most ten digits. */
  #count(from: number): number {
    const { bytes } = this.#json
    let at = from
    let value = 0
    while ((bytes[at]! - 48) >>> 0 <= 9) value = value * 10 + bytes[at++]! - 48
    this.#number = value
    const digits = at - from
    return digits === 0 || digits > 10 || (digits > 1 && bytes[from] === 0x30) ? -1 : at
  }
}

const resourceKeys = new Set(['attributes', 'droppedAttributesCount', 'entityRefs'])

/** Bytes as a key of a map. */
function keyOf(bytes: Uint8Array): string {
  let key = ''
  for (let at = 0; at < bytes.length; at++) key += String.fromCharCode(bytes[at]!)
  return key
}

function startsWith(bytes: Uint8Array, from: number, part: Uint8Array): boolean {
  for (let i = 0; i < part.length; i++) if (bytes[from + i] !== part[i]) return false
  return true
}
