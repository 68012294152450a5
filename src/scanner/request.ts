/** A request: spans, then logs; in both, owners (a resource), scopes, rows. Resources and scopes are kept as JSON. */
import {
  newOwner,
  newScope,
  ownerResource,
  recordResource,
  recordScope,
  records,
  scopeResource,
  scopes,
  scopeText,
  spanResource,
  spanScope,
  spans,
} from './batch'
import { CLOSE_LIST, CLOSE_OBJECT, enter, fail, next, OPEN_LIST, OPEN_OBJECT, skipText } from './cursor'
import { member, names } from './names'
import { readLog, readSpan } from './rows'
import { RESOURCE, SCOPE, textOf } from './texts'
import { jsonText } from './values'

/** The resource of whom has none: `{}`. */
const noResource = memory.data<u8>([0x7b, 0x7d])

const requestNames = names('resourceSpans resourceLogs')
const ownerNames = names('resource scopeSpans scopeLogs schemaUrl')
const scopedNames = names('scope spans logRecords schemaUrl')

export function readRequest(): void {
  let seen: u32 = 0
  let some = false
  for (let more = enter(OPEN_OBJECT, CLOSE_OBJECT); more; more = next(CLOSE_OBJECT)) {
    const name = member(requestNames, 0)
    // The reader reads spans before logs, whatever the order.
    if (name < 0 || seen >>> name !== 0) {
      fail()
      return
    }
    seen |= 1 << name
    some = true
    for (let owner = enter(OPEN_LIST, CLOSE_LIST); owner; owner = next(CLOSE_LIST)) readOwner(name === 0)
  }
  if (!some) fail()
}

/** ResourceSpans or ResourceLogs. */
function readOwner(ofSpans: bool): void {
  const owner = newOwner()
  if (owner < 0) return
  const firstSpan = spans
  const firstRecord = records
  const firstScope = scopes
  let resource = 0
  let seen: u32 = 0
  let name = -1
  for (let more = enter(OPEN_OBJECT, CLOSE_OBJECT); more; more = next(CLOSE_OBJECT)) {
    name = member(ownerNames, name + 1)
    if (name < 0 || ((seen >>> name) & 1) !== 0) {
      fail()
      return
    }
    seen |= 1 << name
    if (name === 0) resource = jsonText(RESOURCE)
    else if (name === 3) skipText()
    else if ((name === 1) !== ofSpans) fail()
    else {
      for (let scoped = enter(OPEN_LIST, CLOSE_LIST); scoped; scoped = next(CLOSE_LIST)) readScoped(ofSpans)
    }
  }
  if (resource === 0) resource = textOf(noResource, noResource + 2, RESOURCE)
  store<i32>(ownerResource + owner * 4, resource)
  // It may be named behind its rows.
  fill(spanResource, firstSpan, spans, resource)
  fill(recordResource, firstRecord, records, resource)
  fill(scopeResource, firstScope, scopes, resource)
}

/** ScopeSpans or ScopeLogs. */
function readScoped(ofSpans: bool): void {
  const firstSpan = spans
  const firstRecord = records
  let scope = 0
  let seen: u32 = 0
  let name = -1
  for (let more = enter(OPEN_OBJECT, CLOSE_OBJECT); more; more = next(CLOSE_OBJECT)) {
    name = member(scopedNames, name + 1)
    if (name < 0 || ((seen >>> name) & 1) !== 0) {
      fail()
      return
    }
    seen |= 1 << name
    if (name === 0) scope = readScope()
    else if (name === 3) skipText()
    else if ((name === 1) !== ofSpans) fail()
    else {
      for (let row = enter(OPEN_LIST, CLOSE_LIST); row; row = next(CLOSE_LIST)) {
        if (ofSpans) readSpan()
        else readLog()
      }
    }
  }
  fill(spanScope, firstSpan, spans, scope)
  fill(recordScope, firstRecord, records, scope)
}

function readScope(): i32 {
  const row = newScope()
  if (row < 0) return 0
  const scope = jsonText(SCOPE)
  store<i32>(scopeText + row * 4, scope)
  return scope
}

function fill(column: usize, from: i32, to: i32, value: i32): void {
  for (let row = from; row < to; row++) store<i32>(column + row * 4, value)
}
