import { itemKinds, type Lane } from '../lanes/lane.ts'
import type { Matches } from '../lanes/matches.ts'
import type { Session } from '../scene/scene.ts'
import { compileQuery } from './compile-query.ts'
import type { QueryNode } from './query.ts'

/** Items between two pauses: a millisecond or two. */
const SLICE = 4096

/**
 * Runs a query over all items of all lanes. Pauses every few thousand items, so that whoever drives it can let a frame
 * through; what it returns in the end is the same however often it paused.
 */
export function* matchItems(session: Session, root: QueryNode): Generator<void, Matches> {
  const test = compileQuery(session, root)
  const drawn = new Drawn()
  const bits = new Map<Lane, Uint8Array>()
  let count = 0
  let sincePause = 0
  for (const lane of session.lanes) {
    const ofLane = new Uint8Array(lane.items.count)
    let any = false
    for (let item = 0; item < lane.items.count; item++) {
      if (++sincePause === SLICE) {
        sincePause = 0
        yield
      }
      if (!test(lane, item)) continue
      any = true
      const first = drawn.first(lane.items.kind[item]!, lane.items.ref[item]!)
      ofLane[item] = first ? 1 : 2
      if (first) count += 1
    }
    if (any) bits.set(lane, ofLane)
  }
  return { bits, count }
}

/** Which rows of the model were met already: a wait stands in its task's lane and in its resource's queue. */
class Drawn {
  readonly #met = itemKinds.map(() => new Set<number>())

  first(kind: number, ref: number): boolean {
    const met = this.#met[kind]!
    if (ref < 0) return true
    if (met.has(ref)) return false
    met.add(ref)
    return true
  }
}
