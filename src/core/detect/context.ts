/** Everything the detectors share, made on first use: one trace, one set of thresholds. */
import type { Access, Model } from '../convention/model.ts'
import type { ImportReport } from '../import/import.ts'
import type { Store } from '../store/store.ts'
import { type Clock, makeClock } from './clock.ts'
import { type Absence, absence } from './coverage.ts'
import { findHeld, type HeldAt } from './held-at.ts'
import { type IntervalIndex, indexIntervals } from './interval-index.ts'
import { findInterleavings, type Interleavings } from './races/interleavings.ts'
import { groupResources, type ResourceGroup } from './resource-groups.ts'
import { type Occupancy, occupancyOf } from './sweep.ts'
import { buildTaskTree, type TaskTree } from './task-tree.ts'
import { defaultThresholds, type Thresholds } from './thresholds.ts'
import { findYields, type Yields } from './yields.ts'

export interface Context {
  readonly store: Store
  readonly model: Model
  readonly report: ImportReport
  readonly thresholds: Thresholds
  readonly clock: Clock
  readonly tree: () => TaskTree
  readonly holdsOf: () => IntervalIndex
  readonly waitsOf: () => IntervalIndex
  readonly awaitsOf: () => IntervalIndex
  readonly slicesOf: () => IntervalIndex
  readonly holdsOfGroup: () => IntervalIndex
  readonly waitsOfGroup: () => IntervalIndex
  readonly held: () => HeldAt
  readonly yields: () => Yields
  readonly groups: () => readonly ResourceGroup[]
  /** Group of a resource. */
  readonly groupOf: (resource: number) => number
  readonly occupancy: (group: number) => Occupancy
  /** Accesses of each key (apart per process where the key is local), in order. */
  readonly accessGroups: () => readonly (readonly Access[])[]
  readonly interleavings: () => Interleavings
  /** First request of each task's tree, -1 none. */
  readonly requestOf: (task: number) => number
  readonly absence: (process: number, sinceNs: number) => Absence
  /** Throws when the caller gave up. */
  readonly checkpoint: () => void
}

export interface ContextOptions {
  readonly thresholds?: Partial<Thresholds>
  readonly signal?: AbortSignal
}

export function makeContext(
  store: Store,
  model: Model,
  report: ImportReport,
  options: ContextOptions = {},
): Context {
  const thresholds = { ...defaultThresholds, ...options.thresholds }
  const clock = makeClock(store, model, thresholds)
  const tree = once(() => buildTaskTree(model))
  const holdsOf = once(() => byTask(model.holds))
  const waitsOf = once(() => byTask(model.waits))
  const awaitsOf = once(() => byTask(model.awaits))
  const slicesOf = once(() =>
    indexIntervals(
      model.slices.count,
      i => model.slices.task[i]!,
      i => model.slices.startNs[i]!,
      i => model.slices.endNs[i]!,
    ),
  )
  const grouped = once(() => groupResources(model))
  const byGroup = (
    table: readonly { readonly resource: number; readonly startNs: number; readonly endNs: number }[],
  ) =>
    indexIntervals(
      table.length,
      i => (table[i]!.resource < 0 ? -1 : grouped().groupOf[table[i]!.resource]!),
      i => table[i]!.startNs,
      i => table[i]!.endNs,
    )
  const occupancies = new Map<number, Occupancy>()
  const requests = once(() => {
    const of = new Int32Array(model.tasks.length).fill(-1)
    model.requests.forEach((request, index) => {
      if (request.task >= 0 && of[request.task] === -1) of[request.task] = index
    })
    return of
  })
  const context: Context = {
    store,
    model,
    report,
    thresholds,
    clock,
    tree,
    holdsOf,
    waitsOf,
    awaitsOf,
    slicesOf,
    holdsOfGroup: once(() => byGroup(model.holds)),
    waitsOfGroup: once(() => byGroup(model.waits)),
    held: once(() => findHeld(model, holdsOf(), awaitsOf())),
    yields: once(() => findYields(model, slicesOf(), awaitsOf())),
    groups: () => grouped().groups,
    groupOf: resource => (resource < 0 ? -1 : grouped().groupOf[resource]!),
    occupancy: group => {
      let found = occupancies.get(group)
      if (!found) {
        found = occupancyOf(model, grouped().groups[group]!)
        occupancies.set(group, found)
      }
      return found
    },
    accessGroups: once(() => groupAccesses(model, clock)),
    interleavings: once(() => findInterleavings(context)),
    requestOf: task => {
      let current = task
      for (let depth = 0; current >= 0 && depth < 64; depth++) {
        const request = requests()[current]!
        if (request >= 0) return request
        current = model.tasks[current]!.parent
      }
      return -1
    },
    absence: (process, sinceNs) => absence(store, model, thresholds, process, sinceNs),
    checkpoint: () => options.signal?.throwIfAborted(),
  }
  return context
}

/** Keys that name memory of one isolate rather than something shared: equal names in two processes are two things. */
const localSchemes = new Set([
  'var',
  'mem',
  'memory',
  'local',
  'obj',
  'object',
  'field',
  'state',
  'flag',
  'self',
  'this',
])

/** Is this key shared between processes? `row:jobs/1` is, `var:count` and bare names are not. */
export function isShared(key: string): boolean {
  const colon = key.indexOf(':')
  return colon > 0 && !localSchemes.has(key.slice(0, colon))
}

function groupAccesses(model: Model, clock: Clock): Access[][] {
  const shared = model.keys.map(isShared)
  /** By key where it is shared, else by key, process and worker. */
  const groups = new Map<number | string, Access[]>()
  for (const access of model.accesses) {
    if (access.key < 0) continue
    let name: number | string = access.key
    if (!shared[access.key]) {
      const loop = model.loops[model.tasks[access.task]?.loop ?? -1]
      name = `${name} ${access.process} ${loop?.kind === 'worker' ? loop.id : ''}`
    }
    const group = groups.get(name)
    if (group) group.push(access)
    else groups.set(name, [access])
  }
  for (const group of groups.values()) group.sort(clock.compare)
  return [...groups.values()]
}

function byTask(
  table: readonly { readonly task: number; readonly startNs: number; readonly endNs: number }[],
): IntervalIndex {
  return indexIntervals(
    table.length,
    i => table[i]!.task,
    i => table[i]!.startNs,
    i => table[i]!.endNs,
  )
}

function once<T>(make: () => T): () => T {
  let made = false
  let value: T
  return () => {
    if (!made) {
      value = make()
      made = true
    }
    return value
  }
}
