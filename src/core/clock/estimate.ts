/**
 * How far the clocks of processes are apart, as intervals: nothing is guessed, and nothing is moved here.
 *
 *     calls of two processes ─► the interval most of them agree on (Marzullo 1984, as in NTP)
 *     intervals between pairs ─► bounds against one reference (difference constraints, Bellman–Ford)
 *
 * Offsets are "ahead of the reference": a time of the process minus its offset is a time of the reference.
 */
import type { Process, Store } from '../store/store.ts'
import { type ClockEdge, clockEdges, type PairBounds } from './pairs.ts'

export interface ClockOffset {
  readonly process: number
  /** What it is told against: of the processes that call each other one whose clock most others agree with. */
  readonly reference: number
  /** The clock is ahead by this much; infinite where nothing bounds it. */
  readonly lowNs: number
  readonly highNs: number
  /** Calls that are evidence, and those of them that no one offset can explain together with the rest. */
  readonly pairs: number
  readonly contradictions: number
  /** What to subtract so that causes come before effects: 0 where raw times already do, or nothing is known. */
  readonly suggestedNs: number
}

export interface ClockEstimate {
  /** By process. */
  readonly offsets: readonly ClockOffset[]
  /** Bounds of clock `b` − clock `a`, less the corrections that are applied; null where no calls connect the two. */
  between(a: number, b: number): PairBounds | null
}

interface Agreed extends PairBounds {
  readonly a: number
  readonly b: number
  readonly pairs: number
  readonly contradictions: number
}

/** Clocks closer than this to each other are not worth a word. */
const toleranceNs = 1e6

export function estimateClocks(store: Store): ClockEstimate {
  const { processes } = store
  const edges = clockEdges(store).map(agree)
  const groups = groupsOf(processes, edges)
  const busiest = groups.map(group => mostCalls(group, edges))
  const first = boundsFrom(processes.length, edges, busiest)
  const references = new Int32Array(processes.length)
  const common = groups.map(group => mostCalls(agreeing(group, first), edges))
  for (const [nth, group] of groups.entries()) for (const process of group) references[process] = common[nth]!
  const { upper, lower } = boundsFrom(processes.length, edges, common)
  const offsets = processes.map(({ index }): ClockOffset => {
    const own = edges.filter(edge => edge.a === index || edge.b === index)
    // No pair agrees with the others all around a ring: nothing can be said.
    const torn = !(-lower[index]! <= upper[index]!)
    const lowNs = torn ? Number.NEGATIVE_INFINITY : -lower[index]!
    const highNs = torn ? Number.POSITIVE_INFINITY : upper[index]!
    const pairs = own.reduce((sum, edge) => sum + edge.pairs, 0)
    return {
      process: index,
      reference: references[index]!,
      lowNs,
      highNs,
      pairs,
      contradictions: torn ? pairs : own.reduce((sum, edge) => sum + edge.contradictions, 0),
      suggestedNs: suggestion(lowNs, highNs),
    }
  })
  const direct = new Map(edges.map(edge => [edge.a * processes.length + edge.b, edge]))
  return { offsets, between: (a, b) => between(processes, offsets, direct, a, b) }
}

function agree({ a, b, pairs }: ClockEdge): Agreed {
  const { lowNs, highNs, most } = majority(pairs)
  return { a, b, lowNs, highNs, pairs: pairs.length, contradictions: pairs.length - most }
}

/** The interval that lies in most of the given ones. */
function majority(pairs: readonly PairBounds[]): PairBounds & { readonly most: number } {
  const ends = pairs.flatMap(({ lowNs, highNs }) => [
    { ns: lowNs, opens: true },
    { ns: highNs, opens: false },
  ])
  // Closed intervals: of equal ends, one opens before another closes.
  ends.sort((one, two) => (one.ns === two.ns ? Number(two.opens) - Number(one.opens) : one.ns - two.ns))
  let depth = 0
  let most = 0
  let lowNs = Number.NEGATIVE_INFINITY
  let highNs = Number.POSITIVE_INFINITY
  for (const [at, end] of ends.entries()) {
    depth += end.opens ? 1 : -1
    if (!end.opens || depth <= most) continue
    most = depth
    lowNs = end.ns
    highNs = ends[at + 1]?.ns ?? Number.POSITIVE_INFINITY
  }
  return { lowNs, highNs, most }
}

