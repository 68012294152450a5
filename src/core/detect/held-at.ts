import type { Access, Model } from '../convention/model.ts'
import type { IntervalIndex } from './interval-index.ts'

/**
 * Which holds protect a task at an instant: its own, and those of every ancestor that awaits it at that moment.
 * A child runs under its awaiting parent's locks; a child nobody awaits does not.
 */
export interface HeldAt {
  readonly task: (task: number, atNs: number) => number[]
  /** The same for an access, with the holds stamped on it. */
  readonly access: (access: Access) => number[]
}

/** Deeper parents are not asked. */
const maxDepth = 64

export function findHeld(model: Model, holdsOf: IntervalIndex, awaitsOf: IntervalIndex): HeldAt {
  const awaitsChild = (parent: number, child: number, atNs: number) => {
    if (!model.coverage.hasAwaits || awaitsOf.of(parent).length === 0) return true
    return awaitsOf
      .covering(parent, atNs)
      .some(index => model.awaits[index]!.awaits.length === 0 || model.awaits[index]!.awaits.includes(child))
  }
  const ofTask = (task: number, atNs: number): number[] => {
    const out: number[] = []
    let current = task
    for (let depth = 0; current >= 0 && depth < maxDepth; depth++) {
      out.push(...holdsOf.covering(current, atNs))
      const parent = model.tasks[current]?.parent ?? -1
      if (parent < 0 || !awaitsChild(parent, current, atNs)) break
      current = parent
    }
    return out
  }
  return {
    task: ofTask,
    access: access => {
      const out = ofTask(access.task, access.atNs)
      for (const hold of access.holds) if (!out.includes(hold)) out.push(hold)
      return out
    },
  }
}
