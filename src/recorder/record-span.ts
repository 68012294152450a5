import {
  type Attributes,
  type Context,
  context,
  type HrTime,
  type Link,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { CONVENTION_VERSION, Event, Key, SCHEMA_URL, SCOPE_NAME } from '../core/convention/keys.ts'
import { hrTimeOf, nowNs, unixNanoOf } from './clock.ts'
import { newSpanId, newTraceId } from './ids.ts'
import { exportRecord, logger, loopId, loopKind, nextSeq, recordResource } from './runtime.ts'

const scope = { name: SCOPE_NAME, version: CONVENTION_VERSION, schemaUrl: SCHEMA_URL }
const noEvents: ReadableSpan['events'] = []

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
 * A span of the convention, on its way to be an OpenTelemetry span. It does not go through the SDK's tracer: a service makes
 * several of them for each of its own spans, a sampler must not drop them, and they must never become the active span.
 */
export class RecordSpan {
  name: string
  readonly type: string
  readonly startNs: number
  readonly seq: number
  /** The application span that was active; the parent. */
  parent: Context
  readonly attributes: Attributes
  readonly links: Link[] = []
  ended = false
  /** When the last open record was written, -1 for none. */
  openWrittenNs = -1
  #spanContext: SpanContext | undefined

  constructor(start: RecordSpanStart) {
    this.type = start.type
    this.name = start.name
    this.startNs = start.startNs ?? nowNs()
    this.seq = start.seq ?? nextSeq()
    this.parent = start.parent ?? context.active()
    this.attributes = start.attributes
  }

  /** Made when something first refers to it. */
  get spanContext(): SpanContext {
    this.#spanContext ??= {
      traceId: trace.getSpanContext(this.parent)?.traceId ?? newTraceId(),
      spanId: newSpanId(),
      traceFlags: TraceFlags.SAMPLED,
    }
    return this.#spanContext
  }

  /** Into another trace, before anything refers to it. */
  moveBelow(parent: Context): void {
    this.parent = parent
    this.#spanContext = undefined
  }

  #allAttributes(): Attributes {
    return {
      [Key.recordType]: this.type,
      [Key.seq]: this.seq,
      [Key.loopId]: loopId,
      [Key.loopKind]: loopKind,
      ...this.attributes,
    }
  }

  link(type: string, to: RecordSpan): void {
    if (this.links.length < 32) {
      this.links.push({ context: to.spanContext, attributes: { [Key.linkType]: type } })
    }
  }

  end(endNs: number = nowNs(), error?: string, seqEnd: number = nextSeq()): void {
    if (this.ended) return
    this.ended = true
    this.attributes[Key.seqEnd] = seqEnd
    const own = this.spanContext
    const parentSpanContext = trace.getSpanContext(this.parent)
    const durationNs = Math.max(0, endNs - this.startNs)
    const duration: HrTime = [Math.floor(durationNs / 1e9), durationNs % 1e9]
    exportRecord({
      name: this.name,
      kind: SpanKind.INTERNAL,
      spanContext: () => own,
      ...(parentSpanContext ? { parentSpanContext } : {}),
      startTime: hrTimeOf(this.startNs),
      endTime: hrTimeOf(this.startNs + durationNs),
      status:
        error === undefined ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: error },
      attributes: this.#allAttributes(),
      links: this.links,
      events: noEvents,
      duration,
      ended: true,
      resource: recordResource(),
      instrumentationScope: scope,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    })
  }

  /** The open record: what is known so far of a span that may never end. */
  writeOpen(atNs: number): void {
    if (this.ended) return
    this.openWrittenNs = atNs
    const parentId = trace.getSpanContext(this.parent)?.spanId
    logger().emit({
      eventName: Event.spanOpen,
      timestamp: hrTimeOf(atNs),
      observedTimestamp: hrTimeOf(atNs),
      context: contextOf(this.spanContext),
      attributes: {
        ...this.#allAttributes(),
        [Key.spanName]: this.name,
        [Key.spanStart]: unixNanoOf(this.startNs),
        ...(parentId === undefined ? {} : { [Key.spanParentId]: parentId }),
      },
    })
  }
}

/** A context that only says which span a log record belongs to. */
function contextOf(spanContext: SpanContext): Context {
  return trace.setSpanContext(ROOT_CONTEXT, spanContext)
}
