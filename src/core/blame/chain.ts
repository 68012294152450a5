/**
 * What a loop of awaits was at when its next tick was due: the innermost tasks that the ticking task had started.
 *
 *     session   T ┌ broadcast ┐                    T
 *                 send a│ send slow ··········│       due here ¦, ticked there T; blamed on `send slow`
 *             ¦────────────────────────────────
 */
import type { Context } from '../detect/context.ts'
import { indexIntervals } from '../detect/interval-index.ts'
import type { Lag } from '../detect/lags.ts'
import { oncePer } from '../detect/once-per.ts'

export interface ChainPiece {
  readonly site: string
  readonly ns: number
}

const childrenOf = oncePer(({ model }: Context) =>
  indexIntervals(
    model.tasks.length,
    i => model.tasks[i]!.parent,
    i => model.tasks[i]!.startNs,
    i => model.tasks[i]!.endNs,
  ),
)
const maxDepth = 8
/** Children beyond this many overlap anyway. */
const maxChildren = 64

/**
 * From the tick before on: a timer that is set when the work is done comes late by as much as the work took. Children
 * that ran side by side are not counted twice; the sum may exceed the lateness, whoever asks takes what is left to tell.
 */
export function chainOf(context: Context, lag: Lag): ChainPiece[] {
  const { model } = context
  if (lag.task < 0) return []
  const index = childrenOf(context)
  const sites = new Map<string, number>()
  const stack = [{ task: lag.task, fromNs: lag.readyNs - (lag.delayNs ?? 0), toNs: lag.ranNs, depth: 0 }]
  for (let at = stack.pop(); at; at = stack.pop()) {
    let coveredNs = at.fromNs
    const children = index.overlapping(at.task, at.fromNs, at.toNs)
    for (const child of children.slice(0, maxChildren)) {
      const { startNs, endNs } = model.tasks[child]!
      const fromNs = Math.max(startNs, coveredNs)
      const toNs = Math.min(endNs, at.toNs)
      if (toNs <= fromNs) continue
      coveredNs = toNs
      if (at.depth < maxDepth) stack.push({ task: child, fromNs, toNs, depth: at.depth + 1 })
    }
    if (children.length > 0) continue
    if (at.depth === 0) return ownAwaits(context, at.task, at.fromNs, at.toNs)
    const own = model.tasks[at.task]!
    sites.set(own.site, (sites.get(own.site) ?? 0) + at.toNs - at.fromNs)
  }
  return [...sites].map(([site, ns]) => ({ site, ns }))
}

/** The ticking task started nothing: it was at its own awaits. The one that ends with the tick is the pause between two. */
function ownAwaits({ model, awaitsOf }: Context, task: number, fromNs: number, toNs: number): ChainPiece[] {
  const out: ChainPiece[] = []
  for (const index of awaitsOf().overlapping(task, fromNs, toNs)) {
    const { startNs, endNs, site } = model.awaits[index]!
    if (endNs >= toNs - tickSlackNs) continue
    out.push({ site: site || model.tasks[task]!.site, ns: endNs - Math.max(startNs, fromNs) })
  }
  return out
}

/** From the end of a pause to the record of the tick. */
const tickSlackNs = 2e6
