/** How much of a hold was put to use, and what-if arrivals made of holds and waits. */
import type { Hold, Model } from '../../convention/model.ts'
import type { Context } from '../context.ts'
import type { ResourceGroup } from '../resource-groups.ts'
import { median } from '../words.ts'
import type { Arrival } from './what-if.ts'

export interface Usage {
  /** Anything was recorded under any hold of this resource: only then does "unused" mean something. */
  readonly known: boolean
  /** Median of the useful part, over holds that were used. */
  readonly medianUsefulNs: number
}

export function usageOf(model: Model, group: ResourceGroup): Usage {
  const useful: number[] = []
  for (const index of group.holds) {
    const hold = model.holds[index]!
    if (hold.uses.length > 0) useful.push(hold.usefulNs)
  }
  return { known: useful.length > 0, medianUsefulNs: median(useful) }
}

/** When the hold was last of use; its start when it never was. */
export const lastUseOf = (hold: Hold): number => (hold.lastUseNs >= 0 ? hold.lastUseNs : hold.startNs)

/** Share of the holds' time in which they were used. */
export function usefulRatio(holds: readonly Hold[]): number {
  let useful = 0
  let total = 0
  for (const hold of holds) {
    useful += hold.usefulNs
    total += hold.endNs - hold.startNs
  }
  return total > 0 ? useful / total : 1
}

/**
 * One arrival per hold or unserved wait; `holdNs` tells how long each would be kept. Callers that gave up would have
 * kept it for the usual useful part.
 */
export function arrivalsOf(
  context: Context,
  group: ResourceGroup,
  holdNs: (hold: Hold) => number,
): Arrival[] {
  const { model } = context
  const out: Arrival[] = []
  for (const index of group.holds) {
    const hold = model.holds[index]!
    const asked = model.waits[hold.wait]?.startNs ?? hold.startNs
    out.push({ atNs: asked, holdNs: holdNs(hold), permits: hold.permits })
  }
  const kept = median(out.map(arrival => arrival.holdNs))
  for (const index of group.waits) {
    const wait = model.waits[index]!
    if (wait.hold < 0) out.push({ atNs: wait.startNs, holdNs: kept, permits: wait.permits })
  }
  return out
}
