/**
 * What the columns of a table of spans are called by the stores, APIs and queries that give one. Names are compared without
 * case and punctuation: `trace.trace_id`, `TraceId` and `trace_id` are one thing, or nearly.
 */

export type Role =
  | 'trace'
  | 'span'
  | 'parent'
  | 'name'
  | 'service'
  | 'start'
  | 'end'
  | 'duration'
  | 'kind'
  | 'status'
  | 'failed'
  | 'succeeded'
  | 'message'
  | 'scope'
  | 'events'
  | 'eventTimes'
  | 'eventNames'
  | 'eventAttributes'
  | 'links'
  | 'linkTraces'
  | 'linkSpans'

export interface Column {
  readonly role: Role
  /** Of several columns with one role the lowest is taken. */
  readonly rank: number
  /** Nanoseconds in one, where the name says it. */
  readonly unitNs: number | null
}

/** The surest first. */
const roles: readonly (readonly [Role, string])[] = [
  ['trace', 'traceid tracetraceid contexttraceid operationid tagsaioperationid'],
  ['span', 'spanid tracespanid contextspanid transactionid basedataid guid id'],
  [
    'parent',
    'parentspanid spanparentid traceparentid parentid operationparentid tagsaioperationparentid parentrunid parentobservationid parent',
  ],
  ['name', 'spanname resourcename operationname transactionname basedataname displayname name operation'],
  [
    'service',
    'servicename resourceattributesservicename resourceservicename entityname cloudrolename tagsaicloudrole appname service',
  ],
  ['kind', 'spankind kind itemtype basetype'],
  ['status', 'statuscode otelstatuscode statuscodestring spanstatus status eventoutcome outcome'],
  ['failed', 'haserror iserror error'],
  ['succeeded', 'success basedatasuccess'],
  ['message', 'statusmessage statusdescription errormessage exceptionmessage'],
  ['scope', 'scopename otelscopename instrumentationscopename instrumentationscope libraryname'],
  ['events', 'events spanevents'],
  ['eventTimes', 'eventstimestamp eventstime'],
  ['eventNames', 'eventsname'],
  ['eventAttributes', 'eventsattributes'],
  ['links', 'links spanlinks'],
  ['linkTraces', 'linkstraceid'],
  ['linkSpans', 'linksspanid'],
]
const named = new Map<string, Column>(
  roles.flatMap(([role, names]) =>
    names.split(' ').map((name, rank): [string, Column] => [name, { role, rank, unitNs: null }]),
  ),
)

const unit = '(ns|nanos?|nanoseconds?|us|micros?|microseconds?|ms|millis?|milliseconds?|s|secs?|seconds?)?'
const times: readonly (readonly [Role, RegExp])[] = [
  [
    'start',
    new RegExp(
      `^(?:start(?:ed)?(?:time|timestamp|at)?(?:unix)?|timestamp|eventtime|time|ts)${unit}(?:utc)?$`,
    ),
  ],
  ['end', new RegExp(`^(?:end(?:ed)?|finish(?:ed)?|stop)(?:time|timestamp|at)?(?:unix)?${unit}(?:utc)?$`)],
  [
    'duration',
    new RegExp(`^(?:span|transaction|basedata|event)?(?:duration(?:in)?|elapsed(?:time)?|latency)${unit}$`),
  ],
]

/** What stores put around a row of their own. */
const wrapper = /^(?:_source|data|jsonPayload)\.(?!$)/

export const bareName = (column: string): string => column.replace(wrapper, '')

const known = new Map<string, Column | null>()
/** Names come from files: the memory of them is bounded. */
const maxKnown = 10_000

/** Null: a column like any other, an attribute. */
export function columnOf(name: string): Column | null {
  let column = known.get(name)
  if (column === undefined) {
    column = findColumn(name)
    if (known.size < maxKnown) known.set(name, column)
  }
  return column
}

function findColumn(name: string): Column | null {
  if (name.length > 100) return null
  const bare = bareName(name)
    .replace(/^attributes\./, '')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
  const found = named.get(bare)
  if (found) return found
  for (const [role, pattern] of times) {
    const match = pattern.exec(bare)
    // `startTime` before `timestamp` before `time`; a duration with a unit before one without.
    if (match)
      return { role, rank: (match[1] ? 0 : 10) + (bare.startsWith('st') ? 0 : 1), unitNs: unitOf(match[1]) }
  }
  return null
}

function unitOf(word: string | undefined): number | null {
  if (word === undefined) return null
  if (word.startsWith('n')) return 1
  if (word.startsWith('u') || word.startsWith('mic')) return 1e3
  return word.startsWith('m') ? 1e6 : 1e9
}

/** Of a log's line, which may name a span and how long something took. */
const ofLog = /^(?:msg|message|level|lvl|severity|log\.?level)$/i

/** What columns of these names lack to be those of spans, for people; all of it when they are those of a log. */
export function lackingColumns(names: Iterable<string>): string[] {
  const seen = new Set<Role>()
  let isLog = false
  for (const name of names) {
    const column = columnOf(name)
    if (column) seen.add(column.role)
    else if (ofLog.test(name)) isLog = true
  }
  return needed.filter(([, roles]) => isLog || !roles.some(role => seen.has(role))).map(([what]) => what)
}

const needed: readonly (readonly [what: string, roles: readonly Role[]])[] = [
  ['a trace id', ['trace']],
  ['a span id', ['span']],
  ['a start', ['start']],
  ['an end or duration', ['end', 'duration']],
]

export const areSpanColumns = (names: Iterable<string>): boolean => lackingColumns(names).length === 0
