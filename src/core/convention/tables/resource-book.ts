/** Collects resources while waits and holds are read: one entry per instance, facts filled in as they turn up. */
import type { Process } from '../../store/store.ts'
import type { Resource } from '../model.ts'

type Draft = { -readonly [K in keyof Resource]: Resource[K] }

export interface ResourceFacts {
  readonly process: number
  readonly id: string
  readonly name: string
  readonly type: string
  readonly scope: string
  /** -1 unknown. */
  readonly capacity: number
}

/** Types of which one can be had at a time unless a capacity says otherwise. */
const exclusiveTypes = new Set([
  'mutex',
  'rwlock',
  'transaction',
  'file_lock',
  'advisory_lock',
  'distributed_lock',
  'connection',
])

/** Stands for a process where a resource is of all of them. */
const everybody = -1

export class ResourceBook {
  readonly #drafts: Draft[] = []
  /** By process and id. */
  readonly #index = new Map<number, Map<string, number>>()

  /** Index of the instance; host- and cluster-wide resources are one for all processes. */
  add(facts: ResourceFacts): number {
    const shared = facts.scope === 'host' || facts.scope === 'cluster'
    const id = facts.id || facts.name || 'unnamed'
    const owner = shared ? everybody : facts.process
    const ids = this.#index.get(owner) ?? new Map<string, number>()
    this.#index.set(owner, ids)
    const known = ids.get(id)
    if (known !== undefined) {
      const draft = this.#drafts[known]!
      if (draft.name === '' || draft.name === draft.id) draft.name = facts.name || draft.name
      if (draft.type === '') draft.type = facts.type
      draft.capacity = Math.max(draft.capacity, facts.capacity)
      return known
    }
    ids.set(id, this.#drafts.length)
    return (
      this.#drafts.push({
        id,
        name: facts.name || id,
        label: '',
        type: facts.type,
        process: facts.process,
        capacity: facts.capacity,
        scope: facts.scope || 'process',
      }) - 1
    )
  }

  /** As known so far; -1 unknown. */
  capacityOf(resource: number): number {
    return this.#drafts[resource]?.capacity ?? -1
  }

  /** What was concluded from how it was used; a recorded capacity wins. */
  learnCapacity(resource: number, capacity: number): void {
    const draft = this.#drafts[resource]
    if (draft && draft.capacity < 1) draft.capacity = capacity
  }

  typeOf(resource: number): string {
    return this.#drafts[resource]?.type ?? ''
  }

  table(processes: readonly Process[]): Resource[] {
    const names = new Map<string, number>()
    for (const { name } of this.#drafts) names.set(name, (names.get(name) ?? 0) + 1)
    const labels = new Map<string, number>()
    const labelOf = ({ name, id, process }: Draft): string => {
      if (names.get(name) === 1) return name
      const label = id === name ? `${name} (${processes[process]?.label ?? process})` : `${name} (${id})`
      labels.set(label, (labels.get(label) ?? 0) + 1)
      return label
    }
    const out = this.#drafts.map(draft => ({
      ...draft,
      label: labelOf(draft),
      capacity: draft.capacity < 0 && exclusiveTypes.has(draft.type) ? 1 : draft.capacity,
    }))
    // The same instance id in two processes.
    return out.map(resource =>
      (labels.get(resource.label) ?? 0) > 1
        ? {
            ...resource,
            label: `${resource.label} in ${processes[resource.process]?.label ?? resource.process}`,
          }
        : resource,
    )
  }
}
