/** Spans with their events and links, and log records: members in any order, each at most once. Resource and scope are written by who knows them. */
import {
  addDropped,
  addTraceState,
  attributes,
  DROPPED_ATTRIBUTES_KEY,
  linkAttrEnd,
  linkAttrStart,
  linkFrom,
  linkSpanId,
  linkTraceId,
  NO_TYPE,
  newLink,
  newRecord,
  newSpan,
  recordAttrEnd,
  recordAttrStart,
  recordBody,
  recordBodyType,
  recordName,
  recordNano,
  recordSec,
  recordSeverity,
  recordSeverityText,
  recordSpan,
  recordSpanId,
  recordTraceId,
  spanAttrEnd,
  spanAttrStart,
  spanEndNano,
  spanEndSec,
  spanKind,
  spanName,
  spanParentId,
  spanSpanId,
  spanStartNano,
  spanStartSec,
  spanStatus,
  spanStatusMessage,
  spanTraceId,
} from './batch'
import { CLOSE_LIST, CLOSE_OBJECT, enter, fail, next, OPEN_LIST, OPEN_OBJECT } from './cursor'
import { member, names } from './names'
import { anyValue, count, digit, id, readAttributes, text, time, value, valueType } from './values'

const spanNames = names(
  'traceId spanId parentSpanId name kind startTimeUnixNano endTimeUnixNano attributes events links status traceState flags droppedAttributesCount droppedEventsCount droppedLinksCount',
)
const statusNames = names('code message')
const eventNames = names('timeUnixNano name attributes droppedAttributesCount')
const linkNames = names('traceId spanId attributes traceState flags droppedAttributesCount')
const logNames = names(
  'timeUnixNano observedTimeUnixNano severityNumber severityText body attributes traceId spanId eventName flags droppedAttributesCount',
)

/** Which members of an object were there. */
let seen: u32 = 0

/** The next member; failed when it is unknown or there for the second time. */
function known(set: usize, before: i32): i32 {
  const name = member(set, before + 1)
  if (name < 0 || ((seen >>> name) & 1) !== 0) fail()
  seen |= 1 << name
  return name
}

export function readSpan(): void {
  const row = newSpan()
  if (row < 0) return
  store<f64>(spanStartSec + row * 8, 0)
  store<f64>(spanEndSec + row * 8, 0)
  store<i32>(spanStartNano + row * 4, 0)
  store<i32>(spanEndNano + row * 4, 0)
  store<i32>(spanName + row * 4, 0)
  store<i32>(spanStatusMessage + row * 4, 0)
  store<i32>(spanAttrStart + row * 4, attributes)
  store<i32>(spanAttrEnd + row * 4, attributes)
  memory.fill(spanTraceId + row * 16, 0, 16)
  store<u64>(spanSpanId + row * 8, 0)
  store<u64>(spanParentId + row * 8, 0)
  store<u8>(spanKind + row, 0)
  store<u8>(spanStatus + row, 0)
  let had: u32 = 0
  let name = -1
  for (let more = enter(OPEN_OBJECT, CLOSE_OBJECT); more; more = next(CLOSE_OBJECT)) {
    seen = had
    name = known(spanNames, name)
    had = seen
    switch (name) {
      case 0:
        id(spanTraceId + row * 16, 16)
        break
      case 1:
        id(spanSpanId + row * 8, 8)
        break
      case 2:
        id(spanParentId + row * 8, 8)
        break
      case 3:
        store<i32>(spanName + row * 4, text())
        break
      case 4:
        store<u8>(spanKind + row, digit(5))
        break
      case 5:
        time(spanStartSec + row * 8, spanStartNano + row * 4)
        break
      case 6:
        time(spanEndSec + row * 8, spanEndNano + row * 4)
        break
      case 7:
        ownAttributes(spanAttrStart + row * 4, spanAttrEnd + row * 4)
        break
      case 8:
        for (let event = enter(OPEN_LIST, CLOSE_LIST); event; event = next(CLOSE_LIST)) readEvent(row)
        break
      case 9:
        for (let link = enter(OPEN_LIST, CLOSE_LIST); link; link = next(CLOSE_LIST)) readLink(row)
        break
      case 10:
        readStatus(row)
        break
      case 11:
        traceState(spanAttrEnd + row * 4, ((had >>> 7) & 1) !== 0)
        break
      case 12:
        count()
        break
      default:
        // The reader has them behind the attributes, in this order.
        dropped(
          spanAttrEnd + row * 4,
          DROPPED_ATTRIBUTES_KEY + 13 - name,
          ((had >>> 7) & 1) !== 0 && had >>> (name + 1) === 0,
        )
    }
  }
}

/** A row's attributes lie together; what came between them is for the reader. */
function isLast(end: usize): bool {
  return load<i32>(end) === attributes || fail()
}

function ownAttributes(start: usize, end: usize): void {
  if (load<i32>(start) === load<i32>(end)) store<i32>(start, attributes)
  else if (!isLast(end)) return
  readAttributes()
  store<i32>(end, attributes)
}

