/** Waits of one resource as the cards tell them. */
import type { Wait } from '../convention/model.ts'
import { partitionPoint } from '../sorted.ts'
import type { Context } from './context.ts'
import type { ResourceGroup } from './resource-groups.ts'

/** Waits of a group that share time with (fromNs, toNs), by start. */
export function waitsDuring(context: Context, group: ResourceGroup, fromNs: number, toNs: number): Wait[] {
  return context
    .waitsOfGroup()
    .overlapping(context.groupOf(group.resource), fromNs, toNs)
    .map(index => context.model.waits[index]!)
    .filter(wait => wait.endNs > wait.startNs)
}

export const timedOut = (wait: Wait): boolean => wait.outcome === 'timeout' || wait.outcome === 'failed'

/** Longest stretch of [fromNs, toNs] in which nobody was granted the resource. */
export function longestWithoutGrant(
  context: Context,
  group: ResourceGroup,
  fromNs: number,
  toNs: number,
): number {
  let last = fromNs
  let longest = 0
  const { holds } = context.model
  const grantedNs = (at: number): number => holds[group.holds[at]!]!.startNs
  let grant = partitionPoint(0, group.holds.length, at => grantedNs(at) <= fromNs)
  for (; grant < group.holds.length; grant++) {
    const atNs = grantedNs(grant)
    if (atNs >= toNs) break
    longest = Math.max(longest, atNs - last)
    last = atNs
  }
  return Math.max(longest, toNs - last)
}
