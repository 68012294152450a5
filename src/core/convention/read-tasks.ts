/**
 * Tasks: from task spans; from ids that other records name without their task span (lost, or sampled away); and inferred
 * from ordinary spans in processes that tell of no task: without a recorder, or with locks alone told by hand.
 */
import { spanName } from '../store/store.ts'
import { inferTasks } from './infer-tasks.ts'
import { Key, RecordType } from './keys.ts'
import type { Task } from './model.ts'
import type { Loops } from './read-loops.ts'
import { bareName, intervalOf, LocalNames, type Reading } from './reading.ts'

export interface Tasks {
  readonly table: readonly Task[]
  /** `interleave.task.id` within a process → index. */
  readonly names: LocalNames
  /** Task of each span row, -1 for none. */
  readonly ofSpan: Int32Array
}

type Draft = { -readonly [K in keyof Task]: Task[K] } & { parentId: string }

export function readTasks(reading: Reading, loops: Loops): Tasks {
  const { store, attributes, rowsOfType } = reading
  const { spans } = store
  const drafts: Draft[] = []
  for (const row of rowsOfType.get(RecordType.task) ?? []) {
    const process = spans.process[row]!
    const interval = intervalOf(store, row)
    drafts.push({
      ...interval,
      row,
      inferred: null,
      id: attributes.text(spans, row, Key.taskId),
      name: attributes.text(spans, row, Key.taskName) || bareName(spanName(store, row), 'task'),
      type: attributes.text(spans, row, Key.taskType),
      process,
      loop: loops.names.find(process, attributes.text(spans, row, Key.loopId)),
      parent: -1,
      parentId: attributes.text(spans, row, Key.taskParentId),
      outcome: attributes.text(spans, row, Key.taskOutcome) || (interval.open ? 'running' : ''),
      site: attributes.site(spans, row),
    })
  }
  addNamedOnly(reading, loops, drafts)
  const told = new Set(drafts.map(draft => draft.process))
  const inferred = inferTasks(reading, told)
  for (const task of inferred) drafts.push({ ...task, parentId: '' })
  drafts.sort((a, b) => a.startNs - b.startNs || a.row - b.row)

  const names = new LocalNames()
  const byRow = new Map<number, number>()
  for (const [index, draft] of drafts.entries()) {
    names.add(draft.process, draft.id, index)
    if (draft.row >= 0) byRow.set(draft.row, index)
  }
  const ofSpan = assignSpans(reading, names, byRow)
  const table = drafts.map(({ parentId, ...task }, index): Task => {
    let parent = names.find(task.process, parentId)
    if (parent === -1 && task.inferred && task.row >= 0) {
      const up = spans.parent[task.row]!
      parent = up === -1 ? -1 : ofSpan[up]!
    }
    return { ...task, parent: parent === index ? -1 : parent }
  })
  return { table, names, ofSpan }
}

/** Tasks that waits, holds, awaits or records name but that have no span of their own. */
function addNamedOnly(reading: Reading, loops: Loops, drafts: Draft[]): void {
  const { store, attributes, rowsOfType, ownRecords } = reading
  const { spans, records } = store
  const known = new Set(drafts.map(draft => `${draft.process}\n${draft.id}`))
  const found = new Map<string, Draft>()
  const see = (process: number, id: string, startNs: number, endNs: number, loop: string): void => {
    if (id === '') return
    const key = `${process}\n${id}`
    if (known.has(key)) return
    const draft = found.get(key)
    if (draft) {
      draft.startNs = Math.min(draft.startNs, startNs)
      draft.endNs = Math.max(draft.endNs, endNs)
      if (draft.loop === -1) draft.loop = loops.names.find(process, loop)
      return
    }
    found.set(key, {
      startNs,
      endNs,
      open: false,
      row: -1,
      inferred: {
        rule: 'T0',
        reason: 'named by other records, but its own span is not in the files',
        confidence: 0.9,
      },
      id,
      name: id,
      type: '',
      process,
      loop: loops.names.find(process, loop),
      parent: -1,
      parentId: '',
      outcome: '',
      site: '',
    })
  }
  for (const [type, rows] of rowsOfType) {
    if (type === RecordType.task) continue
    for (const row of rows) {
      const loop = attributes.text(spans, row, Key.loopId)
      see(
        spans.process[row]!,
        attributes.text(spans, row, Key.taskId),
        spans.startNs[row]!,
        spans.endNs[row]!,
        loop,
      )
    }
  }
  // Ordinary spans stamped with a task that has no span.
  for (let row = 0; attributes.knows(Key.taskId) && row < spans.count; row++) {
    const id = attributes.text(spans, row, Key.taskId)
    if (id !== '') see(spans.process[row]!, id, spans.startNs[row]!, spans.endNs[row]!, '')
  }
  for (const at of ownRecords) {
    const time = records.timeNs[at]!
    see(records.process[at]!, attributes.text(records, at, Key.taskId), time, time, '')
  }
  for (const draft of found.values()) drafts.push(draft)
}

/** Stamped task, else the nearest task above in the same process. Rows are in pre-order, so parents come first. */
function assignSpans(
  { store, attributes }: Reading,
  names: LocalNames,
  byRow: ReadonlyMap<number, number>,
): Int32Array {
  const { spans } = store
  const ofSpan = new Int32Array(spans.count).fill(-1)
  const stamped = attributes.knows(Key.taskId)
  for (let row = 0; row < spans.count; row++) {
    const process = spans.process[row]!
    let task = byRow.get(row) ?? -1
    if (task === -1 && stamped) task = names.find(process, attributes.text(spans, row, Key.taskId))
    const up = spans.parent[row]!
    if (task === -1 && up !== -1 && spans.process[up] === process) task = ofSpan[up]!
    ofSpan[row] = task
  }
  return ofSpan
}
