/** When tasks were cancelled or given up: cancel records, outcomes, and races that went on without them. */
import type { Context } from '../context.ts'
import { oncePer } from '../once-per.ts'

export interface Cancellation {
  readonly atNs: number
  readonly reason: string
}

/** First cancellation of each task. */
export const cancellations = oncePer(({ model }: Context): ReadonlyMap<number, Cancellation> => {
  const out = new Map<number, Cancellation>()
  const add = (task: number, atNs: number, reason: string) => {
    const known = out.get(task)
    if (task >= 0 && (!known || atNs < known.atNs)) out.set(task, { atNs, reason })
  }
  for (const cancel of model.cancels) add(cancel.task, cancel.atNs, cancel.reason || 'cancelled')
  for (const entry of model.awaits) {
    if (entry.open || (entry.outcome !== 'timeout' && entry.outcome !== 'cancelled')) continue
    for (const child of entry.awaits) {
      const task = model.tasks[child]
      if (task && (task.open || task.endNs > entry.endNs))
        add(
          child,
          entry.endNs,
          entry.outcome === 'timeout' ? 'its caller timed out' : 'its caller was cancelled',
        )
    }
  }
  model.tasks.forEach((task, index) => {
    if (task.outcome === 'cancelled' && !out.has(index))
      out.set(index, { atNs: task.endNs, reason: 'cancelled' })
  })
  return out
})
