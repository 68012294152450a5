/** Instants the recorder tells of, as log records. What lasts is a span: record-span.ts. */
import { type Attributes, context } from '@opentelemetry/api'
import { Key, type RecordType } from '../core/convention/keys.ts'
import { hrTimeOf, nowNs } from './clock.ts'
import { logger, loopId, nextSeq } from './runtime.ts'
import { currentTask } from './tasks.ts'

export function emit(eventName: string, attributes: Attributes, atNs = nowNs()): void {
  const at = hrTimeOf(atNs)
  logger().emit({ eventName, timestamp: at, observedTimestamp: at, attributes, context: context.active() })
}

/** What each step of a task carries: its place in the order of the loop, and who took it. */
export function stepAttributes(type: (typeof RecordType)[keyof typeof RecordType]): Attributes {
  const task = currentTask()
  return {
    [Key.recordType]: type,
    [Key.seq]: nextSeq(),
    [Key.loopId]: loopId,
    ...(task ? { [Key.taskId]: task.id } : {}),
  }
}
