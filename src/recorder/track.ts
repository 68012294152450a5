import { Event, Key } from '../core/convention/keys.ts'
import { nowNs } from './clock.ts'
import { emit } from './emit.ts'
import { isRunning } from './runtime.ts'
import { captureSite } from './site.ts'
import { cutSlice, enterCallback, leaveCallback } from './slices.ts'
import { currentTask, Task, type TaskType, taskStorage } from './tasks.ts'

export interface TrackOptions {
  readonly type?: TaskType
  /** When it aborts, the cancellation is recorded at that moment, whether the task stops or not. */
  readonly signal?: AbortSignal
}

/** Runs `work` as a task of its own: one lane, with its slices and awaits. Returns and throws what `work` does. */
export function track<T>(name: string, work: () => T, options: TrackOptions = {}): T {
  if (!isRunning()) return work()
  const task = new Task(name, options.type ?? 'background', { parent: currentTask(), site: captureSite() })
  const onAbort = (): void => writeCancel(task, String(options.signal?.reason ?? 'aborted'))
  options.signal?.addEventListener('abort', onAbort, { once: true })
  const end = (error?: unknown): void => {
    options.signal?.removeEventListener('abort', onAbort)
    endTask(task, options.signal?.aborted === true && error !== undefined, error)
  }
  return taskStorage.run(task, () => {
    enterCallback(task)
    try {
      const result = work()
      if (isThenable(result)) {
        result.then(
          () => end(),
          (error: unknown) => end(error ?? 'rejected'),
        )
      } else {
        end()
      }
      return result
    } catch (error) {
      end(error ?? 'thrown')
      throw error
    } finally {
      leaveCallback()
    }
  })
}

export function endTask(task: Task, cancelled: boolean, error: unknown): void {
  const endNs = nowNs()
  cutSlice(task, endNs)
  if (error === undefined) task.end('completed', undefined, endNs)
  else task.end(cancelled ? 'cancelled' : 'failed', errorType(error), endNs)
}

/** The moment a task was told to stop. */
function writeCancel(task: Task, reason: string): void {
  emit(Event.taskCancel, { [Key.taskId]: task.id, [Key.cancelReason]: reason.slice(0, 200) })
}

export function errorType(error: unknown): string {
  if (typeof error === 'object' && error !== null) {
    if ('code' in error && typeof error.code === 'string') return error.code
    if ('name' in error && typeof error.name === 'string') return error.name
  }
  return typeof error === 'string' ? error.slice(0, 100) : 'Error'
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