/** Processes that calls connect, directly or not. */
function groupsOf(processes: readonly Process[], edges: readonly Agreed[]): readonly (readonly number[])[] {
  const root = Int32Array.from(processes, ({ index }) => index)
  const find = (process: number): number => {
    let at = process
    while (root[at] !== at) {
      root[at] = root[root[at]!]!
      at = root[at]!
    }
    return at
  }
  for (const { a, b } of edges) root[find(a)] = find(b)
  const groups = new Map<number, number[]>()
  for (const { index } of processes) {
    const group = groups.get(find(index))
    if (group) group.push(index)
    else groups.set(find(index), [index])
  }
  return [...groups.values()]
}

function mostCalls(group: readonly number[], edges: readonly Agreed[]): number {
  const calls = new Map(group.map(process => [process, 0]))
  for (const { a, b, pairs } of edges)
    for (const process of [a, b]) if (calls.has(process)) calls.set(process, calls.get(process)! + pairs)
  return group.reduce((best, process) => (calls.get(process)! > calls.get(best)! ? process : best))
}

/** The members whose clocks may be one and the same: one odd clock must not make all the others look odd. */
function agreeing(group: readonly number[], { lower, upper }: Bounds): readonly number[] {
  const { lowNs, highNs } = majority(
    group.map(process => ({
      lowNs: -lower[process]! - toleranceNs,
      highNs: upper[process]! + toleranceNs,
    })),
  )
  const inside = group.filter(
    process => -lower[process]! - toleranceNs <= lowNs && upper[process]! + toleranceNs >= highNs,
  )
  return inside.length > 0 ? inside : group
}

interface Bounds {
  /** By process: the largest its offset can be, and the negative of the smallest. */
  readonly upper: Float64Array
  readonly lower: Float64Array
}

const boundsFrom = (count: number, edges: readonly Agreed[], references: readonly number[]): Bounds => ({
  upper: shortest(count, edges, references, false),
  lower: shortest(count, edges, references, true),
})

/** Bellman–Ford from the references: upper bounds of each offset, or (`reversed`) of its negative. */
function shortest(
  count: number,
  edges: readonly Agreed[],
  references: readonly number[],
  reversed: boolean,
): Float64Array {
  const distance = new Float64Array(count).fill(Number.POSITIVE_INFINITY)
  for (const reference of references) distance[reference] = 0
  const relax = (from: number, to: number, ns: number): boolean => {
    if (!(distance[from]! + ns < distance[to]!)) return false
    distance[to] = distance[from]! + ns
    return true
  }
  // A ring of edges that contradict each other would shrink for ever; a hundred rounds are more than real paths have.
  for (let round = 0, changed = true; changed && round < Math.min(count, 100); round++) {
    changed = false
    for (const { a, b, lowNs, highNs } of edges) {
      const [ahead, behind] = reversed ? [-lowNs, highNs] : [highNs, -lowNs]
      if (relax(a, b, ahead)) changed = true
      if (relax(b, a, behind)) changed = true
    }
  }
  return distance
}

/** Zero when raw times agree; the middle of the interval, else its only known end. */
function suggestion(lowNs: number, highNs: number): number {
  if (lowNs <= toleranceNs && highNs >= -toleranceNs) return 0
  if (Number.isFinite(lowNs) && Number.isFinite(highNs)) return Math.round((lowNs + highNs) / 2)
  return Number.isFinite(highNs) ? highNs : Number.isFinite(lowNs) ? lowNs : 0
}

function between(
  processes: readonly Process[],
  offsets: readonly ClockOffset[],
  direct: ReadonlyMap<number, Agreed>,
  a: number,
  b: number,
): PairBounds | null {
  const one = offsets[a]
  const two = offsets[b]
  if (!one || !two || one.reference !== two.reference) return null
  const applied = processes[b]!.offsetNs - processes[a]!.offsetNs
  let lowNs = two.lowNs - one.highNs
  let highNs = two.highNs - one.lowNs
  const edge = direct.get(Math.min(a, b) * processes.length + Math.max(a, b))
  if (edge) {
    lowNs = Math.max(lowNs, a < b ? edge.lowNs : -edge.highNs)
    highNs = Math.min(highNs, a < b ? edge.highNs : -edge.lowNs)
  }
  return lowNs <= highNs ? { lowNs: lowNs - applied, highNs: highNs - applied } : null
}
