/**
 * The store as Chrome trace events, for Perfetto and chrome://tracing: services are processes, local roots are threads,
 * spans are complete events that nest on their track, links and parents on other tracks are flow arrows, events and log
 * records are instants. Times are µs with three decimals from the first instant, so nanoseconds stay exact.
 *
 * `args` carries ids, kind, status, links and attributes, and `otherData` says who wrote it: Interleave reads its own
 * file back (`import/chrome-own.ts`) without guessing parents from nesting.
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */
import { OWN_PRODUCER } from '../import/formats/chrome-own.ts'
import { partitionPoint } from '../sorted.ts'
import {
  AttributeType,
  attributeAt,
  hasFlag,
  hex,
  RecordFlag,
  SpanFlag,
  type Store,
  spanIdOf,
  spanName,
  traceIdOf,
  unixNano,
  type WithAttributes,
} from '../store/store.ts'
import { layOutTracks, type Tracks } from './chrome-tracks.ts'

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']
const codes = ['unset', 'ok', 'error']

/** One JSON document, an event a line. */
export function* chromeTrace(store: Store): Generator<string> {
  const writer = new Writer(store)
  const epoch = unixNano(store, writer.firstNs)
  yield `{"displayTimeUnit":"ns","otherData":{"producer":"${OWN_PRODUCER}","epochUnixNano":"${epoch}"},"traceEvents":[\n`
  let lines: string[] = []
  let first = true
  for (const event of writer.events()) {
    lines.push(forPerfetto(JSON.stringify(event)))
    if (lines.length < 512) continue
    yield `${first ? '' : ',\n'}${lines.join(',\n')}`
    first = false
    lines = []
  }
  yield `${first || lines.length === 0 ? '' : ',\n'}${lines.join(',\n')}\n]}\n`
}

type Args = Readonly<Record<string, unknown>>
interface ChromeEvent {
  readonly ph: string
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly [field: string]: unknown
}

class Writer {
  readonly #store: Store
  readonly #tracks: Tracks
  readonly firstNs: number
  readonly #strays: ReadonlyMap<number, number>
  #flow = 0

  constructor(store: Store) {
    this.#store = store
    this.#tracks = layOutTracks(store)
    this.#strays = new Map(Array.from(store.records.strays.rows, (row, nth) => [row, nth]))
    let first = store.records.count > 0 ? store.records.timeNs[0]! : Number.POSITIVE_INFINITY
    for (const startNs of store.spans.startNs) if (startNs < first) first = startNs
    this.firstNs = Number.isFinite(first) ? first : 0
  }

