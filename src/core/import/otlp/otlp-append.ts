/** The rows of scanned values → the builder's columns: whole columns, then the few rows that need a look. */
import { Key } from '../../convention/keys.ts'
import type { StoreBuilder } from '../../store/builder.ts'
import { AttributeType, RecordFlag } from '../../store/store.ts'
import { carriedKeys, jsonType, noType, type OtlpBatch } from './otlp-batch.ts'
import { severityOf } from './otlp-reader.ts'
import type { OtlpScanTexts, TypedValue } from './otlp-scan-texts.ts'

type Typed = Float64Array | Int32Array | Uint8Array

/** Needs a batch whose texts all have meanings. */
export function appendBatch(batch: OtlpBatch, texts: OtlpScanTexts, builder: StoreBuilder): void {
  const { ownerResource, scopeText, scopeResource } = batch.columns
  // Those without rows are processes too.
  for (let owner = 0; owner < batch.number('owners'); owner++)
    texts.registerResource(batch, ownerResource[owner]!)
  for (let scope = 0; scope < batch.number('scopes'); scope++)
    texts.registerScope(batch, scopeText[scope]!, scopeResource[scope]!)
  batch.settle(builder.spans.count, builder.attributes.count)
  appendAttributes(batch, texts, builder)
  appendSpans(batch, builder)
  appendRecords(batch, texts, builder)
  appendLinks(batch, builder)
}

function appendAttributes(batch: OtlpBatch, texts: OtlpScanTexts, builder: StoreBuilder): void {
  const from = batch.columns
  const count = batch.number('attributes')
  if (count === 0) return
  const to = builder.attributes
  const first = builder.extend(to, count)
  copied(to.key.data, first, from.attributeKey, count)
  copied(to.type.data, first, from.attributeType, count)
  copied(to.value.data, first, from.attributeValue, count)
  const types = from.attributeType.subarray(0, count)
  for (let at = types.indexOf(jsonType); at !== -1; at = types.indexOf(jsonType, at + 1)) {
    const read = texts.value(batch, from.attributeValue[at]!)
    to.type.data[first + at] = read.type
    to.value.data[first + at] = read.value
  }
  if (batch.number('carried') === 0) return
  const keys = to.key.data
  for (let row = first; row < first + count; row++)
    if (keys[row]! < 0) keys[row] = builder.intern(carriedKeys[-1 - keys[row]!]!)
}

function appendSpans(batch: OtlpBatch, builder: StoreBuilder): void {
  const from = batch.columns
  const count = batch.number('spans')
  if (count === 0) return
  const to = builder.spans
  const first = builder.extend(to, count)
  copied(to.traceId.data, first * 16, from.spanTraceId, count * 16)
  copied(to.spanId.data, first * 8, from.spanSpanId, count * 8)
  copied(to.parentId.data, first * 8, from.spanParentId, count * 8)
  copied(to.kind.data, first, from.spanKind, count)
  copied(to.status.data, first, from.spanStatus, count)
  copied(to.startSec.data, first, from.spanStartSec, count)
  copied(to.startNano.data, first, from.spanStartNano, count)
  copied(to.endSec.data, first, from.spanEndSec, count)
  copied(to.endNano.data, first, from.spanEndNano, count)
  copied(to.name.data, first, from.spanName, count)
  copied(to.statusMessage.data, first, from.spanStatusMessage, count)
  copied(to.scope.data, first, from.spanScope, count)
  copied(to.process.data, first, from.spanResource, count)
  copied(to.attrStart.data, first, from.spanAttrStart, count)
  copied(to.attrEnd.data, first, from.spanAttrEnd, count)
  copied(to.line.data, first, from.spanLine, count)
  to.flags.data.fill(0, first, first + count)
}

