import type { Model } from '../convention/model.ts'
import type { Store } from '../store/store.ts'
import type { Lane } from './lane.ts'

/** Ancestors looked at before a task counts as a root: parents come from files and may go round. */
const MOST_STEPS = 64

/** Lane of a task's own, not one it shares. */
export const isOwnLane = ({ kind, id }: Lane): boolean => kind === 'task' && id.startsWith('task:')

/**
 * Gives each task's own lane the lane of the task that started it, or of the next one above that has a lane of its own:
 * what nesting on demand opens. A parent must have started first, so that nothing is ever nested in itself.
 */
export function withParents(store: Store, { tasks, taskOfSpan }: Model, lanes: readonly Lane[]): Lane[] {
  const ownLane = new Map(lanes.filter(isOwnLane).map(lane => [lane.subject, lane.id]))
  const above = (task: number): number => {
    const { parent, row } = tasks[task]!
    return parent >= 0 ? parent : (taskOfSpan[store.spans.parent[row] ?? -1] ?? -1)
  }
  const before = (a: number, b: number): boolean =>
    tasks[a]!.startNs < tasks[b]!.startNs || (tasks[a]!.startNs === tasks[b]!.startNs && a < b)
  return lanes.map(lane => {
    if (!isOwnLane(lane)) return lane
    let up = above(lane.subject)
    for (let step = 0; step < MOST_STEPS && up >= 0; step++, up = above(up)) {
      const parent = ownLane.get(up)
      if (parent !== undefined && before(up, lane.subject)) return { ...lane, parent }
    }
    return lane
  })
}

const known = new WeakMap<readonly Lane[], ReadonlyMap<string, readonly Lane[]>>()

/** Lanes by the lane they can be opened from. */
export function childLanes(lanes: readonly Lane[]): ReadonlyMap<string, readonly Lane[]> {
  let children = known.get(lanes)
  if (!children) {
    children = Map.groupBy(
      lanes.filter(({ parent }) => parent !== undefined),
      ({ parent }) => parent!,
    )
    known.set(lanes, children)
  }
  return children
}

/**
 * The shown lanes with those of opened ones below them, wherever they stood before:
 *
 *     ▾ checkout          ▸ checkout
 *         charge     ←    …
 *         reserve         charge
 */
export function openLanes(
  all: readonly Lane[],
  shown: readonly Lane[],
  opened: ReadonlySet<string>,
  pinned: ReadonlySet<string>,
): readonly Lane[] {
  if (opened.size === 0) return shown
  const children = childLanes(all)
  const below = ({ id }: Lane): readonly Lane[] =>
    opened.has(id) ? (children.get(id) ?? []).filter(child => !pinned.has(child.id)) : []
  const nested = new Set<Lane>()
  const open = [...shown]
  for (let lane = open.pop(); lane; lane = open.pop()) {
    for (const child of below(lane)) {
      if (nested.has(child)) continue
      nested.add(child)
      open.push(child)
    }
  }
  const out: Lane[] = []
  const next = shown.filter(lane => !nested.has(lane)).reverse()
  for (let lane = next.pop(); lane; lane = next.pop()) {
    out.push(lane)
    next.push(...below(lane).toReversed())
  }
  return out
}
