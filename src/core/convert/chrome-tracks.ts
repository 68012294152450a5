/**
 * Tracks for viewers that draw one stack of slices per thread. A span lies on its parent's track when it is the parent's
 * only running child there, else on one that is free; so slices on a track nest, and nesting always means parenthood:
 *
 *     GET /jobs        ┌ GET /jobs ───────────────┐
 *                      │ ┌ SELECT ──┐ ┌ INSERT ─┐ │
 *     GET /jobs (2)        ┌ SELECT ─────┐             overlaps its sibling
 *
 * Tracks are named for the local root: the topmost span that runs in the same process.
 */
import { groupBy } from '../store/group.ts'
import { hasFlag, SpanFlag, type Store, spanName } from '../store/store.ts'

export interface Track {
  readonly process: number
  readonly name: string
}

export interface Tracks {
  readonly tracks: readonly Track[]
  /** Track of each span; -1 for ghosts. */
  readonly trackOf: Int32Array
}

/** Names above this many in a process share one family of tracks. */
const maxNames = 200
const others = 'other work'
/** Perfetto keeps neither arguments nor places of slices that lie deeper on a track. */
const maxDepth = 500

interface Family {
  readonly name: string
  count: number
  /** Tracks by when their outermost span ends, soonest first. */
  readonly busy: EndHeap
}

export function layOutTracks(store: Store): Tracks {
  const { count, parent, process, startNs, endNs } = store.spans
  const tracks: Track[] = []
  const trackOf = new Int32Array(count).fill(-1)
  const rootOf = localRoots(store)
  const rows = groupBy(count, store.processes.length, row =>
    hasFlag(store, row, SpanFlag.ghost) ? -1 : process[row]!,
  )
  /** Spans that run on each track, outermost first. */
  const stacks: number[][] = []
  for (const { index } of store.processes) {
    const families = new Map<string, Family>()
    const byStart = rows.order.slice(rows.start[index]!, rows.start[index + 1]!)
    byStart.sort((a, b) => startNs[a]! - startNs[b]! || a - b)
    for (const row of byStart) {
      const up = parent[row]!
      const above = up >= 0 && process[up] === index ? trackOf[up]! : -1
      if (above >= 0) {
        const stack = stacks[above]!
        while (stack.length > 0 && stack.at(-1) !== up && endNs[stack.at(-1)!]! <= startNs[row]!) stack.pop()
        if (stack.at(-1) === up && endNs[row]! <= endNs[up]! && stack.length < maxDepth) {
          stack.push(row)
          trackOf[row] = above
          continue
        }
      }
      const family = familyOf(families, spanName(store, rootOf[row]!))
      let track = family.busy.popIfBy(startNs[row]!)
      if (track < 0) {
        track = tracks.length
        family.count++
        tracks.push({
          process: index,
          name: family.count === 1 ? family.name : `${family.name} (${family.count})`,
        })
      }
      stacks[track] = [row]
      trackOf[row] = track
      family.busy.push(endNs[row]!, track)
    }
  }
  return { tracks, trackOf }
}

function familyOf(families: Map<string, Family>, wanted: string): Family {
  const name = families.has(wanted) || families.size < maxNames ? wanted : others
  let family = families.get(name)
  if (!family) {
    family = { name, count: 0, busy: new EndHeap() }
    families.set(name, family)
  }
  return family
}

function localRoots(store: Store): Int32Array {
  const { count, parent, process } = store.spans
  const rootOf = new Int32Array(count)
  for (let row = 0; row < count; row++) {
    const up = parent[row]!
    const below = up >= 0 && process[up] === process[row] && !hasFlag(store, up, SpanFlag.ghost)
    rootOf[row] = below ? rootOf[up]! : row
  }
  return rootOf
}

/** Binary heap of tracks by end. */
class EndHeap {
  readonly #heap: { readonly endNs: number; readonly track: number }[] = []

  push(endNs: number, track: number): void {
    const heap = this.#heap
    let at = heap.push({ endNs, track }) - 1
    for (let up = (at - 1) >> 1; at > 0 && this.#less(at, up); up = (at - 1) >> 1) {
      this.#swap(at, up)
      at = up
    }
  }

  /** Takes the track that is free the longest, when it is free at `ns`; else -1. */
  popIfBy(ns: number): number {
    const heap = this.#heap
    const first = heap[0]
    if (!first || first.endNs > ns) return -1
    const last = heap.pop()!
    if (heap.length > 0) heap[0] = last
    for (let at = 0; ; ) {
      let least = at
      for (const below of [2 * at + 1, 2 * at + 2])
        if (below < heap.length && this.#less(below, least)) least = below
      if (least === at) return first.track
      this.#swap(at, least)
      at = least
    }
  }

  #less(a: number, b: number): boolean {
    const one = this.#heap[a]!
    const two = this.#heap[b]!
    return one.endNs < two.endNs || (one.endNs === two.endNs && one.track < two.track)
  }

  #swap(a: number, b: number): void {
    const heap = this.#heap
    const kept = heap[a]!
    heap[a] = heap[b]!
    heap[b] = kept
  }
}