function appendRecords(batch: OtlpBatch, texts: OtlpScanTexts, builder: StoreBuilder): void {
  const from = batch.columns
  const count = batch.number('records')
  if (count === 0) return
  const to = builder.records
  const first = builder.extend(to, count)
  copied(to.sec.data, first, from.recordSec, count)
  copied(to.nano.data, first, from.recordNano, count)
  copied(to.traceId.data, first * 16, from.recordTraceId, count * 16)
  copied(to.spanId.data, first * 8, from.recordSpanId, count * 8)
  copied(to.severity.data, first, from.recordSeverity, count)
  copied(to.name.data, first, from.recordName, count)
  copied(to.span.data, first, from.recordSpan, count)
  copied(to.process.data, first, from.recordResource, count)
  copied(to.scope.data, first, from.recordScope, count)
  copied(to.attrStart.data, first, from.recordAttrStart, count)
  copied(to.attrEnd.data, first, from.recordAttrEnd, count)
  to.body.data.fill(0, first, first + count)
  to.flags.data.fill(0, first, first + count)
  const eventName = builder.text.find('event.name')
  for (let at = 0, row = first; at < count; at++, row++) {
    if (from.recordSpan[at]! >= 0) continue
    const body = bodyOf(batch, texts, at)
    if (body !== null) to.body.data[row] = textOfValue(body, builder)
    if (body?.type === AttributeType.json) to.flags.data[row] = RecordFlag.structuredBody
    if (to.severity.data[row] === 0 && from.recordSeverityText[at] !== 0)
      to.severity.data[row] = severityOf(undefined, builder.text.strings[from.recordSeverityText[at]!])
    // Before LogRecord had the field, events were named by an attribute.
    if (to.name.data[row] === 0 && eventName >= 0) {
      to.name.data[row] = textAttribute(builder, to.attrStart.data[row]!, to.attrEnd.data[row]!, eventName)
    }
  }
}

function bodyOf(batch: OtlpBatch, texts: OtlpScanTexts, at: number): TypedValue | null {
  const type = batch.columns.recordBodyType[at]!
  const value = batch.columns.recordBody[at]!
  if (type === noType) return null
  if (type === jsonType) return texts.value(batch, value)
  return { type, value: type === AttributeType.string ? batch.meaningOf(value) : value }
}

function textOfValue({ type, value }: TypedValue, builder: StoreBuilder): number {
  if (type === AttributeType.string || type === AttributeType.json) return value
  return builder.intern(String(type === AttributeType.bool ? value === 1 : value))
}

/** Index of the first text that is not empty among the row's attributes of that key, 0 when there is none. */
function textAttribute(builder: StoreBuilder, start: number, end: number, wanted: number): number {
  const { key, type, value } = builder.attributes
  for (let at = start; at < end; at++) {
    if (key.data[at] !== wanted || type.data[at] !== AttributeType.string) continue
    if (value.data[at] !== 0) return value.data[at]!
  }
  return 0
}

function appendLinks(batch: OtlpBatch, builder: StoreBuilder): void {
  const from = batch.columns
  const count = batch.number('links')
  if (count === 0) return
  const to = builder.links
  const first = builder.extend(to, count)
  copied(to.traceId.data, first * 16, from.linkTraceId, count * 16)
  copied(to.spanId.data, first * 8, from.linkSpanId, count * 8)
  copied(to.from.data, first, from.linkFrom, count)
  copied(to.attrStart.data, first, from.linkAttrStart, count)
  copied(to.attrEnd.data, first, from.linkAttrEnd, count)
  const { key, type, value } = builder.attributes
  const wanted = builder.text.find(Key.linkType)
  const follows = builder.intern('follows')
  for (let row = first; row < first + count; row++) {
    to.type.data[row] = follows
    // The last attribute of that name.
    for (let at = to.attrStart.data[row]!; wanted >= 0 && at < to.attrEnd.data[row]!; at++) {
      if (key.data[at] === wanted && type.data[at] === AttributeType.string)
        to.type.data[row] = value.data[at]!
    }
  }
}

function copied<T extends Typed>(to: T, at: number, from: T, count: number): void {
  to.set(from.subarray(0, count), at)
}
