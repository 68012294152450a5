/**
 * What the Collector's `debug` exporter prints (`verbosity: detailed`), as kubectl or docker give it back: blocks of text,
 * or one log line of JSON with the block as its message.
 *
 *     ResourceSpans #0
 *     Resource attributes:
 *          -> service.name: Str(shop)
 *     InstrumentationScope hand 1.0
 *     Span #0
 *         Trace ID       : 5b8efff798038103d269b633813fc60c
 *         Start time     : 2026-01-01 00:00:00.01 +0000 UTC
 *     Attributes:
 *          -> n: Int(3)
 *     Events:
 *     SpanEvent #0
 *          -> Name: exception
 */

import type { Head, ImportContext, Importer } from '../importer.ts'
import { type Instant, parseRfc3339 } from '../instant.ts'
import { parseJson } from '../json/json-parse.ts'
import { unwrapLog } from '../log-wrappers.ts'
import { kindNamed, never, RowWriter, statusNamed } from '../row-writer.ts'
import { textLines } from '../text-lines.ts'
import { isObject, textOf } from './foreign.ts'

export const collectorDebug: Importer = {
  id: 'collector-debug',
  label: 'output of the Collector’s debug exporter',
  sniff: ({ text }: Head): number =>
    /\bResourceSpans #\d/.test(text) && /\bTrace ID\s+: [0-9a-f]{32}/.test(text) ? 0.75 : 0,
  async read(bytes: AsyncIterable<Uint8Array>, context: ImportContext): Promise<void> {
    const reader = new DebugReader(context)
    for await (const { text, line } of textLines(bytes, context)) {
      for (const part of messageOf(unwrapLog(text)?.text ?? text).split('\n')) reader.take(part, line)
    }
    reader.finish()
  },
}

/** The Collector may log in JSON: then the whole block is one message. */
function messageOf(line: string): string {
  if (!line.startsWith('{')) return line
  try {
    const value = parseJson(line)
    return isObject(value) ? textOf(value.msg) : line
  } catch {
    return line
  }
}

type Pairs = [string, unknown][]

interface Part {
  /** `Trace ID` …, as printed. */
  readonly fields: Map<string, string>
  readonly attributes: Pairs
}

interface Pending extends Part {
  readonly line: number
  readonly events: Part[]
  readonly links: Part[]
}

const newPart = (): Part => ({ fields: new Map(), attributes: [] })

/** Lists of a span longer than this are cut by no exporter, but may be by a damaged file. */
const maxParts = 10_000
const types = new Set(['Str', 'Int', 'Double', 'Bool', 'Map', 'Slice', 'Bytes', 'Empty'])

class DebugReader {
  readonly #context: ImportContext
  readonly #writer: RowWriter
  #resource: Pairs = []
  #scope = ''
  #span: Pending | null = null
  /** Where fields and attributes go that come now. */
  #part: Part = newPart()

  constructor(context: ImportContext) {
    this.#context = context
    this.#writer = new RowWriter(context)
  }

  take(raw: string, line: number): void {
    const text = raw.trim()
    if (/\bResourceSpans #\d+$/.test(text)) {
      this.finish()
      this.#resource = []
      this.#scope = ''
      this.#part = { fields: new Map(), attributes: this.#resource }
      return
    }
    // What follows is no span: it is skipped up to the next one.
    if (/\bResource(?:Logs?|Metrics) #\d+$/.test(text)) {
      this.finish()
      this.#part = newPart()
      return
    }
    const scope = /^InstrumentationScope ?(\S*)/.exec(text)
    if (scope) {
      this.finish()
      this.#scope = scope[1]!
    } else if (/^Span #\d+$/.test(text)) {
      this.finish()
      this.#span = { ...newPart(), line, events: [], links: [] }
      this.#part = this.#span
    } else if (this.#span && /^Span(?:Event|Link) #\d+$/.test(text)) {
      const list = text.startsWith('SpanEvent') ? this.#span.events : this.#span.links
      this.#part = newPart()
      if (list.length < maxParts) list.push(this.#part)
    } else this.#takePair(text)
  }

  #takePair(text: string): void {
    const colon = text.indexOf(':')
    if (colon === -1) return
    const isListed = text.startsWith('-> ')
    const key = text.slice(isListed ? 3 : 0, colon).trim()
    const value = text.slice(colon + 1).trim()
    const open = isListed && value.endsWith(')') ? value.indexOf('(') : -1
    // `-> n: Int(3)` is an attribute; `-> Name: exception` and `Trace ID : 5b8e…` are fields.
    if (open > 0 && types.has(value.slice(0, open)))
      this.#part.attributes.push([key, typedValue(value.slice(0, open), value.slice(open + 1, -1))])
    else this.#part.fields.set(key, value)
  }

  /** Writes the span that is open. */
  finish(): void {
    const span = this.#span
    if (!span) return
    this.#span = null
    this.#part = newPart()
    this.#writer.at(span.line)
    const of = (name: string): string => span.fields.get(name) ?? ''
    const process = this.#writer.process('', this.#resource)
    const row = this.#writer.span({
      trace: of('Trace ID'),
      id: of('ID'),
      parent: of('Parent ID'),
      name: of('Name'),
      kind: kindNamed(of('Kind')),
      status: statusNamed(of('Status code')),
      statusMessage: of('Status message'),
      start: this.#time(of('Start time')),
      end: this.#time(of('End time')),
      process,
      scope: this.#scope,
      attributes: span.attributes,
    })
    for (const { fields, attributes } of span.events)
      this.#writer.event(row, {
        at: this.#time(fields.get('Timestamp') ?? ''),
        name: fields.get('Name') ?? '',
        process,
        attributes,
      })
    for (const { fields, attributes } of span.links)
      this.#writer.link(row, fields.get('Trace ID') ?? '', fields.get('ID') ?? '', attributes)
  }

  #time(text: string): Instant {
    const at: Instant = { ...never }
    // Go prints no time as 1970.
    if (!parseRfc3339(text, at))
      this.#context.builder.issues.add('bad-time', () => `${this.#writer.place()}: ${text.slice(0, 60)}`)
    return at
  }
}

function typedValue(type: string, text: string): unknown {
  if (type === 'Int' || type === 'Double') return Number.isNaN(Number(text)) ? text : Number(text)
  return type === 'Bool' ? text === 'true' : text
}
