/**
 * The frozen columnar store: everything that was read from the files, nothing that was concluded from it.
 *
 * Plain data (typed arrays and one string table), so that it crosses a worker boundary as it is. Rows are
 * integers, `-1` means none. Times are Float64 nanoseconds relative to `epochUnixNano`, exact for 104 days.
 *
 * Spans stand in pre-order of their parent–child forest, so that collapsing, subtree sums and ancestor tests are
 * index arithmetic:
 *
 *     row  0 ─ A            depth 0, subtreeEnd 4
 *     row  1 ─── B          depth 1, subtreeEnd 3
 *     row  2 ───── C        depth 2, subtreeEnd 3
 *     row  3 ─── D          depth 1, subtreeEnd 4
 *
 * `a` is an ancestor of `b` exactly when `a < b && b < subtreeEnd[a]`.
 */
export interface Store {
  /** Stable over file names and file order: a hash of the spans' ids and times. Notes and pictures refer to it. */
  readonly fingerprint: string
  /** Unix time of instant 0, in nanoseconds, as a decimal string (bigint does not survive JSON). */
  readonly epochUnixNano: string
  /** Length of the trace in ns: every time lies in [0, durationNs]. */
  readonly durationNs: number
  /** Interned strings; index 0 is the empty string. */
  readonly strings: readonly string[]
  readonly spans: SpanTable
  /** Span events and log records alike, ordered by time. */
  readonly records: RecordTable
  readonly links: LinkTable
  /**
   * Attributes of spans, records and links, flat, as they were read; a row's attributes are `[attrStart[row], attrEnd[row])`. Some may
   * be of no row, or of two: those of copies that were dropped, and of records that became spans.
   */
  readonly attributes: AttributeTable
  readonly processes: readonly Process[]
  /** Metric series that say how processes were over time; others are not kept. */
  readonly gauges: readonly Gauge[]
  /** Versions and attributes of instrumentation scopes, where the files tell them. */
  readonly scopes: readonly Scope[]
}

/** One row per span, in pre-order. */
export interface SpanTable {
  readonly count: number
  /** 16 bytes a row. */
  readonly traceId: Uint8Array
  /** 8 bytes a row. */
  readonly spanId: Uint8Array
  readonly parent: Int32Array
  readonly depth: Int32Array
  /** First row after this span's subtree. */
  readonly subtreeEnd: Int32Array
  readonly name: Int32Array
  /** One of `Kind`. */
  readonly kind: Uint8Array
  /** One of `Status`. */
  readonly status: Uint8Array
  readonly statusMessage: Int32Array
  readonly startNs: Float64Array
  /** End; of an open span (`SpanFlag.open`) the last instant its process is known to have lived. Never before `startNs`. */
  readonly endNs: Float64Array
  readonly flags: Uint16Array
  readonly process: Int32Array
  readonly scope: Int32Array
  readonly attrStart: Int32Array
  readonly attrEnd: Int32Array
}

