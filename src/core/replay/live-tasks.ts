/** Tasks alive at one instant, and what each of them awaits. */
import type { Model } from '../convention/model.ts'
import { covering, type IntervalIndex, indexIntervals } from './interval-index.ts'

export interface LiveTask {
  readonly task: number
  /** The await it is in, the innermost of several; -1 where none is told. */
  readonly awaits: number
  /** Since when it awaits; without an await, since when it lives. */
  readonly sinceNs: number
}

export interface LiveIndex {
  readonly model: Model
  readonly tasks: IntervalIndex
  readonly awaits: IntervalIndex
}

export const indexLiveTasks = (model: Model): LiveIndex => ({
  model,
  tasks: indexIntervals(model.tasks),
  awaits: indexIntervals(model.awaits),
})

/** Longest alive first; O(log n + k). */
export function liveTasksAt({ model, tasks, awaits }: LiveIndex, atNs: number): readonly LiveTask[] {
  const awaitOf = new Map(covering(awaits, atNs).map(at => [model.awaits[at]!.task, at]))
  return covering(tasks, atNs).map(task => {
    const at = awaitOf.get(task) ?? -1
    return { task, awaits: at, sinceNs: (model.awaits[at] ?? model.tasks[task]!).startNs }
  })
}
