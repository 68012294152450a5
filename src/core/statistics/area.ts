import { kindOf } from '../lanes/items.ts'
import { ItemFlag, type ItemKind, type Lane } from '../lanes/lane.ts'
import type { Session } from '../scene/scene.ts'
import { type BlamedSite, blameBySite } from './blame-by-site.ts'

/** A stretch of time and the lanes it covers. */
export interface Area {
  readonly startNs: number
  readonly endNs: number
  readonly lanes: readonly Lane[]
}

/** One thing in the area: where it is drawn, its row in the model, and how much of it lies inside. */
export interface AreaItem {
  readonly lane: string
  readonly item: number
  readonly index: number
  readonly insideNs: number
  readonly durationNs: number
  readonly startNs: number
}

/** Things of one kind. `resources` and `sites` are of those listed. */
export interface AreaList {
  readonly count: number
  readonly insideNs: number
  readonly listed: readonly AreaItem[]
}

export interface AreaResource {
  readonly resource: number
  readonly holds: number
  readonly heldNs: number
  readonly waits: number
  readonly waitedNs: number
}

export interface AreaStatistics {
  readonly items: number
  readonly errors: number
  readonly spans: number
  readonly accesses: number
  readonly holds: AreaList
  readonly waits: AreaList
  readonly stalls: AreaList
  readonly tasks: AreaList
  /** Longest waits first. */
  readonly resources: readonly AreaResource[]
  /** Who held what the waits of the area were for, most blamed first. */
  readonly sites: readonly BlamedSite[]
}

/** Items between two pauses: a millisecond or two. */
const SLICE = 8192
/** Things of one kind that tables list, first in time; counts and sums are of all. */
const MOST_LISTED = 20_000

/**
 * What lies in an area. A wait that two lanes draw counts once. One pass over the lanes' items, with a pause every few
 * thousand, so that whoever drives it can let a frame through.
 */
export function* areaStatistics(session: Session, area: Area): Generator<void, AreaStatistics> {
  const lists: Record<Listed, Collector> = {
    hold: new Collector(),
    wait: new Collector(),
    stall: new Collector(),
    task: new Collector(),
  }
  const met = new Map<ItemKind, Set<number>>()
  let sincePause = 0
  let items = 0
  let errors = 0
  let spans = 0
  let accesses = 0
  for (const lane of area.lanes) {
    const { startNs, endNs, ref, flags, count } = lane.items
    for (let item = 0; item < count; item++) {
      if (++sincePause === SLICE) {
        sincePause = 0
        yield
      }
      const from = startNs[item]!
      if (from > area.endNs) break
      if (endNs[item]! < area.startNs) continue
      const kind = kindOf(lane.items, item)
      const index = ref[item]!
      const seen = met.get(kind) ?? new Set<number>()
      met.set(kind, seen)
      if (seen.has(index)) continue
      seen.add(index)
      items += 1
      if ((flags[item]! & ItemFlag.error) !== 0) errors += 1
      if (kind === 'span') spans += 1
      else if (kind === 'access') accesses += 1
      else if (isListed(kind)) {
        const insideNs = Math.min(endNs[item]!, area.endNs) - Math.max(from, area.startNs)
        lists[kind].add({
          lane: lane.id,
          item,
          index,
          insideNs,
          durationNs: endNs[item]! - from,
          startNs: from,
        })
      }
    }
  }
  const { hold: holds, wait: waits, stall: stalls, task: tasks } = lists
  return {
    items,
    errors,
    spans,
    accesses,
    holds,
    waits,
    stalls,
    tasks,
    resources: byResource(session, holds.listed, waits.listed),
    sites: blameBySite(
      session.model,
      waits.listed.map(wait => wait.index),
      area.startNs,
      area.endNs,
    ),
  }
}

class Collector implements AreaList {
  count = 0
  insideNs = 0
  readonly listed: AreaItem[] = []

  add(one: AreaItem): void {
    this.count += 1
    this.insideNs += one.insideNs
    if (this.listed.length < MOST_LISTED) this.listed.push(one)
  }
}

type Listed = 'hold' | 'wait' | 'stall' | 'task'
const isListed = (kind: ItemKind): kind is Listed =>
  kind === 'hold' || kind === 'wait' || kind === 'stall' || kind === 'task'

function byResource(
  { model }: Session,
  holds: readonly AreaItem[],
  waits: readonly AreaItem[],
): readonly AreaResource[] {
  const found = new Map<number, { -readonly [Key in keyof AreaResource]: AreaResource[Key] }>()
  const of = (resource: number) => {
    const known = found.get(resource)
    if (known) return known
    const fresh = { resource, holds: 0, heldNs: 0, waits: 0, waitedNs: 0 }
    found.set(resource, fresh)
    return fresh
  }
  for (const { index, insideNs } of holds) {
    const one = of(model.holds[index]!.resource)
    one.holds += 1
    one.heldNs += insideNs
  }
  for (const { index, insideNs } of waits) {
    const one = of(model.waits[index]!.resource)
    one.waits += 1
    one.waitedNs += insideNs
  }
  return [...found.values()]
    .filter(({ resource }) => resource >= 0)
    .sort((a, b) => b.waitedNs - a.waitedNs || b.heldNs - a.heldNs)
}
