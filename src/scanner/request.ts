/** A request: spans, then logs; in both, owners (a resource), scopes, rows. Resources and scopes are kept as JSON. */
import {
  newOwner,
  newScope,
  ownerResource,
  recordScope,
  records,
  scopeJson,
  scopeOwner,
  spanScope,
  spans,
} from './batch'
import { CLOSE_LIST, CLOSE_OBJECT, enter, fail, next, OPEN_LIST, OPEN_OBJECT, skipText } from './cursor'
import { member, names } from './names'
import { readLog, readSpan } from './rows'
import { jsonText } from './values'

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
  store<i32>(ownerResource + owner * 4, 0)
  let seen: u32 = 0
  let name = -1
  for (let more = enter(OPEN_OBJECT, CLOSE_OBJECT); more; more = next(CLOSE_OBJECT)) {
    name = member(ownerNames, name + 1)
    if (name < 0 || ((seen >>> name) & 1) !== 0) {
      fail()
      return
    }
    seen |= 1 << name
    if (name === 0) store<i32>(ownerResource + owner * 4, jsonText())
    else if (name === 3) skipText()
    else if ((name === 1) !== ofSpans) fail()
    else {
      for (let scoped = enter(OPEN_LIST, CLOSE_LIST); scoped; scoped = next(CLOSE_LIST))
        readScoped(owner, ofSpans)
    }
  }
}

/** ScopeSpans or ScopeLogs. */
/** ScopeSpans or ScopeLogs. */
function readScoped(owner: i32, ofSpans: bool): void {
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
    if (name === 0) scope = readScope(owner)
    else if (name === 3) skipText()
    else if ((name === 1) !== ofSpans) fail()
    else {
      for (let row = enter(OPEN_LIST, CLOSE_LIST); row; row = next(CLOSE_LIST)) {
        if (ofSpans) readSpan(owner)
        else readLog(owner)
      }
    }
  }
  // It may be named behind its spans.
  for (let row = firstSpan; row < spans; row++) store<i32>(spanScope + row * 4, scope)
  for (let row = firstRecord; row < records; row++) store<i32>(recordScope + row * 4, scope)
}

function readScope(owner: i32): i32 {
  const row = newScope()
  if (row < 0) return 0
  const scope = jsonText()
  store<i32>(scopeJson + row * 4, scope)
  store<i32>(scopeOwner + row * 4, owner)
  return scope
}
