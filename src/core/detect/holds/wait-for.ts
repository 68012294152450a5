/**
 * The wait-for graph at one instant, and who in it can never move again.
 *
 *     A ──waits for y──► B          A holds x, B holds y: neither can go on
 *     ▲                  │
 *     └───waits for x────┘
 *
 * A task that waits for nothing is free. A waiting one becomes free when those it waits for are: all holders of an
 * exclusive lock, any holder of a pool (so a cycle is not enough there, it takes a knot), all children of a join. Who is
 * left over is stuck. Works for mutexes, readers and writers, pools, joins and holds kept by waiting parents alike.
 */
import type { Context } from '../context.ts'

export interface Blocked {
  readonly task: number
  /** Wait index, or -1 for an await. */
  readonly wait: number
  /** Await index, -1 for a wait, and for a child whose await was not recorded. */
  readonly await: number
  /** Group waited for, -1 for an await. */
  readonly group: number
  readonly sinceNs: number
  /** Tasks that would have to move first. */
  readonly blockers: readonly number[]
  /** One of them is enough. */
  readonly any: boolean
}

/** Tasks that wait at `atNs` and what for. Of one task's several waits the last one counts. */
export function blockedAt(context: Context, atNs: number, waits: readonly number[]): Map<number, Blocked> {
  const { model } = context
  const out = new Map<number, Blocked>()
  const queue: number[] = []
  const addWait = (index: number) => {
    const wait = model.waits[index]!
    if (wait.task < 0 || wait.resource < 0) return
    const group = context.groupOf(wait.resource)
    const blockers: number[] = []
    for (const hold of context.holdsOfGroup().covering(group, atNs)) {
      const entry = model.holds[hold]!
      if (!entry.open && entry.endNs <= atNs) continue
      if (wait.mode === 'shared' && entry.mode === 'shared') continue
      blockers.push(entry.task)
    }
    const capacity = context.groups()[group]!.capacity
    out.set(wait.task, {
      task: wait.task,
      wait: index,
      await: -1,
      group,
      sinceNs: wait.startNs,
      blockers,
      any: capacity > 1,
    })
    queue.push(...blockers)
  }
  for (const index of waits) addWait(index)
  // Follow the blockers: what are they waiting for?
  const seen = new Set<number>(out.keys())
  while (queue.length > 0) {
    const task = queue.pop()!
    if (task < 0 || seen.has(task)) continue
    seen.add(task)
    const own = context
      .waitsOf()
      .covering(task, atNs)
      .filter(index => model.waits[index]!.open || model.waits[index]!.endNs > atNs)
    const last = own.at(-1)
    if (last !== undefined) {
      addWait(last)
      continue
    }
    const awaiting = context
      .awaitsOf()
      .covering(task, atNs)
      .filter(
        index =>
          (model.awaits[index]!.open || model.awaits[index]!.endNs > atNs) &&
          model.awaits[index]!.awaits.length > 0,
      )
    const index = awaiting.at(-1)
    if (index === undefined) {
      const child = waitsForChild(context, task, atNs, out)
      if (child) out.set(task, child)
      continue
    }
    const entry = model.awaits[index]!
    const alive = entry.awaits.filter(
      child => child >= 0 && (model.tasks[child]!.open || model.tasks[child]!.endNs > atNs),
    )
    const any = entry.join === 'any' || entry.join === 'race'
    if (alive.length === 0 || (any && alive.length < entry.awaits.length)) continue
    out.set(task, { task, wait: -1, await: index, group: -1, sinceNs: entry.startNs, blockers: alive, any })
    queue.push(...alive)
  }
  return out
}

/**
 * A recorder knows that a task awaited a child when the child is done. Of one that never is, there is this: the task holds
 * what its own child waits for, is not over, and has not run since the child began to wait. It awaits it.
 */
function waitsForChild(
  context: Context,
  task: number,
  atNs: number,
  blocked: ReadonlyMap<number, Blocked>,
): Blocked | null {
  const { model } = context
  const own = model.tasks[task]!
  if (!model.coverage.hasSlices || (!own.open && own.endNs <= atNs)) return null
  for (const child of context.tree().children(task)) {
    const entry = blocked.get(child)
    if (!entry?.blockers.includes(task)) continue
    const ran = context.slicesOf().overlapping(task, entry.sinceNs + 1e6, atNs).length > 0
    const asleep = context.awaitsOf().overlapping(task, entry.sinceNs + 1e6, atNs).length > 0
    if (ran || asleep) continue
    return { task, wait: -1, await: -1, group: -1, sinceNs: entry.sinceNs, blockers: [child], any: false }
  }
  return null
}

/** Those of the blocked that no sequence of moves can free. */
export function stuckAmong(blocked: ReadonlyMap<number, Blocked>): Map<number, Blocked> {
  const stuck = new Map(blocked)
  for (let changed = true; changed; ) {
    changed = false
    for (const [task, entry] of stuck) {
      const waiting = entry.blockers.filter(blocker => stuck.has(blocker))
      const free = entry.any ? waiting.length < entry.blockers.length : waiting.length === 0
      if (!free && entry.blockers.length > 0) continue
      stuck.delete(task)
      changed = true
    }
  }
  return stuck
}

/** The ring that the stuck ones end in, starting at its earliest member; the others only stand behind it. */
export function ringOf(stuck: ReadonlyMap<number, Blocked>): Blocked[] {
  const first = stuck.keys().next()
  if (first.done) return []
  const path: number[] = []
  const at = new Map<number, number>()
  for (let task = first.value; ; ) {
    const known = at.get(task)
    if (known !== undefined) {
      const ring = path.slice(known).map(member => stuck.get(member)!)
      const start = ring.reduce(
        (best, entry, index) => (entry.sinceNs < ring[best]!.sinceNs ? index : best),
        0,
      )
      return [...ring.slice(start), ...ring.slice(0, start)]
    }
    at.set(task, path.length)
    path.push(task)
    const next = stuck.get(task)!.blockers.find(blocker => stuck.has(blocker))
    if (next === undefined) return []
    task = next
  }
}
