/** In-process queues over time: how many items lay in each, and from when to when each item did. */
import type { Model } from '../convention/model.ts'
import { firstAfter } from '../sorted.ts'

export interface Queue {
  readonly name: string
  readonly process: number
  /** -1 unknown or unbounded */
  readonly capacity: number
  /** Depth from each operation on, as told, else counted. */
  readonly atNs: Float64Array
  readonly depth: Float64Array
  readonly stays: readonly Stay[]
}

/** An item's time in the queue; indexes into `Model.queueItems`, `get` -1 for what nobody took. */
export interface Stay {
  readonly put: number
  readonly get: number
}

const cache = new WeakMap<Model, readonly Queue[]>()

/** By name and process, in order of their first operation. Items without an id are taken first in, first out. */
export function queuesOf(model: Model): readonly Queue[] {
  let queues = cache.get(model)
  if (!queues) {
    const operations = Map.groupBy(
      model.queueItems.keys(),
      at => `${model.queueItems[at]!.process}\n${model.queueItems[at]!.queue}`,
    )
    queues = [...operations.values()].map(members => readQueue(model, members))
    cache.set(model, queues)
  }
  return queues
}

function readQueue(model: Model, members: readonly number[]): Queue {
  const first = model.queueItems[members[0]!]!
  const depth = new Float64Array(members.length)
  const waiting = new Map<string, { readonly stays: number[]; next: number }>()
  const stays: { readonly put: number; get: number }[] = []
  let now = 0
  let capacity = -1
  members.forEach((at, index) => {
    const { op, item, depth: told, capacity: limit } = model.queueItems[at]!
    now = told >= 0 ? told : Math.max(0, now + (op === 'put' ? 1 : -1))
    depth[index] = now
    capacity = Math.max(capacity, limit)
    if (op === 'put') {
      const line = waiting.get(item) ?? { stays: [], next: 0 }
      waiting.set(item, line)
      line.stays.push(stays.push({ put: at, get: -1 }) - 1)
      return
    }
    const line = waiting.get(item)
    const stay = line && stays[line.stays[line.next++] ?? -1]
    if (stay) stay.get = at
  })
  return {
    name: first.queue,
    process: first.process,
    capacity: capacity > 0 ? capacity : -1,
    atNs: Float64Array.from(members, at => model.queueItems[at]!.atNs),
    depth,
    stays,
  }
}

/** Items in the queue at an instant. O(log n). */
export const depthAt = ({ atNs, depth }: Queue, ns: number): number => depth[firstAfter(atNs, ns) - 1] ?? 0
