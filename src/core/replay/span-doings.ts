/**
 * What a task was at as its plain spans tell, where nobody recorded runs, waits or awaits: at every instant the innermost of
 * those that kept it longest, told backwards from the end as in the critical path.
 *
 *     request   ├──────────────────────┤
 *     SELECT      ├────┤                  →   gap SELECT gap  charge  gap
 *     audit              ├──┤                           ╰ audit was over before and kept nobody
 *     charge             ├──────────┤
 */
import type { Model } from '../convention/model.ts'
import { roles } from '../convention/model.ts'
import type { Store } from '../store/store.ts'
import type { Doing } from './task-timeline.ts'

const plain = roles.indexOf('plain')

/** A span on the way back, from `atNs` on to its start. */
interface Visit {
  readonly row: number
  readonly floorNs: number
  /** Its children, the one that ends last on top. */
  readonly open: number[]
}

/** In order of time, without overlaps. O(m log m) for a task of m spans; nothing for a task that has no span itself. */
export function spanDoings({ spans }: Store, model: Model, task: number): Doing[] {
  const top = model.tasks[task]!.row
  if (top === undefined || top < 0) return []
  const children = childrenOf(spans, model, task, top)
  const out: Doing[] = []
  const visits: Visit[] = [{ row: top, floorNs: spans.startNs[top]!, open: children.get(top) ?? [] }]
  let atNs = spans.endNs[top]!
  const own = (row: number, startNs: number): void => {
    if (row !== top && startNs < atNs) out.push({ kind: 'span', ref: row, startNs, endNs: atNs })
    atNs = Math.min(atNs, startNs)
  }
  for (let visit = visits.at(-1); visit; visit = visits.at(-1)) {
    const child = visit.open.pop()
    if (child === undefined) {
      own(visit.row, visit.floorNs)
      visits.pop()
      continue
    }
    // What began later than the path is here kept nobody; what outlives its parent counts up to here.
    const floorNs = Math.max(spans.startNs[child]!, visit.floorNs)
    if (floorNs >= atNs || spans.endNs[child]! <= visit.floorNs) continue
    own(visit.row, Math.min(atNs, spans.endNs[child]!))
    visits.push({ row: child, floorNs, open: children.get(child) ?? [] })
  }
  return out.reverse()
}

/** Plain spans of the task by the one above, by their ends. Spans of tasks below are theirs. */
function childrenOf(spans: Store['spans'], model: Model, task: number, top: number): Map<number, number[]> {
  const children = new Map<number, number[]>()
  const listed = new Set([top])
  for (let row = top + 1; row < spans.subtreeEnd[top]!; ) {
    if (model.taskOfSpan[row] !== task) {
      row = spans.subtreeEnd[row]!
      continue
    }
    if (model.roleOfSpan[row] === plain) {
      // Between the two may be spans of another role: what they tell is told without them.
      let above = spans.parent[row]!
      while (!listed.has(above)) above = spans.parent[above]!
      listed.add(row)
      const list = children.get(above)
      if (list) list.push(row)
      else children.set(above, [row])
    }
    row++
  }
  for (const list of children.values())
    list.sort((a, b) => spans.endNs[a]! - spans.endNs[b]! || spans.startNs[b]! - spans.startNs[a]!)
  return children
}
