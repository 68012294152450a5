import type { KeyedAccess } from '../infer/infer-accesses.ts'
import { Event, Key, Otel } from '../keys.ts'
import type { Access, AccessOp } from '../model.ts'
import type { LocalNames } from './local-names.ts'
import type { Tasks } from './read-tasks.ts'
import type { Reading } from './reading.ts'

export interface Accesses {
  readonly keys: readonly string[]
  readonly table: readonly Access[]
}

const operations: readonly AccessOp[] = [
  'read',
  'write',
  'check',
  'compare_and_set',
  'increment',
  'create',
  'delete',
]

/** State accesses: `interleave.state.<op>` records and what was read out of queries, by time and, where clocks tie, by sequence number. */
export function readAccesses(
  reading: Reading,
  tasks: Tasks,
  holds: LocalNames,
  inferred: readonly KeyedAccess[] = [],
): Accesses {
  const { store, attributes, ownRecords } = reading
  const { records, strings } = store
  const keys: string[] = []
  const keyIndex = new Map<string, number>()
  const table: Access[] = []
  const indexOf = (key: string): number => {
    let index = keyIndex.get(key)
    if (index === undefined) {
      index = keys.push(key) - 1
      keyIndex.set(key, index)
    }
    return index
  }
  const opOfName = new Map<number, AccessOp | null>()
  for (const at of ownRecords) {
    const name = records.name[at]!
    let op = opOfName.get(name)
    if (op === undefined) {
      op = operationOf(strings[name]!)
      opOfName.set(name, op)
    }
    const key = op === null ? '' : attributes.text(records, at, Key.stateKey)
    if (op === null || key === '') continue
    const process = records.process[at]!
    table.push({
      record: at,
      task: taskOfRecord(reading, tasks, at),
      key: indexOf(key),
      op,
      atNs: records.timeNs[at]!,
      seq: attributes.number(records, at, Key.seq),
      value: attributes.text(records, at, Key.stateValue) || attributes.text(records, at, Key.stateValueHash),
      version: attributes.text(records, at, Key.stateVersion),
      readSeq: attributes.number(records, at, Key.stateReadSeq),
      holds: holdsOf(attributes.textNumbers(records, at, Key.holdIds), process, holds),
      error: attributes.text(records, at, Otel.errorType),
      process,
      span: records.span[at]!,
      site: attributes.site(records, at),
    })
  }
  for (const { keyName, ...access } of inferred) table.push({ ...access, key: indexOf(keyName) })
  table.sort((a, b) => a.atNs - b.atNs || (a.process === b.process ? a.seq - b.seq : 0))
  return { keys, table }
}

const operationOf = (name: string): AccessOp | null =>
  operations.find(op => name === Event.state + op) ?? null

const noHolds: readonly number[] = []

const holdsOf = (names: readonly number[], process: number, holds: LocalNames): readonly number[] =>
  names.length === 0 ? noHolds : names.map(name => holds.find(process, name)).filter(hold => hold !== -1)

/** Task stamped on a record, else that of the span it belongs to. */
export function taskOfRecord({ store, attributes }: Reading, tasks: Tasks, at: number): number {
  const { records } = store
  const stamped = tasks.names.find(records.process[at]!, attributes.textNumber(records, at, Key.taskId))
  if (stamped !== -1) return stamped
  const span = records.span[at]!
  return span === -1 ? -1 : tasks.ofSpan[span]!
}
