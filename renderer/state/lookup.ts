/** Reading a session: lanes by id, items by reference, names of things. Everything derived is memoised on the session. */
import { ItemFlag, type ItemKind, itemKinds, type Lane } from '../../src/core/lanes/lane.ts'
import type { ItemRef, Session } from '../../src/core/scene/scene.ts'
import { memoOn } from './memo.ts'

export const lanesById = memoOn(
  (session: Session): ReadonlyMap<string, Lane> => new Map(session.lanes.map(lane => [lane.id, lane])),
)

/** Position of the first of ascending times that is not before `ns`. */
export function firstAtOrAfter(times: Float64Array, ns: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle]! < ns) low = middle + 1
    else high = middle
  }
  return low
}

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
  return { name: found.name, id: sameName(session).get(found.name)! > 1 ? `#${found.id.slice(-8)}` : '' }
}

const sameName = memoOn((session: Session): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const task of session.model.tasks) counts.set(task.name, (counts.get(task.name) ?? 0) + 1)
  return counts
})

/** Where each model row of each kind is drawn: the first lane that has it. Lane and item numbers, -1 for none. */
interface Places {
  readonly lane: Int32Array
  readonly item: Int32Array
}

/** Typed columns rather than maps: a million items cost two passes and no garbage. */
const placesByKind = memoOn((session: Session): readonly Places[] => {
  const longest = new Array<number>(itemKinds.length).fill(0)
  for (const { items } of session.lanes) {
    for (let item = 0; item < items.count; item++) {
      const kind = items.kind[item]!
      const ref = items.ref[item]!
      if (ref >= longest[kind]!) longest[kind] = ref + 1
    }
  }
  const places = longest.map(length => ({
    lane: new Int32Array(length).fill(-1),
    item: new Int32Array(length).fill(-1),
  }))
  session.lanes.forEach(({ items }, lane) => {
    for (let item = 0; item < items.count; item++) {
      const at = places[items.kind[item]!]!
      const ref = items.ref[item]!
      if (ref < 0 || at.lane[ref] !== -1) continue
      at.lane[ref] = lane
      at.item[ref] = item
    }
  })
  return places
})

const placesByRow = memoOn((session: Session): Places => {
  const lane = new Int32Array(session.store.spans.count).fill(-1)
  const item = new Int32Array(session.store.spans.count).fill(-1)
  session.lanes.forEach(({ items }, at) => {
    for (let index = 0; index < items.count; index++) {
      const row = items.span[index]!
      if (row < 0 || lane[row] !== -1) continue
      lane[row] = at
      item[row] = index
    }
  })
  return { lane, item }
})

const refAt = (session: Session, places: Places | undefined, index: number): ItemRef | null => {
  const lane = session.lanes[places?.lane[index] ?? -1]
  return lane ? { lane: lane.id, item: places!.item[index]! } : null
}

/** Where a model row (hold 12, wait 3 …) is drawn, null when no lane has it. */
export const findItem = (session: Session, kind: ItemKind, index: number): ItemRef | null =>
  refAt(session, placesByKind(session)[itemKinds.indexOf(kind)], index)

/** Where a span row is drawn, null when no lane has it. */
export const itemOfRow = (session: Session, row: number): ItemRef | null =>
  row < 0 ? null : refAt(session, placesByRow(session), row)

/** Lane that a task has for itself or shares with its like. */
export const laneOfTask = memoOn((session: Session): ReadonlyMap<number, string> => {
  const out = new Map<number, string>()
  const taskKind = itemKinds.indexOf('task')
  for (const { id, kind, items } of session.lanes) {
    if (kind !== 'task') continue
    for (let item = 0; item < items.count; item++) {
      const task = items.ref[item]!
      if (items.kind[item] === taskKind && !out.has(task)) out.set(task, id)
    }
  }
  return out
})
