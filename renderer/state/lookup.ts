/** Reading a session: lanes by id, items by reference, names of things. Everything derived is memoised on the session. */
import { ItemFlag, type ItemKind, itemKinds, type Lane } from '../../src/core/lanes/lane.ts'
import type { ItemRef, Session } from '../../src/core/scene/scene.ts'
import { memoOn } from './memo.ts'
import { type Places, placesOf } from './places.ts'

export const lanesById = memoOn(
  (session: Session): ReadonlyMap<string, Lane> => new Map(session.lanes.map(lane => [lane.id, lane])),
)

export interface Item {
  readonly ref: ItemRef
  readonly lane: Lane
  readonly kind: ItemKind
  readonly startNs: number
  readonly endNs: number
  /** Index into the model table of its kind (span row for `span`). */
  readonly index: number
  readonly row: number
  readonly open: boolean
  readonly error: boolean
  readonly inferred: boolean
}

export function itemOf(session: Session, ref: ItemRef | null): Item | null {
  const lane = ref ? lanesById(session).get(ref.lane) : undefined
  if (!ref || !lane || ref.item < 0 || ref.item >= lane.items.count) return null
  const { items } = lane
  const flags = items.flags[ref.item]!
  return {
    ref,
    lane,
    kind: itemKinds[items.kind[ref.item]!] ?? 'span',
    startNs: items.startNs[ref.item]!,
    endNs: items.endNs[ref.item]!,
    index: items.ref[ref.item]!,
    row: items.span[ref.item]!,
    open: (flags & ItemFlag.open) !== 0,
    error: (flags & ItemFlag.error) !== 0,
    inferred: (flags & ItemFlag.inferred) !== 0,
  }
}

/** Name with the id where several tasks share the name. */
export function taskLabel(session: Session, task: number): string {
  const { name, id } = taskParts(session, task)
  return id ? `${name} ${id}` : name
}

/** Name and, where several tasks share it, the id that tells them apart: cut apart, so that the id is never cut off. */
export function taskParts(session: Session, task: number): { readonly name: string; readonly id: string } {
  const found = session.model.tasks[task]
  if (!found) return { name: 'unknown task', id: '' }
  if (!found.name || found.name === found.id) return { name: found.id || `task ${task}`, id: '' }
  return { name: found.name, id: sharesName(session)[task] ? `#${found.id.slice(-8)}` : '' }
}

/** By task: 1 where another has the same name. */
export const sharesName = memoOn((session: Session): Uint8Array => {
  const { tasks } = session.model
  const firstOf = new Map<string, number>()
  const shares = new Uint8Array(tasks.length)
  for (const [task, { name }] of tasks.entries()) {
    const first = firstOf.get(name)
    if (first === undefined) firstOf.set(name, task)
    else shares[first] = shares[task] = 1
  }
  return shares
})

const refAt = (session: Session, places: Places | undefined, index: number): ItemRef | null => {
  const lane = session.lanes[places?.lane[index] ?? -1]
  return lane ? { lane: lane.id, item: places!.item[index]! } : null
}

/** Where a model row (hold 12, wait 3 …) is drawn, null when no lane has it. */
export const findItem = (session: Session, kind: ItemKind, index: number): ItemRef | null =>
  refAt(session, placesOf(session).ofKind[itemKinds.indexOf(kind)], index)

/** Where a span row is drawn, null when no lane has it. */
export const itemOfRow = (session: Session, row: number): ItemRef | null =>
  row < 0 ? null : refAt(session, placesOf(session).ofSpan, row)

/** Lane that a task has for itself or shares with its like. */
export const laneOfTask = (session: Session, task: number): Lane | undefined =>
  session.lanes[placesOf(session).laneOfTask[task] ?? -1]
