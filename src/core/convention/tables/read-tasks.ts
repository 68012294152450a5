/**
 * Tasks: from task spans; from ids that other records name without their task span (lost, or sampled away); and inferred
 * from ordinary spans in processes that tell of no task: without a recorder, or with locks alone told by hand.
 */
import {
  hasFlag,
  type RecordTable,
  SpanFlag,
  type SpanTable,
  type Store,
  spanName,
} from '../../store/store.ts'
import { inferTasks } from '../infer/infer-tasks.ts'
import { Key, RecordType } from '../keys.ts'
import type { Inferred, Task } from '../model.ts'
import { LocalNames } from './local-names.ts'
import type { Loops } from './read-loops.ts'
import { bareName, type Reading } from './reading.ts'

export interface Tasks {
  readonly table: readonly Task[]
  /** `interleave.task.id` within a process → index. */
  readonly names: LocalNames
  /** Task of each span row, -1 for none. */
  readonly ofSpan: Int32Array
}

type Table = SpanTable | RecordTable
type Draft = { -readonly [K in keyof Task]: Task[K] }

export function readTasks(reading: Reading, loops: Loops): Tasks {
  const { store, attributes, rowsOfType } = reading
  const { spans } = store
  const drafts: Draft[] = []
  /** Of their ids, draft by draft. */
  const draftNames: number[] = []
  for (const row of rowsOfType.get(RecordType.task) ?? []) {
    const process = spans.process[row]!
    const open = hasFlag(store, row, SpanFlag.open)
    drafts.push({
      startNs: spans.startNs[row]!,
      endNs: spans.endNs[row]!,
      open,
      row,
      inferred: null,
      id: attributes.text(spans, row, Key.taskId),
      name: attributes.text(spans, row, Key.taskName) || bareName(spanName(store, row), 'task'),
      type: attributes.text(spans, row, Key.taskType),
      process,
      loop: loops.names.find(process, attributes.textNumber(spans, row, Key.loopId)),
      parent: -1,
      outcome: attributes.text(spans, row, Key.taskOutcome) || (open ? 'running' : ''),
      site: attributes.site(spans, row),
    })
    draftNames.push(attributes.textNumber(spans, row, Key.taskId))
  }
  const stamped = addNamedOnly(reading, loops, drafts, draftNames)
  const told = new Set(drafts.map(draft => draft.process))
  const isNamed = attributes.knows(Key.taskId)
  for (const task of inferTasks(reading, told)) {
    drafts.push(task)
    draftNames.push(isNamed ? attributes.numberOf(task.id) : 0)
  }
  const order = Array.from(drafts.keys()).sort(
    (a, b) => drafts[a]!.startNs - drafts[b]!.startNs || drafts[a]!.row - drafts[b]!.row,
  )
  const table = order.map(at => drafts[at]!)

  const names = new LocalNames()
  table.forEach(({ process }, index) => void names.add(process, draftNames[order[index]!]!, index))
  const ofSpan = assignSpans(store, table, row => {
    const draft = drafts[stamped[row]!]
    return draft ? names.find(draft.process, draftNames[stamped[row]!]!) : -1
  })
  table.forEach((draft, index) => {
    if (draft.row < 0) return
    const up = spans.parent[draft.row]!
    const parent = draft.inferred
      ? up === -1
        ? -1
        : ofSpan[up]!
      : names.find(draft.process, attributes.textNumber(spans, draft.row, Key.taskParentId))
    draft.parent = parent === index ? -1 : parent
  })
  return { table, names, ofSpan }
}

const namedOnly: Inferred = {
  rule: 'T0',
  reason: 'named by other records, but its own span is not in the files',
  confidence: 0.9,
}

/**
 * Tasks that waits, holds, awaits or records name but that have no span of their own. Returns the draft that each span
 * names, -1 for none.
 */
function addNamedOnly(reading: Reading, loops: Loops, drafts: Draft[], draftNames: number[]): Int32Array {
  const { store, attributes, rowsOfType, ownRecords } = reading
  const { spans, records } = store
  const withSpan = drafts.length
  const known = new LocalNames()
  drafts.forEach(({ process }, index) => void known.add(process, draftNames[index]!, index))
  /** `row`: of the span that tells of a loop, -1 for none. */
  const see = (table: Table, at: number, startNs: number, endNs: number, row: number): number => {
    const name = attributes.textNumber(table, at, Key.taskId)
    if (name === 0) return -1
    const process = table.process[at]!
    const index = known.find(process, name)
    if (index !== -1 && index < withSpan) return index
    const loop = row === -1 ? -1 : loops.names.find(process, attributes.textNumber(spans, row, Key.loopId))
    if (index !== -1) {
      const draft = drafts[index]!
      draft.startNs = Math.min(draft.startNs, startNs)
      draft.endNs = Math.max(draft.endNs, endNs)
      if (draft.loop === -1) draft.loop = loop
      return index
    }
    known.add(process, name, drafts.length)
    draftNames.push(name)
    const id = attributes.text(table, at, Key.taskId)
    return (
      drafts.push({
        startNs,
        endNs,
        open: false,
        row: -1,
        inferred: namedOnly,
        id,
        name: id,
        type: '',
        process,
        loop,
        parent: -1,
        outcome: '',
        site: '',
      }) - 1
    )
  }
  const seeSpan = (row: number, told: number): number =>
    see(spans, row, spans.startNs[row]!, spans.endNs[row]!, told)
  const stamped = new Int32Array(spans.count).fill(-1)
  for (const [type, rows] of rowsOfType)
    if (type !== RecordType.task) for (const row of rows) stamped[row] = seeSpan(row, row)
  // Ordinary spans may be stamped with a task that has no span.
  if (attributes.knows(Key.taskId))
    for (let row = 0; row < spans.count; row++) if (stamped[row] === -1) stamped[row] = seeSpan(row, -1)
  for (const at of ownRecords) {
    const time = records.timeNs[at]!
    see(records, at, time, time, -1)
  }
  return stamped
}

/** Its own task, the stamped one, else the nearest above in the same process. Rows are in pre-order, so parents come first. */
function assignSpans(
  { spans }: Store,
  table: readonly Task[],
  stampedOn: (row: number) => number,
): Int32Array {
  const ofSpan = new Int32Array(spans.count).fill(-1)
  table.forEach(({ row }, index) => {
    if (row >= 0) ofSpan[row] = index
  })
  for (let row = 0; row < spans.count; row++) {
    if (ofSpan[row] !== -1) continue
    const process = spans.process[row]!
    let task = stampedOn(row)
    const up = spans.parent[row]!
    if (task === -1 && up !== -1 && spans.process[up] === process) task = ofSpan[up]!
    ofSpan[row] = task
  }
  return ofSpan
}
