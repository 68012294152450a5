/** Waits of one resource as the cards tell them. */
import type { Wait } from '../convention/model.ts'
import type { Context } from './context.ts'
import type { ResourceGroup } from './resource-groups.ts'

/** Waits that share time with [fromNs, toNs], by start. */
export function waitsDuring(context: Context, group: ResourceGroup, fromNs: number, toNs: number): Wait[] {
  const out: Wait[] = []
  for (const index of group.waits) {
    const wait = context.model.waits[index]!
    if (wait.startNs >= toNs) break
    if (wait.endNs > fromNs && wait.endNs > wait.startNs) out.push(wait)
  }
  return out
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
  for (const index of group.holds) {
    const at = context.model.holds[index]!.startNs
    if (at <= fromNs) continue
    if (at >= toNs) break
    longest = Math.max(longest, at - last)
    last = at
  }
  return Math.max(longest, toNs - last)
}
