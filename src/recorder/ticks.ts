/** Each call of an interval's callback, told apart from the calls before and after it. */
import { isRunning } from './runtime.ts'
import type { Site } from './site.ts'
import { chargedTask, type Task, Tick, taskStorage } from './tasks.ts'
import { endTask, isThenable } from './track.ts'

/** Calls that have returned; what they left running may go on in their context, so they end when nothing does any more. */
const returned = new Set<Tick>()

/** The callback, each call of which is a task of its own as soon as something is recorded in it. */
export function asTicks<Parameters extends readonly unknown[]>(
  name: string,
  site: Site | null,
  callback: (...parameters: Parameters) => unknown,
  parent: Task | null = chargedTask(),
): (...parameters: Parameters) => unknown {
  return function (this: unknown, ...parameters: Parameters): unknown {
    if (!isRunning()) return Reflect.apply(callback, this, parameters)
    const tick = new Tick(name, site, parent)
    return taskStorage.run(tick, () => {
      let result: unknown
      try {
        result = Reflect.apply(callback, this, parameters)
      } catch (error) {
        if (tick.task) endTask(tick.task, false, error ?? 'thrown')
        throw error
      }
      if (!isThenable(result)) {
        if (tick.task) returned.add(tick)
        return result
      }
      // Nobody else has this promise: thrown on, its failure stays as unhandled as it was.
      return result.then(
        () => void (tick.task && endTask(tick.task, false, undefined)),
        (error: unknown) => {
          if (tick.task) endTask(tick.task, false, error ?? 'rejected')
          throw error
        },
      )
    })
  }
}

/** Ends those of which nothing has run since `beforeNs`. */
export function endIdleTicks(beforeNs: number): void {
  for (const tick of returned) {
    const { task } = tick
    if (
      task &&
      !task.ended &&
      (task.suspendedNs > beforeNs || task.pendingWait !== null || task.holds.size > 0)
    )
      continue
    returned.delete(tick)
    task?.end('completed', undefined, task.suspendedNs > 0 ? task.suspendedNs : beforeNs)
  }
}
