import { context, SeverityNumber, SpanStatusCode } from '@opentelemetry/api'
import { Key } from '../core/convention/keys.ts'
import { hrTimeOf, nowNs } from './clock.ts'
import { logger } from './runtime.ts'
import { recordedStack } from './site.ts'
import { cutSlice } from './slices.ts'
import { currentTask } from './tasks.ts'
import { errorType } from './track.ts'

/**
 * An error nobody caught: a log record, and an exception on the request it happened in.
 *
 * @param fatal the process ends with it, so the request does too
 */
export function recordUncaught(error: unknown, fatal: boolean): void {
  const task = currentTask()
  const atNs = nowNs()
  const at = hrTimeOf(atNs)
  const message = error instanceof Error ? error.message : String(error)
  const stack = error instanceof Error ? recordedStack(error.stack ?? '') : ''
  logger().emit({
    eventName: 'exception',
    severityNumber: fatal ? SeverityNumber.FATAL : SeverityNumber.ERROR,
    severityText: fatal ? 'FATAL' : 'ERROR',
    timestamp: at,
    observedTimestamp: at,
    body: message,
    attributes: {
      'exception.type': errorType(error),
      'exception.message': message,
      ...(stack === '' ? {} : { 'exception.stacktrace': stack }),
      ...(task ? { [Key.taskId]: task.id } : {}),
    },
    context: task?.parentOfRecords ?? context.active(),
  })
  if (!task) return
  const span = task.serverSpan
  span?.recordException(error instanceof Error ? error : message, at)
  span?.setStatus({ code: SpanStatusCode.ERROR, message })
  if (!fatal) return
  span?.setAttribute('error.type', errorType(error))
  span?.end(at)
  cutSlice(task, atNs)
  task.end('failed', errorType(error), atNs)
}
