import { eachOf, type Groups, groupBy, sizeOf } from '../store/group.ts'
import type { LaneContext } from './context.ts'
import { spanFlags } from './context.ts'
import { NOT_INVOLVED } from './involved.ts'
import type { ItemBuilder } from './items.ts'
import { ItemFlag } from './lane.ts'
import { nest, spansOfTasks } from './nesting.ts'
import { waitFlags } from './resource-lanes.ts'

const failed = new Set(['failed', 'rejected', 'timeout'])

/** Everything that happens in a task, by task. */
export interface TaskParts {
  readonly slices: Groups
  readonly awaits: Groups
  readonly waits: Groups
  readonly accesses: Groups
  readonly spans: Groups
  /** Of each span row its sub-row below the task's own, once `nest` has arranged it. */
  readonly level: Int32Array
}

export function taskParts(context: LaneContext): TaskParts {
  const { model, store } = context
  const tasks = model.tasks.length
  return {
    slices: groupBy(model.slices.count, tasks, at => model.slices.task[at]!),
    awaits: groupBy(model.awaits.length, tasks, at => model.awaits[at]!.task),
    waits: groupBy(model.waits.length, tasks, at => model.waits[at]!.task),
    accesses: groupBy(model.accesses.length, tasks, at => model.accesses[at]!.task),
    spans: spansOfTasks(context),
    level: new Int32Array(store.spans.count).fill(-1),
  }
}

/** How many items `pushTask` makes of a task. */
export const itemsOf = ({ slices, awaits, waits, accesses, spans }: TaskParts, task: number): number =>
  1 +
  sizeOf(slices, task) +
  sizeOf(awaits, task) +
  sizeOf(waits, task) +
  sizeOf(accesses, task) +
  sizeOf(spans, task)

/** Where one task with its nested spans lies: how many sub-rows it needs, and when. */
export interface TaskBox {
  readonly task: number
  readonly startNs: number
  readonly endNs: number
  readonly height: number
}

export function boxOf(context: LaneContext, parts: TaskParts, task: number): TaskBox {
  const { startNs, endNs } = context.model.tasks[task]!
  const nested = nest(context, parts.spans, task, parts.level)
  return {
    task,
    startNs: Math.min(startNs, nested.startNs),
    endNs: Math.max(endNs, nested.endNs),
    height: 1 + nested.height,
  }
}

/**
 * Pushes one task's items, its own row being `top`:
 *
 *     top      ▮▮░░░░░▮╱╱╱╱╱╱▮▮R░░░W▮     slices, awaits, waits, accesses over the task's life
 *     top + 1    GET /stream────────      application spans
 *     top + 2      select ──
 */
export function pushTask(
  context: LaneContext,
  parts: TaskParts,
  box: TaskBox,
  top: number,
  items: ItemBuilder,
): void {
  const { model, store, involved } = context
  const task = model.tasks[box.task]!
  let flags = spanFlags(context, task.row, task.inferred !== null)
  if (task.open) flags |= ItemFlag.open
  if (failed.has(task.outcome)) flags |= ItemFlag.error
  if (involved.task[box.task]! < NOT_INVOLVED) flags |= ItemFlag.finding
  items.push('task', box.task, task.row, task.startNs, task.endNs, top, flags)
  eachOf(parts.awaits, box.task, at => {
    const { row, startNs, endNs, open, outcome, inferred } = model.awaits[at]!
    const error = failed.has(outcome) ? ItemFlag.error : 0
    items.push(
      'await',
      at,
      row,
      startNs,
      endNs,
      top,
      spanFlags(context, row, inferred !== null) | error | (open ? ItemFlag.open : 0),
    )
  })
  eachOf(parts.slices, box.task, at => {
    items.push('slice', at, task.row, model.slices.startNs[at]!, model.slices.endNs[at]!, top, 0)
  })
  eachOf(parts.waits, box.task, at => {
    const wait = model.waits[at]!
    items.push('wait', at, wait.row, wait.startNs, wait.endNs, top, waitFlags(context, wait))
  })
  eachOf(parts.accesses, box.task, at => {
    const { atNs, span, error, key } = model.accesses[at]!
    const found = (involved.key[key] ?? NOT_INVOLVED) < NOT_INVOLVED ? ItemFlag.finding : 0
    items.push('access', at, span, atNs, atNs, top, found | (error === '' ? 0 : ItemFlag.error))
  })
  const { startNs, endNs } = store.spans
  eachOf(parts.spans, box.task, row => {
    const sub = top + 1 + parts.level[row]!
    items.push('span', row, row, startNs[row]!, endNs[row]!, sub, spanFlags(context, row))
  })
}
