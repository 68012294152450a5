/** Stretches in which a pool had nothing left and somebody waited, and whether that was load or harm. */
import { isGuess, type Wait } from '../../convention/model.ts'
import type { Context } from '../context.ts'
import { pausedWithin } from '../pauses.ts'
import { exclusiveTypes, type ResourceGroup } from '../resource-groups.ts'
import { stretches } from '../sweep.ts'
import { longestWithoutGrant, timedOut, waitsDuring } from '../waiting.ts'
import { largest } from '../words.ts'
import { usageOf, usefulRatio } from './hold-usage.ts'

export interface Pool {
  readonly index: number
  readonly group: ResourceGroup
  readonly name: string
  readonly capacity: number
  readonly episodes: readonly Episode[]
}

export interface Episode {
  readonly startNs: number
  readonly endNs: number
  readonly waits: readonly Wait[]
  readonly failures: number
  readonly idleNs: number
  readonly verdict: 'exhausted' | 'drained'
}

export function findPools(context: Context): Pool[] {
  const { model, thresholds, store } = context
  const pools: Pool[] = []
  context.groups().forEach((group, index) => {
    context.checkpoint()
    const resource = model.resources[group.resource]!
    if (exclusiveTypes.has(resource.type) || resource.type === 'queue') return
    // Inferred holds are lower bounds: the most that were seen says nothing about how many there are.
    if (!group.declared && group.holds.some(hold => isGuess(model.holds[hold]!.inferred))) return
    const occupancy = context.occupancy(index)
    const capacity = group.declared ? group.capacity : occupancy.peakInUse
    if (capacity < 1 || (!group.declared && capacity < 2)) return
    const lastNs = store.processes[resource.process]?.lastNs ?? store.durationNs
    const full = stretches(
      occupancy,
      lastNs,
      thresholds.handoffNs,
      (inUse, waiting) => inUse >= capacity && waiting > 0,
    )
    // A semaphore that makes others wait does its job; only who never gets through is harmed.
    const limiter = resource.type !== 'pool' && resource.type !== 'connection'
    const episodes = full
      .filter(
        ({ startNs, endNs }) =>
          ranNs(context, resource.process, startNs, endNs) >= thresholds.poolExhaustedNs,
      )
      .map((stretch): Episode => {
        const waits = waitsDuring(context, group, stretch.startNs, stretch.endNs)
        const failed = waits.filter(
          wait =>
            timedOut(wait) &&
            ranNs(context, resource.process, wait.startNs, wait.endNs) >= thresholds.poolExhaustedNs,
        )
        const idleNs = longestWithoutGrant(context, group, stretch.startNs, stretch.endNs)
        const lengthNs = stretch.endNs - stretch.startNs
        const stuck = waits.some(wait => wait.open && wait.endNs - wait.startNs >= thresholds.poolCriticalNs)
        // While the queue moves, it is load; harm is a wait that fails, one that is long, or holders that do nothing.
        const worstNs = largest(
          waits.map(wait => Math.min(wait.endNs, stretch.endNs) - wait.startNs),
          0,
        )
        const harmed =
          worstNs >= thresholds.poolCriticalNs ||
          (worstNs >= thresholds.poolExhaustedNs && idleHolders(context, group, stretch))
        const bad = limiter
          ? (stuck && idleNs >= thresholds.poolCriticalNs) ||
            // Who gives up while others get through was turned away, as a limit is meant to do.
            failed.some(
              wait =>
                longestWithoutGrant(context, group, wait.startNs, wait.endNs) === wait.endNs - wait.startNs,
            )
          : failed.length > 0 || (lengthNs >= thresholds.poolCriticalNs && harmed)
        return { ...stretch, waits, failures: failed.length, idleNs, verdict: bad ? 'exhausted' : 'drained' }
      })
    pools.push({ index, group, name: resource.label, capacity, episodes })
  })
  return pools
}

/** How long of it the process could have done something about it. */
const ranNs = (context: Context, process: number, fromNs: number, toNs: number): number =>
  toNs - fromNs - pausedWithin(context, process, fromNs, toNs)

/** Those who hold it all hardly use it. */
function idleHolders(
  context: Context,
  group: ResourceGroup,
  { startNs, endNs }: { startNs: number; endNs: number },
): boolean {
  const { model } = context
  const index = context.groupOf(group.resource)
  const holders = context
    .holdsOfGroup()
    .overlapping(index, startNs, endNs)
    .map(hold => model.holds[hold]!)
  return usageOf(model, group).known && usefulRatio(holders) < 0.2
}
