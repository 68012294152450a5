import { type Attributes, context } from '@opentelemetry/api'
import { Event, Key, RecordType } from '../core/convention/keys.ts'
import { hrTimeOf, nowNs } from './clock.ts'
import { guard, isRunning, logger, loopId, nextSeq } from './runtime.ts'
import { captureSite, siteAttributes } from './site.ts'
import { currentTask } from './tasks.ts'

export interface QueueOptions {
  /** Left out: the queue has no bound. */
  readonly capacity?: number
}

/** A queue of the host's own, told to the recorder item by item. */
export interface RecordedQueue {
  /** An item was put in. `depth` is that after it; left out, the recorder counts. */
  put(item?: string, depth?: number): void
  get(item?: string, depth?: number): void
}

/** `const jobs = queue('jobs', { capacity: 100 })`, then `jobs.put(id, waiting.length)` right after each change. */
export function queue(name: string, options: QueueOptions = {}): RecordedQueue {
  let counted = 0
  const write = (operation: 'put' | 'get', item: string | undefined, depth: number | undefined): void => {
    counted = depth ?? Math.max(0, counted + (operation === 'put' ? 1 : -1))
    const after = counted
    if (!isRunning()) return
    guard('queue', () => {
      const task = currentTask()
      const attributes: Attributes = {
        [Key.recordType]: RecordType.queueItem,
        [Key.seq]: nextSeq(),
        [Key.loopId]: loopId,
        [Key.queueName]: name,
        [Key.queueDepth]: after,
        ...(options.capacity === undefined ? {} : { [Key.queueCapacity]: options.capacity }),
        ...(item === undefined ? {} : { [Key.queueItemId]: item.slice(0, 120) }),
        ...(task ? { [Key.taskId]: task.id } : {}),
        ...siteAttributes(captureSite()),
      }
      const at = hrTimeOf(nowNs())
      logger().emit({
        eventName: Event.queue + operation,
        timestamp: at,
        observedTimestamp: at,
        attributes,
        context: context.active(),
      })
    })
  }
  return {
    put: (item, depth) => write('put', item, depth),
    get: (item, depth) => write('get', item, depth),
  }
}
