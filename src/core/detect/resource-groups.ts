import type { Model } from '../convention/model.ts'

/** One thing that can be held, over all processes that share it, with its holds and waits by start. */
export interface ResourceGroup {
  /** The first of its resources, which names it. */
  readonly resource: number
  readonly members: readonly number[]
  readonly capacity: number
  /** False when the capacity was not recorded. */
  readonly declared: boolean
  readonly holds: readonly number[]
  readonly waits: readonly number[]
}

/**
 * Resources of scope `process` are one per process; of scope `host` or `cluster` one id is one thing everywhere.
 * Cost O(resources + holds + waits): both tables come ordered by start.
 */
export function groupResources(model: Model): { groups: readonly ResourceGroup[]; groupOf: Int32Array } {
  const groupOf = new Int32Array(model.resources.length)
  const byKey = new Map<string, number>()
  const members: number[][] = []
  for (let index = 0; index < model.resources.length; index++) {
    const resource = model.resources[index]!
    const key =
      resource.scope === 'cluster' || resource.scope === 'host'
        ? `${resource.scope} ${resource.id}`
        : `process ${resource.process} ${resource.id}`
    let group = byKey.get(key)
    if (group === undefined) {
      group = members.push([]) - 1
      byKey.set(key, group)
    }
    members[group]!.push(index)
    groupOf[index] = group
  }
  const holds: number[][] = members.map(() => [])
  const waits: number[][] = members.map(() => [])
  for (let i = 0; i < model.holds.length; i++) {
    const resource = model.holds[i]!.resource
    if (resource >= 0) holds[groupOf[resource]!]!.push(i)
  }
  for (let i = 0; i < model.waits.length; i++) {
    const resource = model.waits[i]!.resource
    if (resource >= 0) waits[groupOf[resource]!]!.push(i)
  }
  const groups = members.map((list, group): ResourceGroup => {
    let capacity = -1
    for (const member of list) capacity = Math.max(capacity, model.resources[member]!.capacity)
    const exclusive = exclusiveTypes.has(model.resources[list[0]!]!.type)
    return {
      resource: list[0]!,
      members: list,
      capacity: capacity > 0 ? capacity : exclusive ? 1 : -1,
      declared: capacity > 0 || exclusive,
      holds: holds[group]!,
      waits: waits[group]!,
    }
  })
  return { groups, groupOf }
}

/** Types of which one exclusive holder at a time is the whole point. */
export const exclusiveTypes: ReadonlySet<string> = new Set([
  'mutex',
  'rwlock',
  'file_lock',
  'advisory_lock',
  'distributed_lock',
  'transaction',
])
