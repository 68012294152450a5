/** The rows of one scanned value → the builder's columns: copied as they are, shifted to where they now stand, or mapped. */
import { Key } from '../convention/keys.ts'
import type { StoreBuilder } from '../store/builder.ts'
import { AttributeType, RecordFlag } from '../store/store.ts'
import { carriedKeys, jsonType, noType, type OtlpBatch } from './otlp-batch.ts'
import { severityOf } from './otlp-reader.ts'
import type { OtlpScanTexts, TypedValue } from './otlp-scan-texts.ts'

type Typed = Float64Array | Int32Array | Uint8Array
type Text = (at: number) => number

/** Below this many elements a loop costs less than a view. */
const fewElements = 64

/** Needs a batch whose JSON values are all readable: `OtlpScanner` looks first. */
export function appendBatch(batch: OtlpBatch, texts: OtlpScanTexts, builder: StoreBuilder): void {
  const { index } = texts
  const text: Text = at => index[at]!
  // Those without rows are processes too.
  for (let owner = 0; owner < batch.count('owners'); owner++) processOf(batch, texts)(owner)
  const { scopeJson, scopeOwner } = batch.columns
  for (let scope = 0; scope < batch.count('scopes'); scope++)
    texts.keepScope(batch, scopeJson[scope]!, processOf(batch, texts)(scopeOwner[scope]!))
  const firstAttribute = appendAttributes(batch, texts, builder)
  const firstSpan = appendSpans(batch, texts, builder, text, firstAttribute)
  appendRecords(batch, texts, builder, text, firstAttribute, firstSpan)
  appendLinks(batch, builder, firstAttribute, firstSpan)
}

function appendAttributes(batch: OtlpBatch, texts: OtlpScanTexts, builder: StoreBuilder): number {
  const { attributeKey, attributeType, attributeValue } = batch.columns
  const count = batch.count('attributes')
  const first = builder.extend(builder.attributes, count)
  const key = builder.attributes.key.data
  const type = builder.attributes.type.data
  const value = builder.attributes.value.data
  const { index } = texts
  for (let at = 0, row = first; at < count; at++, row++) {
    const given = attributeValue[at]!
    const named = attributeKey[at]!
    key[row] = named < 0 ? builder.intern(carriedKeys[-1 - named]!) : index[named]!
    type[row] = attributeType[at]!
    if (type[row] === jsonType) {
      const read = texts.value(batch, given)!
      type[row] = read.type
      value[row] = read.value
    } else value[row] = type[row] === AttributeType.string ? index[given]! : given
  }
  return first
}

function appendSpans(
  batch: OtlpBatch,
  texts: OtlpScanTexts,
  builder: StoreBuilder,
  text: Text,
  firstAttribute: number,
): number {
  const from = batch.columns
  const count = batch.count('spans')
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
  mapped(to.name.data, first, from.spanName, count, text)
  mapped(to.statusMessage.data, first, from.spanStatusMessage, count, text)
  mapped(to.scope.data, first, from.spanScope, count, at => texts.scope(batch, at)!.name)
  mapped(to.process.data, first, from.spanOwner, count, processOf(batch, texts))
  mapped(to.attrStart.data, first, from.spanAttrStart, count, at => at + firstAttribute)
  mapped(to.attrEnd.data, first, from.spanAttrEnd, count, at => at + firstAttribute)
  to.flags.data.fill(0, first, first + count)
  return first
}

const processOf =
  (batch: OtlpBatch, texts: OtlpScanTexts): Text =>
  owner =>
    texts.process(batch, batch.columns.ownerResource[owner]!)

function appendRecords(
  batch: OtlpBatch,
  texts: OtlpScanTexts,
  builder: StoreBuilder,
  text: Text,
  firstAttribute: number,
  firstSpan: number,
): void {
  const from = batch.columns
  const count = batch.count('records')
  const to = builder.records
  const first = builder.extend(to, count)
  copied(to.sec.data, first, from.recordSec, count)
  copied(to.nano.data, first, from.recordNano, count)
  copied(to.traceId.data, first * 16, from.recordTraceId, count * 16)
  copied(to.spanId.data, first * 8, from.recordSpanId, count * 8)
  copied(to.severity.data, first, from.recordSeverity, count)
  mapped(to.name.data, first, from.recordName, count, text)
  mapped(to.span.data, first, from.recordSpan, count, span => (span < 0 ? -1 : span + firstSpan))
  mapped(to.process.data, first, from.recordOwner, count, processOf(batch, texts))
  mapped(to.scope.data, first, from.recordScope, count, at => texts.scope(batch, at)!.name)
  mapped(to.attrStart.data, first, from.recordAttrStart, count, at => at + firstAttribute)
  mapped(to.attrEnd.data, first, from.recordAttrEnd, count, at => at + firstAttribute)
  const eventName = builder.text.find('event.name')
  for (let at = 0, row = first; at < count; at++, row++) {
    const body = bodyOf(batch, texts, at)
    to.body.data[row] = body === null ? 0 : textOfValue(body, builder)
    to.flags.data[row] = body?.type === AttributeType.json ? RecordFlag.structuredBody : 0
    if (from.recordSpan[at]! >= 0) continue
    if (to.severity.data[row] === 0 && from.recordSeverityText[at] !== 0) {
      const word = builder.text.strings[text(from.recordSeverityText[at]!)]
      to.severity.data[row] = severityOf(undefined, word)
    }
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
  return { type, value: type === AttributeType.string ? texts.index[value]! : value }
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

function appendLinks(
  batch: OtlpBatch,
  builder: StoreBuilder,
  firstAttribute: number,
  firstSpan: number,
): void {
  const from = batch.columns
  const count = batch.count('links')
  if (count === 0) return
  const to = builder.links
  const first = builder.extend(to, count)
  copied(to.traceId.data, first * 16, from.linkTraceId, count * 16)
  copied(to.spanId.data, first * 8, from.linkSpanId, count * 8)
  mapped(to.from.data, first, from.linkFrom, count, span => span + firstSpan)
  mapped(to.attrStart.data, first, from.linkAttrStart, count, at => at + firstAttribute)
  mapped(to.attrEnd.data, first, from.linkAttrEnd, count, at => at + firstAttribute)
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
  if (count > fewElements) to.set(from.subarray(0, count), at)
  else for (let i = 0; i < count; i++) to[at + i] = from[i]!
}

function mapped(to: Int32Array, at: number, from: Int32Array, count: number, map: Text): void {
  for (let i = 0; i < count; i++) to[at + i] = map(from[i]!)
}
