/** Waits of one resource as the cards tell them. */
import type { Wait } from '../convention/model.ts'
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
  let low = 0
  let high = group.holds.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds[group.holds[middle]!]!.startNs <= fromNs) low = middle + 1
    else high = middle
  }
  for (; low < group.holds.length; low++) {
    const at = holds[group.holds[low]!]!.startNs
    if (at >= toNs) break
    longest = Math.max(longest, at - last)
    last = at
  }
  return Math.max(longest, toNs - last)
}
