/**
 * Who waits for whom at one instant, and who of them can't move again by what is known at that instant.
 *
 *     buy ──stock──► refund          each holds what the other waits for
 *     buy ◄──orders── refund
 *
 * A resource with free places keeps nobody. Of a full one all holders must be stuck for its waiters to be: with several
 * places a cycle is not enough, it takes a knot.
 */
import type { InstantState } from './state.ts'

export interface WaitEdge {
  readonly task: number
  readonly resource: number
  readonly sinceNs: number
  /** Tasks that have it. */
  readonly holders: readonly number[]
}

export interface WaitGraph {
  /** One per waiting task and resource, longest wait first. */
  readonly edges: readonly WaitEdge[]
  /** Tasks that wait for each other, directly or over others; empty when somebody can move. */
  readonly stuck: ReadonlySet<number>
}

/** Costs O(waiters × holders) of that instant. */
export function waitGraphOf(state: InstantState): WaitGraph {
  const edges = state.resources
    .flatMap(({ resource, waiters, holders }) =>
      waiters.map(({ task, sinceNs }) => ({
        task,
        resource,
        sinceNs,
        holders: [...new Set(holders.map(holder => holder.task))],
      })),
    )
    .sort((a, b) => a.sinceNs - b.sinceNs)
  const stuck = new Set(edges.filter(edge => edge.task >= 0).map(edge => edge.task))
  for (let changed = true; changed; ) {
    changed = false
    for (const { task, holders } of edges) {
      if (!stuck.has(task) || (holders.length > 0 && holders.every(holder => stuck.has(holder)))) continue
      stuck.delete(task)
      changed = true
    }
  }
  return { edges, stuck }
}