  *events(): Generator<ChromeEvent> {
    yield* this.#metadata()
    const { spans, records, links } = this.#store
    for (let row = 0; row < spans.count; row++) {
      if (hasFlag(this.#store, row, SpanFlag.ghost)) continue
      yield this.#span(row)
      const parent = spans.parent[row]!
      const { trackOf } = this.#tracks
      if (parent >= 0 && trackOf[parent] !== trackOf[row]) yield* this.#arrow('parent', parent, row)
    }
    for (let link = 0; link < links.count; link++) {
      const to = links.to[link]!
      if (to >= 0) yield* this.#arrow(this.#store.strings[links.type[link]!]!, to, links.from[link]!)
    }
    for (let at = 0; at < records.count; at++) yield this.#record(at)
  }

  *#metadata(): Generator<ChromeEvent> {
    for (const { index, label, attributes, structured } of this.#store.processes) {
      const resource = Object.fromEntries(
        Object.entries(attributes)
          .filter(([, value]) => value !== '')
          .map(([key, value]) => [key, structured.includes(key) ? fromJson(String(value)) : jsonSafe(value)]),
      )
      yield {
        ph: 'M',
        name: 'process_name',
        pid: index + 1,
        tid: 0,
        args: { name: laneName(label), resource },
      }
      yield { ph: 'M', name: 'process_sort_index', pid: index + 1, tid: 0, args: { sort_index: index } }
    }
    for (const [track, { process, name }] of this.#tracks.tracks.entries()) {
      yield {
        ph: 'M',
        name: 'thread_name',
        pid: process + 1,
        tid: this.#tid(track),
        args: { name: laneName(name) },
      }
      yield {
        ph: 'M',
        name: 'thread_sort_index',
        pid: process + 1,
        tid: this.#tid(track),
        args: { sort_index: track },
      }
    }
  }

  #span(row: number): ChromeEvent {
    const { spans, strings } = this.#store
    const parent = spans.parent[row]!
    const message = strings[spans.statusMessage[row]!]!
    const scope = strings[spans.scope[row]!]!
    const links = this.#linksOf(row)
    return {
      ph: 'X',
      name: spanName(this.#store, row),
      ...(scope !== '' && { cat: scope }),
      ...this.#place(row),
      ts: this.#us(spans.startNs[row]!),
      dur: (spans.endNs[row]! - spans.startNs[row]!) / 1000,
      args: {
        trace_id: traceIdOf(this.#store, row),
        span_id: spanIdOf(this.#store, row),
        ...(parent >= 0 && { parent_span_id: spanIdOf(this.#store, parent) }),
        kind: kinds[spans.kind[row]!],
        ...(spans.status[row]! > 0 && { status: codes[spans.status[row]!] }),
        ...(message !== '' && { status_message: message }),
        ...(hasFlag(this.#store, row, SpanFlag.open) && { never_ended: true }),
        ...this.#attributes(spans, row),
        ...(links.length > 0 && { links }),
      },
    }
  }

  #linksOf(row: number): Args[] {
    const { links } = this.#store
    const first = partitionPoint(0, links.count, link => links.from[link]! < row)
    const out: Args[] = []
    for (let link = first; link < links.count && links.from[link] === row; link++) {
      out.push({
        trace_id: hex(links.traceId, link * 16, 16),
        span_id: hex(links.spanId, link * 8, 8),
        ...this.#attributes(links, link),
      })
    }
    return out
  }

  /** From a cause to its effect, at moments when both spans run where that is possible. */
  *#arrow(name: string, from: number, to: number): Generator<ChromeEvent> {
    const { startNs, endNs } = this.#store.spans
    if (this.#tracks.trackOf[from]! < 0 || this.#tracks.trackOf[to]! < 0) return
    const arrivesNs = startNs[to]!
    const leavesNs = Math.max(startNs[from]!, Math.min(arrivesNs, endNs[from]!))
    const flow = { name, cat: 'flow', id: ++this.#flow }
    yield { ph: 's', ...flow, ...this.#place(from), ts: this.#us(leavesNs) }
    yield { ph: 'f', bp: 'e', ...flow, ...this.#place(to), ts: this.#us(Math.max(arrivesNs, leavesNs)) }
  }

  #record(at: number): ChromeEvent {
    const { records, strings, spans } = this.#store
    const row = records.span[at]!
    const name = strings[records.name[at]!]!
    const body = strings[records.body[at]!]!
    const isEvent = (records.flags[at]! & RecordFlag.event) !== 0
    const timeNs = records.timeNs[at]!
    const process = records.process[at]!
    const onTrack = row >= 0 && spans.process[row] === process && this.#tracks.trackOf[row]! >= 0
    return {
      ph: 'i',
      name: name || body.slice(0, 80) || 'log',
      s: onTrack ? 't' : 'p',
      ...(onTrack ? this.#place(row) : { pid: process + 1, tid: 0 }),
      ts: this.#us(timeNs),
      args: {
        record: isEvent ? 'event' : 'log',
        ...(name !== '' && { name }),
        ...(body !== '' && { body }),
        ...(records.severity[at]! > 0 && { severity: records.severity[at] }),
        ...this.#owner(at),
        ...this.#attributes(records, at),
      },
    }
  }

  #owner(at: number): Args {
    const { records } = this.#store
    const row = records.span[at]!
    if (row >= 0) return { trace_id: traceIdOf(this.#store, row), span_id: spanIdOf(this.#store, row) }
    const { traceId, spanId } = records.strays
    const stray = this.#strays.get(at)
    return stray === undefined
      ? {}
      : { trace_id: hex(traceId, stray * 16, 16), span_id: hex(spanId, stray * 8, 8) }
  }

  #attributes(table: WithAttributes, row: number): Args {
    const { attributes, strings } = this.#store
    const entries: [string, unknown][] = []
    for (let at = table.attrStart[row]!; at < table.attrEnd[row]!; at++) {
      const value = attributeAt(this.#store, at)
      const json = attributes.type[at] === AttributeType.json
      entries.push([strings[attributes.key[at]!]!, json ? fromJson(String(value)) : jsonSafe(value)])
    }
    return entries.length === 0 ? {} : { attributes: Object.fromEntries(entries) }
  }

  #place(row: number): { pid: number; tid: number } {
    return { pid: this.#store.spans.process[row]! + 1, tid: this.#tid(this.#tracks.trackOf[row]!) }
  }

  /** Never a pid: viewers take that one for the main thread. */
  #tid(track: number): number {
    return this.#store.processes.length + 1 + track
  }

  #us(ns: number): number {
    return (ns - this.firstNs) / 1000
  }
}

/** Perfetto (v52) takes the quote after `\\\\` for an escaped one and reads no further: a last backslash is written as a number. */
const forPerfetto = (json: string): string =>
  json.includes('\\\\"')
    ? json.replace(/\\./g, (pair, at: number) => (pair === '\\\\' && json[at + 2] === '"' ? '\\u005c' : pair))
    : json

/** What a process or a thread is called: Perfetto wants a name and shows the escapes of control characters. */
const laneName = (name: string): string => name.replace(/\p{Cc}+/gu, ' ').trim() || 'no name'

/** JSON has no NaN and no infinity, and whole numbers beyond 2^53 would be read as ints. */
const jsonSafe = (value: unknown): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) && !(value % 1) ? String(value) : value

/** Lists and maps as such; ints that a double cannot hold, and text that was cut, stay text. */
function fromJson(text: string): unknown {
  if (/^-?\d+$/.test(text)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
