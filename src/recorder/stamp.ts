import { type Span as ApiSpan, SpanKind } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { Key, SCOPE_NAME } from '../core/convention/keys.ts'
import { hrTimeOf } from './clock.ts'
import { holdIdsOf } from './state.ts'
import { currentTask, type Task } from './tasks.ts'

/** Puts an application span into its task and under the task's holds; that is how the useful part of a hold is known. */
export function stampSpan(span: ApiSpan & ReadableSpan): void {
  if (span.instrumentationScope.name === SCOPE_NAME) return
  sharpen(span)
  const task = currentTask()
  if (!task || span.attributes[Key.taskId] !== undefined) return
  if (isSameRequest(span, task)) task.adoptServerSpan(span)
  span.setAttribute(Key.taskId, task.id)
  if (span.attributes[Key.holdIds] === undefined) {
    const holds = holdIdsOf(task, false)
    if (holds.length > 0) span.setAttribute(Key.holdIds, holds)
  }
}

/** A second SERVER span of a request, made beside ours and not below it: by instrumentation of HTTP. */
function isSameRequest(span: ReadableSpan, { serverSpan, spanIsForeign }: Task): boolean {
  return (
    span.kind === SpanKind.SERVER &&
    serverSpan !== null &&
    !spanIsForeign &&
    span.parentSpanContext?.spanId !== serverSpan.spanContext().spanId
  )
}

/** What the SDK's spans know beside what they show, in every version so far. */
interface SdkSpan {
  readonly _startTimeProvided: boolean
  /** Of `performance.now()`: the SDK counts the end from here. */
  readonly _performanceStartTime: number
}

/**
 * The SDK floors a start it takes itself to whole milliseconds and counts the end from there, so the start that it keeps
 * beside makes both exact. A start that was given explicitly is left alone.
 */
function sharpen(span: ReadableSpan & Partial<SdkSpan>): void {
  const { _startTimeProvided: wasGiven, _performanceStartTime: startMs } = span
  if (wasGiven !== false || startMs === undefined) return
  ;(span as { startTime: ReadableSpan['startTime'] }).startTime = hrTimeOf(startMs * 1e6)
}
