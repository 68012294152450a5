import { byRank, compareText, type LaneContext, processLabel, type RankedLane } from './context.ts'
import { NOT_INVOLVED } from './involved.ts'
import { ItemBuilder } from './items.ts'
import type { Lane } from './lane.ts'
import { RowPacker } from './pack.ts'
import { boxOf, itemsOf, pushTask, type TaskParts, taskParts } from './task-parts.ts'

/** Tasks of one operation that get a lane each; of more, only those in findings do and the rest are packed. */
const MAX_OWN = 24
const MAX_OWN_IN_TRACE = 400
const MAX_ROWS = 120

/** Tasks grouped by service and operation: a lane each, or packed by concurrency where there are many. */
export function taskLanes(context: LaneContext): RankedLane[] {
  const parts = taskParts(context)
  let own = 0
  const groups = operations(context).map(group => {
    const ranks = context.involved.task
    // Without slices and awaits a task is one bar: a lane each would be mostly paper.
    const single = group.tasks.length === 1 || hasInside(context, group.tasks)
    const keepAll = single && group.tasks.length <= MAX_OWN && own + group.tasks.length <= MAX_OWN_IN_TRACE
    const apart = keepAll
      ? group.tasks
      : group.tasks.filter(task => ranks[task]! < NOT_INVOLVED).slice(0, MAX_OWN)
    own += apart.length
    const separate = new Set(apart)
    const packed = group.tasks.filter(task => !separate.has(task))
    const lanes = byRank(apart.map(task => ownLane(context, parts, group, task)))
    if (packed.length > 0) lanes.push(packedLane(context, parts, group, packed))
    // Operations of one lane stand together: a heading for each would only repeat the lane's name.
    const shared = `${processLabel(context.store, group.process)} · tasks`
    return lanes.length > 1 ? lanes : lanes.map(each => ({ ...each, lane: { ...each.lane, group: shared } }))
  })
  return groups.flat()
}

/** Does the trace tell what went on inside these tasks? Inferred ones have no slices. */
const hasInside = ({ model }: LaneContext, tasks: readonly number[]): boolean =>
  model.coverage.hasSlices && tasks.some(task => model.tasks[task]!.inferred === null)

interface Operation {
  readonly process: number
  readonly name: string
  /** What it is called in the heading. */
  readonly heading: string
  readonly tasks: number[]
  rank: number
}

/** Names that differ in numbers or ids only are one operation: `GET /jobs/17` and `GET /jobs/18`. */
function operations({ model, store, involved }: LaneContext): Operation[] {
  const found = new Map<string, Operation>()
  // Names repeat: the pattern of each is made once for a process.
  const byName = store.processes.map(() => new Map<string, Operation>())
  model.tasks.forEach((task, index) => {
    const { process } = task
    let operation = byName[process]!.get(task.name)
    if (!operation) {
      const pattern = task.name.replace(/[0-9a-f]{8,}(-[0-9a-f]{4,})*|\d+/gi, '#')
      const key = `${process}\n${pattern}`
      const name = task.name === '' ? task.type || 'tasks' : task.name
      const heading = `${processLabel(store, process)} · ${name === task.name ? pattern : name}`
      operation = found.get(key) ?? { process, name, heading, tasks: [], rank: NOT_INVOLVED }
      found.set(key, operation)
      byName[process]!.set(task.name, operation)
    }
    operation.tasks.push(index)
    operation.rank = Math.min(operation.rank, involved.task[index]!)
  })
  return [...found.values()].sort(
    (a, b) =>
      a.rank - b.rank || a.process - b.process || a.tasks[0]! - b.tasks[0]! || compareText(a.name, b.name),
  )
}

function ownLane(context: LaneContext, parts: TaskParts, group: Operation, index: number): RankedLane {
  const { model, store, involved } = context
  const task = model.tasks[index]!
  const items = new ItemBuilder()
  const box = boxOf(context, parts, index)
  pushTask(context, parts, box, 0, items)
  const lane: Lane = {
    id: `task:${processLabel(store, task.process)}:${task.id}`,
    kind: 'task',
    label:
      group.tasks.length === 1 || task.id === '' || task.name.includes(task.id)
        ? group.name
        : `${task.name} #${shortId(task.id)}`,
    group: group.heading,
    process: task.process,
    subject: index,
    rows: box.height,
    items: items.finish(),
  }
  return { lane, rank: involved.task[index]!, firstNs: box.startNs }
}

function packedLane(context: LaneContext, parts: TaskParts, group: Operation, tasks: number[]): RankedLane {
  const items = new ItemBuilder(tasks.reduce((sum, task) => sum + itemsOf(parts, task), 0))
  const packer = new RowPacker(MAX_ROWS)
  const boxes = tasks.map(task => boxOf(context, parts, task)).sort((a, b) => a.startNs - b.startNs)
  for (const box of boxes)
    pushTask(context, parts, box, packer.place(box.startNs, box.endNs, box.height), items)
  const lane: Lane = {
    id: `tasks:${group.heading}`,
    kind: 'task',
    label: tasks.length === 1 ? group.name : `${group.name} × ${tasks.length}`,
    group: group.heading,
    process: group.process,
    subject: tasks[0]!,
    rows: packer.rows,
    items: items.finish(),
  }
  return { lane, rank: NOT_INVOLVED, firstNs: boxes[0]!.startNs }
}

/** The telling end of a long id. */
const shortId = (id: string): string => (id.length > 8 ? id.slice(-6) : id)
