/**
 * The rows of one value: columns in memory, each as wide as the trace's own, so that most are copied as they are.
 * `src/core/import/otlp/otlp-batch.ts` reads them by these names.
 */
import { fail } from './cursor'
import { meaningOf } from './texts'

/** Attribute types as `AttributeType` has them; `VALUE_TYPE` is a text of JSON that the other side reads. */
export const STRING_TYPE: u8 = 0
export const BOOL_TYPE: u8 = 1
export const INT_TYPE: u8 = 2
export const VALUE_TYPE: u8 = 5
export const NO_TYPE: u8 = 255

/** Keys of what the other side keeps among the attributes, in its order. */
export const TRACE_STATE_KEY = -1
export const DROPPED_ATTRIBUTES_KEY = -2
export const DROPPED_EVENTS_KEY = -3
export const DROPPED_LINKS_KEY = -4

const ATTRIBUTES_PER_ROW = 8

export let spans: i32 = 0
export let records: i32 = 0
export let links: i32 = 0
export let attributes: i32 = 0
/** ResourceSpans and ResourceLogs, as texts of their resource. */
export let owners: i32 = 0
/** Scopes that are named, as texts. */
export let scopes: i32 = 0
/** Sum of what producers say they dropped, and the line that says so first. */
export let dropped: f64 = 0
export let droppedLine: i32 = 0
/** Attributes with keys below 0. */
export let carried: i32 = 0
/** Line of the value that is read. */
export let line: i32 = 0
/** Set when the rows did not fit. */
export let crowded: bool = false

export let spanStartSec: usize = 0
export let spanEndSec: usize = 0
export let spanStartNano: usize = 0
export let spanEndNano: usize = 0
export let spanName: usize = 0
export let spanStatusMessage: usize = 0
export let spanScope: usize = 0
export let spanResource: usize = 0
export let spanLine: usize = 0
export let spanAttrStart: usize = 0
export let spanAttrEnd: usize = 0
export let spanTraceId: usize = 0
export let spanSpanId: usize = 0
export let spanParentId: usize = 0
export let spanKind: usize = 0
export let spanStatus: usize = 0

export let recordSec: usize = 0
export let recordNano: usize = 0
export let recordName: usize = 0
export let recordSpan: usize = 0
export let recordResource: usize = 0
export let recordScope: usize = 0
export let recordAttrStart: usize = 0
export let recordAttrEnd: usize = 0
export let recordTraceId: usize = 0
export let recordSpanId: usize = 0
export let recordSeverity: usize = 0
export let recordSeverityText: usize = 0
export let recordBody: usize = 0
export let recordBodyType: usize = 0

export let linkFrom: usize = 0
export let linkAttrStart: usize = 0
export let linkAttrEnd: usize = 0
export let linkTraceId: usize = 0
export let linkSpanId: usize = 0

export let attributeKey: usize = 0
export let attributeValue: usize = 0
export let attributeType: usize = 0

export let ownerResource: usize = 0
export let scopeText: usize = 0
export let scopeResource: usize = 0

let room: i32 = 0
let next: usize = 0

/** Lays the columns out from `from` on, for so many rows of each table; returns where they end. */
export function placeBatch(from: usize, rows: i32): usize {
  room = rows
  next = from
  spanStartSec = column(8)
  spanEndSec = column(8)
  spanStartNano = column(4)
  spanEndNano = column(4)
  spanName = column(4)
  spanStatusMessage = column(4)
  spanScope = column(4)
  spanResource = column(4)
  spanLine = column(4)
  spanAttrStart = column(4)
  spanAttrEnd = column(4)
  spanTraceId = column(16)
  spanSpanId = column(8)
  spanParentId = column(8)
  spanKind = column(1)
  spanStatus = column(1)
  recordSec = column(8)
  recordNano = column(4)
  recordName = column(4)
  recordSpan = column(4)
  recordResource = column(4)
  recordScope = column(4)
  recordAttrStart = column(4)
  recordAttrEnd = column(4)
  recordTraceId = column(16)
  recordSpanId = column(8)
  recordSeverity = column(1)
  recordSeverityText = column(4)
  recordBody = column(8)
  recordBodyType = column(1)
  linkFrom = column(4)
  linkAttrStart = column(4)
  linkAttrEnd = column(4)
  linkTraceId = column(16)
  linkSpanId = column(8)
  ownerResource = column(4)
  scopeText = column(4)
  scopeResource = column(4)
  attributeKey = column(4 * ATTRIBUTES_PER_ROW)
  attributeValue = column(8 * ATTRIBUTES_PER_ROW)
  attributeType = column(ATTRIBUTES_PER_ROW)
  return next
}

