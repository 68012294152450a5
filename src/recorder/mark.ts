import { type Attributes, context } from '@opentelemetry/api'
import { Event, Key, RecordType } from '../core/convention/keys.ts'
import { hrTimeOf, nowNs, unixNanoOf } from './clock.ts'
import { takeLosses } from './loss.ts'
import { guard, isRunning, logger, loopId, nextSeq } from './runtime.ts'
import { currentTask } from './tasks.ts'

export type MarkKind = 'deploy' | 'config' | 'complaint' | 'hypothesis' | 'run' | 'shutdown' | 'host_pause'

/** A moment somebody will want to find again. */
export function mark(kind: MarkKind, text: string, attributes: Attributes = {}): void {
  if (!isRunning()) return
  guard('mark', () => {
    const task = currentTask()
    emit(Event.mark, {
      [Key.recordType]: RecordType.mark,
      [Key.seq]: nextSeq(),
      [Key.loopId]: loopId,
      [Key.markKind]: kind,
      [Key.markText]: text.slice(0, 1000),
      ...(task ? { [Key.taskId]: task.id } : {}),
      ...attributes,
    })
  })
}

/** Writes what was lost since the last report. `final`: also when nothing was, so that a reader can tell silence from completeness. */
export function writeLosses(final: boolean): void {
  const losses = takeLosses()
  for (const loss of losses) {
    emit(Event.loss, {
      [Key.lossKind]: loss.kind,
      [Key.lossCount]: loss.count,
      [Key.lossReason]: loss.reason,
      [Key.lossFrom]: unixNanoOf(loss.fromNs),
      [Key.lossTo]: unixNanoOf(loss.toNs),
    })
  }
  if (final && losses.length === 0) {
    emit(Event.loss, {
      [Key.lossKind]: 'all',
      [Key.lossCount]: 0,
      [Key.lossReason]: 'none: nothing was dropped',
    })
  }
}

function emit(eventName: string, attributes: Attributes): void {
  const at = hrTimeOf(nowNs())
  logger().emit({ eventName, timestamp: at, observedTimestamp: at, attributes, context: context.active() })
}
