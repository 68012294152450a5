import { context, SeverityNumber, SpanStatusCode } from '@opentelemetry/api'
import { Key } from '../core/convention/keys.ts'
import { hrTimeOf, nowNs } from './clock.ts'
import { guard, logger } from './runtime.ts'
import { recordedStack } from './site.ts'
import { cutSlice } from './slices.ts'
import { currentTask } from './tasks.ts'
import { errorType } from './track.ts'

/**
 * Rejections that nobody handles, where the host listens for them: node then goes on, and says nothing. Ours listens only as
 * long as one of the host's does: alone, it would keep node from ending the process.
 */
export function watchRejections(): void {
  const event = 'unhandledRejection'
  const onRejection = (reason: unknown): void =>
    guard('exit', () => recordUncaught(reason, false, 'unhandled rejection: '))
  const isOurs = (listener: unknown): boolean => listener === onRejection
  process.on('newListener', (name, listener) => {
    if (name === event && !isOurs(listener) && !process.listeners(event).some(isOurs))
      process.on(event, onRejection)
  })
  process.on('removeListener', name => {
    if (name === event && process.listeners(event).every(isOurs)) process.off(event, onRejection)
  })
  if (process.listenerCount(event) > 0) process.on(event, onRejection)
}

/**
 * An error nobody caught: a log record, and an exception on the request it happened in.
 *
 * @param fatal the process ends with it, so the request does too
 */
export function recordUncaught(error: unknown, fatal: boolean, prefix = ''): void {
  const task = currentTask()
  const atNs = nowNs()
  const at = hrTimeOf(atNs)
  const message = prefix + (error instanceof Error ? error.message : String(error))
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
