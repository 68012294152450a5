import type { Span as ApiSpan, Context } from '@opentelemetry/api'
import { JsonLogsSerializer } from '@opentelemetry/otlp-transformer'
import type { LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace'
import { SCOPE_NAME } from '../core/convention/keys.ts'
import { countLoss } from './loss.ts'
import { spansToOtlpJson } from './otlp-json.ts'
import { recordedStack } from './site.ts'
import { ignoreStall } from './stalls.ts'
import { stampSpan } from './stamp.ts'
import { outsideTasks } from './tasks.ts'

/** Where the lines go. `write` must not throw for long: what it throws is counted as the loss of that line's records. */
export interface Sink {
  write(signal: 'traces' | 'logs', body: string): void
  /** Null when everything has arrived, a promise when it is on its way. */
  close(): Promise<void> | null
}

const utf8 = new TextDecoder()
const stackKey = 'exception.stacktrace'

function shortenStacks(span: ReadableSpan): void {
  for (const event of span.events) {
    const stack = event.attributes?.[stackKey]
    if (typeof stack === 'string') event.attributes![stackKey] = recordedStack(stack)
  }
}

const maxQueue = 20_000
/** Small lines: a file cut in the middle loses little. */
const maxPerLine = 128

/** Ended spans and log records, in one bounded queue, on their way to the sink in lines of OTLP/JSON. */
export class Pipeline implements SpanProcessor, LogRecordProcessor {
  #spans: ReadableSpan[] = []
  #logs: ReadableLogRecord[] = []
  readonly #sink: Sink
  #soon = false

  constructor(sink: Sink) {
    this.#sink = sink
  }

  onStart(span: ApiSpan, _context: Context): void {
    try {
      stampSpan(span as ApiSpan & ReadableSpan)
    } catch {
      countLoss('span', 'recorder error')
    }
  }

  onEnd(span: ReadableSpan): void {
    shortenStacks(span)
    if (this.#spans.length < maxQueue) this.#spans.push(span)
    else countLoss(span.instrumentationScope.name === SCOPE_NAME ? 'record' : 'span', 'queue full')
    this.#flushSoon()
  }

  onEmit(record: ReadableLogRecord): void {
    if (this.#logs.length < maxQueue) this.#logs.push(record)
    else countLoss('log', 'queue full')
    this.#flushSoon()
  }

  /** Under load: one line after the other, each in a turn of its own, so that nobody waits for a long queue to be written. */
  #flushSoon(): void {
    if (this.#soon || (this.#spans.length < maxPerLine && this.#logs.length < maxPerLine)) return
    this.#soon = true
    outsideTasks(() =>
      setImmediate(() => {
        this.#soon = false
        ignoreStall()
        if (this.#spans.length >= maxPerLine) this.#write('traces', this.#spans.splice(0, maxPerLine))
        if (this.#logs.length >= maxPerLine) this.#write('logs', this.#logs.splice(0, maxPerLine))
        this.#flushSoon()
      }),
    )
  }

  /** Synchronous: what it took is with the sink when it returns. */
  flush(): void {
    while (this.#spans.length > 0) this.#write('traces', this.#spans.splice(0, maxPerLine))
    while (this.#logs.length > 0) this.#write('logs', this.#logs.splice(0, maxPerLine))
  }

  #write(signal: 'traces' | 'logs', items: ReadableSpan[] | ReadableLogRecord[]): void {
    try {
      const body =
        signal === 'traces'
          ? spansToOtlpJson(items as ReadableSpan[])
          : utf8.decode(JsonLogsSerializer.serializeRequest(items as ReadableLogRecord[]))
      this.#sink.write(signal, body)
    } catch (error) {
      countLoss(
        signal === 'traces' ? 'span' : 'log',
        `export failed: ${error instanceof Error ? error.message : error}`,
        items.length,
      )
    }
  }

  forceFlush(): Promise<void> {
    this.flush()
    return Promise.resolve()
  }

  shutdown(): Promise<void> {
    this.flush()
    return Promise.resolve()
  }

  close(): Promise<void> | null {
    this.flush()
    return this.#sink.close()
  }
}
