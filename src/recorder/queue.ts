import { Event, Key, RecordType } from '../core/convention/keys.ts'
import { emit, stepAttributes } from './emit.ts'
import { guard, isRunning } from './runtime.ts'
import { captureSite, siteAttributes } from './site.ts'

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
      emit(Event.queue + operation, {
        ...stepAttributes(RecordType.queueItem),
        [Key.queueName]: name,
        [Key.queueDepth]: after,
        ...(options.capacity === undefined ? {} : { [Key.queueCapacity]: options.capacity }),
        ...(item === undefined ? {} : { [Key.queueItemId]: item.slice(0, 120) }),
        ...siteAttributes(captureSite()),
      })
    })
  }
  return {
    put: (item, depth) => write('put', item, depth),
    get: (item, depth) => write('get', item, depth),
  }
}