/** Kept in front of the attributes. */
function traceState(end: usize, late: bool): void {
  const state = text()
  if (state === 0) return
  if (late || !isLast(end)) {
    fail()
    return
  }
  addTraceState(state)
  store<i32>(end, attributes)
}

function dropped(end: usize, key: i32, inOrder: bool): void {
  const number = count()
  if (number === 0 || number >= 1e9) return
  if (!inOrder || !isLast(end)) {
    fail()
    return
  }
  addDropped(key, number)
  store<i32>(end, attributes)
}

function readStatus(row: i32): void {
  seen = 0
  let name = -1
  for (let more = enter(OPEN_OBJECT, CLOSE_OBJECT); more; more = next(CLOSE_OBJECT)) {
    name = known(statusNames, name)
    if (name === 0) store<u8>(spanStatus + row, digit(2))
    else store<i32>(spanStatusMessage + row * 4, text())
  }
}

/** A record with nothing in it yet. */
function emptyRecord(span: i32): i32 {
  const row = newRecord()
  if (row < 0) return row
  store<f64>(recordSec + row * 8, 0)
  store<i32>(recordNano + row * 4, 0)
  store<i32>(recordName + row * 4, 0)
  store<i32>(recordSpan + row * 4, span)
  store<i32>(recordAttrStart + row * 4, attributes)
  store<i32>(recordAttrEnd + row * 4, attributes)
  memory.fill(recordTraceId + row * 16, 0, 16)
  store<u64>(recordSpanId + row * 8, 0)
  store<u8>(recordSeverity + row, 0)
  store<i32>(recordSeverityText + row * 4, 0)
  store<u8>(recordBodyType + row, NO_TYPE)
  return row
}

function readEvent(span: i32): void {
  const row = emptyRecord(span)
  if (row < 0) return
  seen = 0
  let name = -1
  for (let more = enter(OPEN_OBJECT, CLOSE_OBJECT); more; more = next(CLOSE_OBJECT)) {
    name = known(eventNames, name)
    switch (name) {
      case 0:
        time(recordSec + row * 8, recordNano + row * 4)
        break
      case 1:
        store<i32>(recordName + row * 4, text())
        break
      case 2:
        ownAttributes(recordAttrStart + row * 4, recordAttrEnd + row * 4)
        break
      default:
        dropped(recordAttrEnd + row * 4, DROPPED_ATTRIBUTES_KEY, ((seen >>> 2) & 1) !== 0)
    }
  }
}

function readLink(span: i32): void {
  const row = newLink()
  if (row < 0) return
  store<i32>(linkFrom + row * 4, span)
  store<i32>(linkAttrStart + row * 4, attributes)
  store<i32>(linkAttrEnd + row * 4, attributes)
  memory.fill(linkTraceId + row * 16, 0, 16)
  store<u64>(linkSpanId + row * 8, 0)
  seen = 0
  let name = -1
  for (let more = enter(OPEN_OBJECT, CLOSE_OBJECT); more; more = next(CLOSE_OBJECT)) {
    name = known(linkNames, name)
    switch (name) {
      case 0:
        id(linkTraceId + row * 16, 16)
        break
      case 1:
        id(linkSpanId + row * 8, 8)
        break
      case 2:
        ownAttributes(linkAttrStart + row * 4, linkAttrEnd + row * 4)
        break
      case 3:
        // A trace state or a count of its own is rare: for the reader.
        if (text() !== 0) fail()
        break
      case 4:
        count()
        break
      default:
        if (count() !== 0) fail()
    }
  }
}

const observed = memory.data(16, 8)

export function readLog(): void {
  const row = emptyRecord(-1)
  if (row < 0) return
  memory.fill(observed, 0, 16)
  seen = 0
  let name = -1
  for (let more = enter(OPEN_OBJECT, CLOSE_OBJECT); more; more = next(CLOSE_OBJECT)) {
    name = known(logNames, name)
    switch (name) {
      case 0:
        time(recordSec + row * 8, recordNano + row * 4)
        break
      case 1:
        time(observed, observed + 8)
        break
      case 2: {
        const severity = count()
        store<u8>(recordSeverity + row, severity <= 24 ? <u8>severity : 0)
        break
      }
      case 3:
        store<i32>(recordSeverityText + row * 4, text())
        break
      case 4:
        anyValue(0)
        store<u8>(recordBodyType + row, valueType)
        store<f64>(recordBody + row * 8, value)
        break
      case 5:
        ownAttributes(recordAttrStart + row * 4, recordAttrEnd + row * 4)
        break
      case 6:
        id(recordTraceId + row * 16, 16)
        break
      case 7:
        id(recordSpanId + row * 8, 8)
        break
      case 8:
        store<i32>(recordName + row * 4, text())
        break
      case 9:
        count()
        break
      default:
        dropped(recordAttrEnd + row * 4, DROPPED_ATTRIBUTES_KEY, ((seen >>> 5) & 1) !== 0)
    }
  }
  if (load<f64>(recordSec + row * 8) === 0 && load<i32>(recordNano + row * 4) === 0) {
    store<f64>(recordSec + row * 8, load<f64>(observed))
    store<i32>(recordNano + row * 4, load<i32>(observed, 8))
  }
}
