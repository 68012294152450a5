import {
  type Attributes,
  type Context,
  context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { Event, Key } from '../core/convention/keys.ts'
import { hrTimeOf, nowNs, unixNanoOf } from './clock.ts'
import { logger, loopId, loopKind, nextSeq, tracer } from './runtime.ts'

/** One of our records while it is open. Its attributes may still change. */
export interface RecordSpanStart {
  readonly type: string
  readonly name: string
  readonly startNs?: number
  readonly seq?: number
  readonly parent?: Context
  readonly attributes: Attributes
}

/**
 * A span of the convention. The OpenTelemetry span behind it is made late — at the first open record, link or at the end —
 * because most records never need one before. Never made active: it must not re-parent the host's spans.
 */
export class RecordSpan {
  name: string
  readonly type: string
  readonly startNs: number
  readonly seq: number
  readonly parent: Context
  readonly attributes: Attributes
  readonly links: Link[] = []
  ended = false
  /** When the last open record was written, -1 for none. */
  openWrittenNs = -1
  #span: Span | undefined

  constructor(start: RecordSpanStart) {
    this.type = start.type
    this.name = start.name
    this.startNs = start.startNs ?? nowNs()
    this.seq = start.seq ?? nextSeq()
    this.parent = start.parent ?? context.active()
    this.attributes = start.attributes
  }

  get span(): Span {
    this.#span ??= tracer().startSpan(
      this.name,
      {
        kind: SpanKind.INTERNAL,
        startTime: hrTimeOf(this.startNs),
        attributes: {
          [Key.recordType]: this.type,
          [Key.seq]: this.seq,
          [Key.loopId]: loopId,
          [Key.loopKind]: loopKind,
        },
      },
      this.parent,
    )
    return this.#span
  }

  link(type: string, to: RecordSpan): void {
    if (this.links.length < 32)
      this.links.push({ context: to.span.spanContext(), attributes: { [Key.linkType]: type } })
  }

  end(endNs: number = nowNs(), error?: string): void {
    if (this.ended) return
    this.ended = true
    const span = this.span
    span.updateName(this.name)
    span.setAttributes(this.attributes)
    span.setAttribute(Key.seqEnd, nextSeq())
    if (this.links.length > 0) span.addLinks(this.links)
    if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error })
    span.end(hrTimeOf(endNs))
  }

  /** The open record: what is known so far of a span that may never end. */
  writeOpen(atNs: number): void {
    if (this.ended) return
    this.openWrittenNs = atNs
    const span = this.span
    const { spanId, traceId, traceFlags } = span.spanContext()
    const parentId =
      'parentSpanContext' in span
        ? (span.parentSpanContext as { spanId?: string } | undefined)?.spanId
        : undefined
    logger().emit({
      eventName: Event.spanOpen,
      timestamp: hrTimeOf(atNs),
      observedTimestamp: hrTimeOf(atNs),
      context: contextOf({ spanId, traceId, traceFlags }),
      attributes: {
        [Key.recordType]: this.type,
        [Key.seq]: this.seq,
        [Key.loopId]: loopId,
        [Key.loopKind]: loopKind,
        ...this.attributes,
        [Key.spanName]: this.name,
        [Key.spanStart]: unixNanoOf(this.startNs),
        ...(parentId === undefined ? {} : { [Key.spanParentId]: parentId }),
      },
    })
  }
}

/** A context that only says which span a log record belongs to. */
export function contextOf(spanContext: SpanContext): Context {
  return trace.setSpanContext(ROOT_CONTEXT, spanContext)
}
