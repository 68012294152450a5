/**
 * What one call between two processes says about their clocks. A call cannot arrive before it was sent, and a client that
 * waits for its answer ends after the server did:
 *
 *     client (clock A)   ├──────────────────┤
 *     server (clock B)        ├────────┤
 *                        ◄───►          ◄──►      θ = clock B − clock A
 *                        θ ≤ S.start − C.start    θ ≥ S.end − C.end
 *
 * Starts that were floored to whole ms widen the bounds. A server span longer than its client's is not contained by
 * anything (streams, work after the answer, clients that gave up): only its start is evidence.
 */
import { hasFlag, Kind, SpanFlag, Status, type Store } from '../store/store.ts'

/** Bounds of θ in ns; `lowNs` is -Infinity where only the start is known. */
export interface PairBounds {
  readonly lowNs: number
  readonly highNs: number
}

/** Two processes that call each other, the lower index first: θ = clock of `b` − clock of `a`. */
export interface ClockEdge {
  readonly a: number
  readonly b: number
  readonly pairs: readonly PairBounds[]
}

/** Servers may close their span a moment after the client has its answer. */
const answerSlackNs = 1e6
/** More calls of two processes say nothing new; the trace is then sampled evenly. */
const maxPairs = 20_000

/** Every two processes between which a call was seen. Reads raw times: corrections that were applied are taken out. */
export function clockEdges(store: Store): readonly ClockEdge[] {
  const { count, parent, process } = store.spans
  const edges = new Map<number, { a: number; b: number; pairs: PairBounds[] }>()
  const size = store.processes.length
  for (let row = 0; row < count; row++) {
    const up = parent[row]!
    if (up < 0 || process[up] === process[row] || !isTimed(store, row) || !isTimed(store, up)) continue
    const a = Math.min(process[up]!, process[row]!)
    const b = Math.max(process[up]!, process[row]!)
    let edge = edges.get(a * size + b)
    if (!edge) {
      edge = { a, b, pairs: [] }
      edges.set(a * size + b, edge)
    }
    const bounds = boundsOf(store, up, row)
    edge.pairs.push(process[up] === a ? bounds : { lowNs: -bounds.highNs, highNs: -bounds.lowNs })
  }
  return Array.from(edges.values(), edge => {
    const step = Math.ceil(edge.pairs.length / maxPairs)
    return step <= 1 ? edge : { ...edge, pairs: edge.pairs.filter((_, at) => at % step === 0) }
  })
}

/** θ = clock of the callee − clock of the caller. */
function boundsOf(store: Store, caller: number, callee: number): PairBounds {
  const { startNs, endNs, kind, status, process } = store.spans
  const raw = (row: number): number => store.processes[process[row]!]!.offsetNs
  const startGapNs = startNs[callee]! + raw(callee) - startNs[caller]! - raw(caller)
  const endGapNs = endNs[callee]! + raw(callee) - endNs[caller]! - raw(caller)
  const contained =
    kind[caller] === Kind.client &&
    kind[callee] === Kind.server &&
    status[caller] !== Status.error &&
    endGapNs <= startGapNs
  return {
    lowNs: contained ? endGapNs - floorNs(store, caller) - answerSlackNs : Number.NEGATIVE_INFINITY,
    highNs: startGapNs + floorNs(store, callee),
  }
}

/** How much later than written a span may have happened. */
const floorNs = (store: Store, row: number): number =>
  hasFlag(store, row, SpanFlag.coarse) ? 1e6 : store.processes[store.spans.process[row]!]!.uncertaintyNs

const isTimed = (store: Store, row: number): boolean =>
  (store.spans.flags[row]! &
    (SpanFlag.ghost | SpanFlag.open | SpanFlag.endBeforeStart | SpanFlag.timeRepaired)) ===
  0
