import type { Attributes } from '@opentelemetry/api'
import { Event, Key, RecordType } from '../core/convention/keys.ts'
import { unixNanoOf } from './clock.ts'
import { emit, stepAttributes } from './emit.ts'
import { takeLosses } from './loss.ts'
import { guard, isRunning } from './runtime.ts'

export type MarkKind = 'deploy' | 'config' | 'complaint' | 'hypothesis' | 'run' | 'shutdown' | 'host_pause'

/** A moment somebody will want to find again. */
export function mark(kind: MarkKind, text: string, attributes: Attributes = {}): void {
  if (!isRunning()) return
  guard('mark', () => {
    emit(Event.mark, {
      ...stepAttributes(RecordType.mark),
      [Key.markKind]: kind,
      [Key.markText]: text.slice(0, 1000),
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
