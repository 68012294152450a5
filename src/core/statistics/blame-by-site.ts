/**
 * Waiting split over the lines of code that held meanwhile. At every instant each waiter blames all holders of its
 * resource alike; the running integral of waiters per holder gives each hold its part in one sweep:
 *
 *     waiting  0 0 1 2 2 0        G(t) = ∫ waiting / holders dt
 *     holders  1 2 2 2 1 1        blame of a hold = G(its end) − G(its start)
 *
 * All blame together is all waiting while somebody held; what nobody is known to have held is told as site `''`, resource
 * as it is and `known: false`. O(n log n).
 */
import type { Model } from '../convention/model.ts'

export interface BlamedSite {
  readonly resource: number
  readonly site: string
  readonly ns: number
  readonly holds: number
  /** False for waiting during which nobody is known to have held it. */
  readonly known: boolean
}

/** Blames for the named waits, cut to `[fromNs, toNs]`; most first. */
export function blameBySite(
  model: Model,
  waits: readonly number[],
  fromNs: number,
  toNs: number,
): readonly BlamedSite[] {
  const waitsOf = Map.groupBy(waits, index => model.waits[index]!.resource)
  const holdsOf = new Map<number, number[]>([...waitsOf.keys()].map(resource => [resource, []]))
  model.holds.forEach((hold, index) => {
    if (hold.startNs <= toNs && hold.endNs >= fromNs) holdsOf.get(hold.resource)?.push(index)
  })
  return [...waitsOf]
    .flatMap(([resource, ofIt]) => sweep(model, resource, ofIt, holdsOf.get(resource)!, fromNs, toNs))
    .sort((a, b) => b.ns - a.ns)
}

interface Edge {
  readonly atNs: number
  readonly waiters: number
  readonly holders: number
  /** The hold that begins or ends here, -1. */
  readonly hold: number
}

function sweep(
  model: Model,
  resource: number,
  waits: readonly number[],
  holds: readonly number[],
  fromNs: number,
  toNs: number,
): BlamedSite[] {
  const edges: Edge[] = []
  const cut = (ns: number): number => Math.min(toNs, Math.max(fromNs, ns))
  for (const index of waits) {
    const { startNs, endNs } = model.waits[index]!
    edges.push({ atNs: cut(startNs), waiters: 1, holders: 0, hold: -1 })
    edges.push({ atNs: cut(endNs), waiters: -1, holders: 0, hold: -1 })
  }
  for (const index of holds) {
    const { startNs, endNs } = model.holds[index]!
    edges.push({ atNs: cut(startNs), waiters: 0, holders: 1, hold: index })
    edges.push({ atNs: cut(endNs), waiters: 0, holders: -1, hold: index })
  }
  edges.sort((a, b) => a.atNs - b.atNs)
  const begun = new Map<number, number>()
  const bySite = new Map<string, { ns: number; holds: number }>()
  let perHolderNs = 0
  let unknownNs = 0
  let waiters = 0
  let holders = 0
  let lastNs = fromNs
  for (const edge of edges) {
    const sinceNs = edge.atNs - lastNs
    if (holders > 0) perHolderNs += (waiters * sinceNs) / holders
    else unknownNs += waiters * sinceNs
    lastNs = edge.atNs
    waiters += edge.waiters
    holders += edge.holders
    if (edge.holders > 0) begun.set(edge.hold, perHolderNs)
    if (edge.holders < 0) {
      const { site } = model.holds[edge.hold]!
      const entry = bySite.get(site) ?? { ns: 0, holds: 0 }
      bySite.set(site, entry)
      entry.ns += perHolderNs - (begun.get(edge.hold) ?? perHolderNs)
      entry.holds += 1
    }
  }
  const found = [...bySite].map(([site, { ns, holds }]) => ({ resource, site, ns, holds, known: true }))
  const unknown = { resource, site: '', ns: unknownNs, holds: 0, known: false }
  return [...found, unknown].filter(({ ns }) => ns > 0)
}