/** OTLP span kinds, as in `SpanTable.kind`. */
export const Kind = { unspecified: 0, internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const

/** OTLP status codes, as in `SpanTable.status`. */
export const Status = { unset: 0, ok: 1, error: 2 } as const

/** Bits of `SpanTable.flags`. Every repaired span says so. */
export const SpanFlag = {
  /** Never ended as far as the files tell. */
  open: 1,
  /** Made up because children name it as their parent; its times span its children. */
  ghost: 2,
  /** The file had its end before its start. */
  endBeforeStart: 4,
  /** Its parent chain was a cycle, cut here. */
  cutCycle: 8,
  /** Its start was floored to a whole millisecond: it lies in [startNs, startNs + 1e6), whatever the process's own clock. */
  coarse: 16,
  /** Named its parent by an id that no file holds; `parent` is then a ghost's row. */
  orphan: 32,
  /** Its start or end was far from all other times; it was moved to its process's first instant. */
  timeRepaired: 64,
} as const

export interface RecordTable {
  readonly count: number
  readonly timeNs: Float64Array
  /** The event's name (`interleave.state.read`, `exception`), 0 when it has none. */
  readonly name: Int32Array
  readonly body: Int32Array
  /** OTLP severity number, 0 unknown. */
  readonly severity: Uint8Array
  /** Bits of `RecordFlag`. */
  readonly flags: Uint8Array
  /** The span it belongs to, or -1. */
  readonly span: Int32Array
  readonly process: Int32Array
  /** Of a log record; an event has its span's. */
  readonly scope: Int32Array
  readonly attrStart: Int32Array
  readonly attrEnd: Int32Array
  /** Records that name a span no file holds: their rows, ascending, and the ids they name (16 and 8 bytes each). */
  readonly strays: { readonly rows: Int32Array; readonly traceId: Uint8Array; readonly spanId: Uint8Array }
}

/** Bits of `RecordTable.flags`. */
export const RecordFlag = {
  /** An event of its span; without it the record is a log record. */
  event: 1,
  /** Its body is the JSON text of a list or map. */
  structuredBody: 2,
} as const

export interface LinkTable {
  readonly count: number
  /** The span that carries the link. */
  readonly from: Int32Array
  /** The span it names, -1 when no file holds it. */
  readonly to: Int32Array
  /** The ids it names: 16 and 8 bytes a row. */
  readonly traceId: Uint8Array
  readonly spanId: Uint8Array
  /** Value of `interleave.link.type`, `follows` for a plain link. */
  readonly type: Int32Array
  readonly attrStart: Int32Array
  readonly attrEnd: Int32Array
}

/** Kinds of `AttributeTable.type`. */
export const AttributeType = { string: 0, bool: 1, int: 2, double: 3, json: 4 } as const

export interface AttributeTable {
  readonly count: number
  readonly key: Int32Array
  readonly type: Uint8Array
  /** A number, 0/1 for booleans, else an index into `strings`. Ints beyond 2^53 and arrays/maps are kept as text (`json`). */
  readonly value: Float64Array
}

/** One OTLP resource: a process of a service, with a clock of its own. */
export interface Process {
  readonly index: number
  readonly service: string
  /** `service.instance.id`, else `process.pid`, else `''`. */
  readonly instance: string
  /** What lanes call it: the service, with the instance in brackets where a service has several. */
  readonly label: string
  /** Half-width of what a start time may be off by, in ns: 0 when the recorder gave explicit times, 1e6 when starts are whole ms. */
  readonly uncertaintyNs: number
  /** What was subtracted from every time of its clock, as the user chose; 0: times are raw. */
  readonly offsetNs: number
  readonly firstNs: number
  readonly lastNs: number
  /** Records its recorder says it lost; 0 when it says none, -1 when it says nothing. */
  readonly lost: number
  readonly attributes: Readonly<Record<string, AttributeValue>>
  /** Names of the attributes whose value is the JSON text of a list, map or large int. */
  readonly structured: readonly string[]
}

/** One metric series: a value, and when it was told. */
export interface Gauge {
  readonly process: number
  /** `nodejs.eventloop.utilization` */
  readonly name: string
  /** UCUM, as written. */
  readonly unit: string
  readonly attributes: Readonly<Record<string, AttributeValue>>
  /** Ascending, within the trace. */
  readonly atNs: Float64Array
  readonly value: Float64Array
}

/** An instrumentation scope of one process: what its name does not tell. */
export interface Scope {
  readonly process: number
  readonly name: string
  readonly version: string
  /** Its attributes as a JSON object, `''` when it has none. */
  readonly attributes: string
}

export type AttributeValue = string | number | boolean

/** What a table with attributes has. */
export interface WithAttributes {
  readonly attrStart: Int32Array
  readonly attrEnd: Int32Array
}

/** Value of one attribute of a row, or undefined. Cost: the row's number of attributes. */
export function attribute(
  store: Store,
  table: WithAttributes,
  row: number,
  key: string,
): AttributeValue | undefined {
  const { attributes, strings } = store
  const end = table.attrEnd[row]!
  for (let at = table.attrStart[row]!; at < end; at++) {
    if (strings[attributes.key[at]!] === key) return attributeAt(store, at)
  }
  return undefined
}

/** All attributes of a row, in file order. For looking, not for loops over rows. */
export function attributesOf(store: Store, table: WithAttributes, row: number): [string, AttributeValue][] {
  const out: [string, AttributeValue][] = []
  for (let at = table.attrStart[row]!; at < table.attrEnd[row]!; at++) {
    out.push([store.strings[store.attributes.key[at]!]!, attributeAt(store, at)])
  }
  return out
}

/** Value of the attribute at index `at` of the flat table. */
export function attributeAt(store: Store, at: number): AttributeValue {
  const value = store.attributes.value[at]!
  switch (store.attributes.type[at]) {
    case AttributeType.bool:
      return value === 1
    case AttributeType.int:
    case AttributeType.double:
      return value
    default:
      return store.strings[value]!
  }
}

/** 32 lower-case hex digits. */
export const traceIdOf = (store: Store, row: number): string => hex(store.spans.traceId, row * 16, 16)

/** 16 lower-case hex digits. */
export const spanIdOf = (store: Store, row: number): string => hex(store.spans.spanId, row * 8, 8)

export const spanName = (store: Store, row: number): string => store.strings[store.spans.name[row]!]!

export const hasFlag = (store: Store, row: number, flag: number): boolean =>
  (store.spans.flags[row]! & flag) !== 0

/** Unix nanoseconds of a relative time, as a decimal string. */
export function unixNano(store: Store, ns: number): string {
  return (BigInt(store.epochUnixNano) + BigInt(Math.round(ns))).toString()
}

/** Relative time in ns of Unix nanoseconds given as a decimal string; may lie outside the trace. */
export function relativeNs(store: Store, unixNano: string): number {
  return Number(BigInt(unixNano) - BigInt(store.epochUnixNano))
}

const hexByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Lower-case hex of `length` bytes. */
export function hex(bytes: Uint8Array, at: number, length: number): string {
  let out = ''
  for (let i = at; i < at + length; i++) out += hexByte[bytes[i]!]!
  return out
}