function column(width: usize): usize {
  const at = next
  next = (at + width * room + 15) & ~15
  return at
}

export function clearBatch(): void {
  spans = 0
  records = 0
  links = 0
  attributes = 0
  owners = 0
  scopes = 0
  dropped = 0
  carried = 0
  crowded = false
}

/** What `forgetValue` goes back to. */
let spansBefore: i32 = 0
let recordsBefore: i32 = 0
let linksBefore: i32 = 0
let attributesBefore: i32 = 0
let ownersBefore: i32 = 0
let scopesBefore: i32 = 0
let droppedBefore: f64 = 0
let carriedBefore: i32 = 0

/** A value begins. */
export function beginValue(itsLine: i32): void {
  line = itsLine
  spansBefore = spans
  recordsBefore = records
  linksBefore = links
  attributesBefore = attributes
  ownersBefore = owners
  scopesBefore = scopes
  droppedBefore = dropped
  carriedBefore = carried
}

/** Takes back all rows of the value that began last. */
export function forgetValue(): void {
  spans = spansBefore
  records = recordsBefore
  links = linksBefore
  attributes = attributesBefore
  owners = ownersBefore
  scopes = scopesBefore
  dropped = droppedBefore
  carried = carriedBefore
}

/**
 * Puts the meanings of texts in their place and counts rows from where the other side will have them, so that it copies whole
 * columns. Call it once, before they are copied.
 */
export function settle(firstSpan: i32, firstAttribute: i32): void {
  for (let row = 0; row < attributes; row++) {
    const key = load<i32>(attributeKey + row * 4)
    if (key >= 0) store<i32>(attributeKey + row * 4, meaningOf(key))
    if (load<u8>(attributeType + row) === STRING_TYPE) {
      const value = attributeValue + row * 8
      store<f64>(value, meaningOf(<i32>load<f64>(value)))
    }
  }
  mean(spanName, spans)
  mean(spanStatusMessage, spans)
  mean(spanScope, spans)
  mean(spanResource, spans)
  shift(spanAttrStart, spans, firstAttribute)
  shift(spanAttrEnd, spans, firstAttribute)
  mean(recordName, records)
  mean(recordScope, records)
  mean(recordResource, records)
  mean(recordSeverityText, records)
  shift(recordSpan, records, firstSpan)
  shift(recordAttrStart, records, firstAttribute)
  shift(recordAttrEnd, records, firstAttribute)
  shift(linkFrom, links, firstSpan)
  shift(linkAttrStart, links, firstAttribute)
  shift(linkAttrEnd, links, firstAttribute)
}

function mean(column: usize, rows: i32): void {
  for (const end = column + rows * 4; column < end; column += 4)
    store<i32>(column, meaningOf(load<i32>(column)))
}

/** What is below 0 stays. */
function shift(column: usize, rows: i32, by: i32): void {
  for (const end = column + rows * 4; column < end; column += 4) {
    const at = load<i32>(column)
    if (at >= 0) store<i32>(column, at + by)
  }
}

/** Number of a new row, -1 and failed when there is no room. What is not written is left from others: write all columns. */
export function newSpan(): i32 {
  if (spans === room) return noRoom()
  store<i32>(spanLine + spans * 4, line)
  return spans++
}

export function newRecord(): i32 {
  return records < room ? records++ : noRoom()
}

export function newLink(): i32 {
  return links < room ? links++ : noRoom()
}

export function newScope(): i32 {
  return scopes < room ? scopes++ : noRoom()
}

export function newOwner(): i32 {
  return owners < room ? owners++ : noRoom()
}

export function addAttribute(key: i32, type: u8, value: f64): void {
  const row = attributes
  if (row === room * ATTRIBUTES_PER_ROW) {
    noRoom()
    return
  }
  attributes = row + 1
  store<i32>(attributeKey + row * 4, key)
  store<f64>(attributeValue + row * 8, value)
  store<u8>(attributeType + row, type)
}

export function addTraceState(state: i32): void {
  carried++
  addAttribute(TRACE_STATE_KEY, STRING_TYPE, state)
}

export function addDropped(key: i32, count: f64): void {
  if (count >= 1e9) return
  if (dropped === 0) droppedLine = line
  dropped += count
  carried++
  addAttribute(key, INT_TYPE, count)
}

function noRoom(): i32 {
  crowded = true
  fail()
  return -1
}
