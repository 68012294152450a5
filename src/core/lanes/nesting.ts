import { roles } from '../convention/model.ts'
import { eachOf, type Groups, groupBy } from '../store/group.ts'
import type { LaneContext } from './context.ts'
import { TreePacker } from './pack.ts'

const MAX_DEPTH = 24

/** Application spans arranged below their owner (a task, or a local root): a sub-row per level, 0 = directly below. */
export interface Nest {
  readonly height: number
  readonly startNs: number
  readonly endNs: number
}

const plain = roles.indexOf('plain')

/** Plain spans of each task, in pre-order. */
export function spansOfTasks({ model, store }: LaneContext): Groups {
  return groupBy(store.spans.count, model.tasks.length, row =>
    model.roleOfSpan[row] === plain ? model.taskOfSpan[row]! : -1,
  )
}

/**
 * Plain spans without a task, by local root: the topmost of them that runs in the same process.
 * Returns the root rows and the members of each (the root first, all in pre-order).
 */
export function spansOfRoots({ model, store }: LaneContext): { roots: Int32Array; members: Groups } {
  const { count, parent, process } = store.spans
  const rootOf = new Int32Array(count).fill(-1)
  const roots: number[] = []
  for (let row = 0; row < count; row++) {
    if (model.roleOfSpan[row] !== plain || model.taskOfSpan[row]! >= 0) continue
    const up = parent[row]!
    if (up >= 0 && rootOf[up]! >= 0 && process[up] === process[row]) rootOf[row] = rootOf[up]!
    else {
      rootOf[row] = roots.length
      roots.push(row)
    }
  }
  return { roots: Int32Array.from(roots), members: groupBy(count, roots.length, row => rootOf[row]!) }
}

/** Arranges one owner's spans, and notes the sub-row of each in `level`: a slot for each span row, -1 until then. */
export function nest(context: LaneContext, members: Groups, owner: number, level: Int32Array): Nest {
  const { spans } = context.store
  const packer = new TreePacker(MAX_DEPTH)
  let startNs = Number.POSITIVE_INFINITY
  let endNs = Number.NEGATIVE_INFINITY
  eachOf(members, owner, row => {
    const up = nearestMember(context, row)
    const below = up >= 0 && level[up]! >= 0 ? level[up]! + 1 : 0
    level[row] = packer.place(spans.startNs[row]!, spans.endNs[row]!, below)
    startNs = Math.min(startNs, spans.startNs[row]!)
    endNs = Math.max(endNs, spans.endNs[row]!)
  })
  return { height: packer.rows, startNs, endNs }
}

/** Nearest plain ancestor of the same task and process; a few steps, since only recorder spans lie between. */
function nearestMember({ model, store }: LaneContext, row: number): number {
  const { parent, process } = store.spans
  let up = parent[row]!
  for (let step = 0; step < 8 && up >= 0; step++, up = parent[up]!) {
    if (model.taskOfSpan[up] !== model.taskOfSpan[row] || process[up] !== process[row]) return -1
    if (model.roleOfSpan[up] === plain) return up
  }
  return -1
}
