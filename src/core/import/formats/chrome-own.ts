/**
 * Chrome trace events that `convert` wrote (`convert/chrome.ts`): ids, parents, links and processes stand in `args`, so
 * nothing is concluded from nesting, and flow arrows say nothing new.
 */

import { Kind, Status } from '../../store/store.ts'
import type { ImportContext } from '../importer.ts'
import { type Instant, parseInstant } from '../instant.ts'
import { never, type PlainAttributes, RowWriter } from '../row-writer.ts'
import { type Foreign, isObject, listOf, numberOf, textOf } from './foreign.ts'

export const OWN_PRODUCER = 'interleave'

/** True for a document that says that we wrote it. */
export const isOwnChrome = (document: Foreign): boolean =>
  isObject(document.otherData) && document.otherData.producer === OWN_PRODUCER

export async function readOwnChrome(document: Foreign, context: ImportContext): Promise<void> {
  const reader = new Reader(document, context)
  for (const [index, event] of listOf(document.traceEvents).entries()) {
    if (isObject(event)) reader.take(event)
    if (index % 2000 === 0) await context.breathe()
  }
}

class Reader {
  readonly #writer: RowWriter
  readonly #context: ImportContext
  readonly #epoch: Instant = { sec: 0, nano: 0 }
  readonly #processes = new Map<string, number>()
  readonly #rows = new Map<string, number>()

  constructor(document: Foreign, context: ImportContext) {
    this.#writer = new RowWriter(context)
    this.#context = context
    if (isObject(document.otherData)) parseInstant(textOf(document.otherData.epochUnixNano), this.#epoch)
  }

  take(event: Foreign): void {
    const args = isObject(event.args) ? event.args : {}
    switch (event.ph) {
      case 'M':
        if (event.name === 'process_name')
          this.#processes.set(textOf(event.pid), this.#writer.process('', attributesOf(args.resource)))
        return
      case 'X':
        this.#span(event, args)
        return
      case 'i':
        this.#record(event, args)
        return
      case 's':
      case 'f':
        return
      default:
        this.#context.builder.issues.add(
          'skipped-event',
          () => `${this.#context.file}: phase "${textOf(event.ph)}" ${textOf(event.name)}`,
        )
    }
  }

  #span(event: Foreign, args: Foreign): void {
    const trace = textOf(args.trace_id)
    const id = textOf(args.span_id)
    const startUs = numberOf(event.ts)
    const row = this.#writer.span({
      trace,
      id,
      parent: textOf(args.parent_span_id),
      name: textOf(event.name),
      kind: Kind[textOf(args.kind) as keyof typeof Kind] ?? Kind.internal,
      status: Status[textOf(args.status) as keyof typeof Status] ?? Status.unset,
      statusMessage: textOf(args.status_message),
      start: this.#instant(startUs),
      end: args.never_ended === true ? never : this.#instant(startUs, numberOf(event.dur)),
      process: this.#processOf(event),
      scope: textOf(event.cat),
      attributes: attributesOf(args.attributes),
    })
    this.#rows.set(trace + id, row)
    for (const link of listOf(args.links)) {
      if (isObject(link))
        this.#writer.link(row, textOf(link.trace_id), textOf(link.span_id), attributesOf(link.attributes))
    }
  }

  #record(event: Foreign, args: Foreign): void {
    const trace = textOf(args.trace_id)
    const id = textOf(args.span_id)
    const record = {
      at: this.#instant(numberOf(event.ts)),
      name: textOf(args.name),
      body: textOf(args.body),
      severity: Math.min(24, Math.max(0, numberOf(args.severity) || 0)),
      process: this.#processOf(event),
      trace,
      id,
      attributes: attributesOf(args.attributes),
    }
    const row = args.record === 'event' ? this.#rows.get(trace + id) : undefined
    if (row === undefined) this.#writer.log(record)
    else this.#writer.event(row, record)
  }

  #processOf(event: Foreign): number {
    return this.#processes.get(textOf(event.pid)) ?? this.#writer.process(`process ${textOf(event.pid)}`)
  }

  /** µs after the epoch, whole nanoseconds. */
  #instant(us: number, moreUs = 0): Instant {
    const nano = this.#epoch.nano + Math.round(us * 1000) + Math.round(moreUs * 1000)
    if (!Number.isFinite(nano)) return never
    return { sec: this.#epoch.sec + Math.floor(nano / 1e9), nano: nano - Math.floor(nano / 1e9) * 1e9 }
  }
}

const attributesOf = (value: unknown): PlainAttributes => (isObject(value) ? Object.entries(value) : [])
