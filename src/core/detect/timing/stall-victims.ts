/** Who was ready, or came, while one piece of work kept the loop. */

import { partitionPoint } from '../../sorted.ts'
import type { Context } from '../context.ts'
import { groupBy } from '../drafting.ts'
import { findLags, type Lag, type Lags } from '../lags.ts'
import { blocksOfLoops, type LoopBlock } from '../stalls.ts'

export interface Victim {
  readonly lag: Lag
  /** How much of its delay fell into the stall. */
  readonly delayNs: number
}

/** To be asked per block. */
export function victimsOfBlocks(context: Context): (block: LoopBlock) => Victim[] {
  const lags = findLags(context)
  const arrivals = arrivalsOf(context)
  return block => {
    const late = lateDuring(context, lags, block)
    // Of an inferred stall those that came meanwhile are among the delayed already.
    return eachOnce(block.delayed.length > 0 ? late : [...late, ...cameMeanwhile(context, arrivals, block)])
  }
}

/** A timer that fires late and the await behind it are one wait of one task: the longer of the two counts. */
function eachOnce(victims: readonly Victim[]): Victim[] {
  return groupBy(victims, nameOfVictim).map(same => {
    const longest = same.reduce((a, b) => (b.delayNs > a.delayNs ? b : a))
    return same.find(victim => victim.lag.kind === 'heartbeat') ?? longest
  })
}

export const nameOfVictim = ({ lag }: Victim): string => (lag.task >= 0 ? `task ${lag.task}` : lag.name)

function lateDuring(context: Context, lags: Lags, block: LoopBlock): Victim[] {
  const out: Victim[] = []
  for (const index of lags.byLoop.overlapping(block.loop, block.startNs, block.endNs)) {
    const lag = lags.list[index]!
    if (lag.task >= 0 && lag.task === block.task) continue
    const delayNs = Math.min(lag.ranNs, block.endNs) - Math.max(lag.readyNs, block.startNs)
    if (delayNs >= context.thresholds.stallVictimNs) out.push({ lag, delayNs })
  }
  // Of an inferred stall only who was late is known, not since when: at most since it began.
  for (const task of block.delayed) {
    const { startNs, endNs } = context.model.tasks[task]!
    const ranNs = Math.max(block.endNs, startNs > block.startNs ? startNs : Math.min(endNs, block.endNs))
    out.push(lateBy(context, block, task, ranNs, startNs > block.startNs ? cameAnyTime : 1))
  }
  return out
}

/** Those that came meanwhile came at any time of it: half of it, on average. */
const cameAnyTime = 0.5

function lateBy({ model }: Context, block: LoopBlock, task: number, ranNs: number, share: number): Victim {
  const { row, name } = model.tasks[task]!
  return {
    lag: { loop: block.loop, task, readyNs: block.startNs, ranNs, row, kind: 'await', name },
    delayNs: (block.endNs - block.startNs) * share,
  }
}

interface Arrival {
  readonly atNs: number
  readonly task: number
  readonly row: number
}

/** Starts of requests per process, in order. */
type Arrivals = ReadonlyMap<number, readonly Arrival[]>

function arrivalsOf({ model }: Context): Arrivals {
  const out = new Map<number, Arrival[]>()
  for (const { process, task, startNs, row } of model.requests) {
    if (task < 0) continue
    const arrival = { atNs: startNs, task, row }
    const list = out.get(process)
    if (list) list.push(arrival)
    else out.set(process, [arrival])
  }
  for (const list of out.values()) list.sort((a, b) => a.atNs - b.atNs)
  return out
}

/**
 * A request that comes while the loop is kept begins, for the service, when the loop is free again: all that came begin at
 * once. Told from a burst of its own by the traffic before it, which was steady and dense enough for some to have come.
 *
 *     report       ████████████████
 *     requests  ╵ ╵ ╵              ╵╵╵╵╵ ╵ ╵
 */
function cameMeanwhile(context: Context, arrivals: Arrivals, block: LoopBlock): Victim[] {
  const { model, thresholds } = context
  const list = arrivals.get(model.loops[block.loop]?.process ?? -1)
  if (!list || model.loops[block.loop]?.kind === 'worker') return []
  const lengthNs = block.endNs - block.startNs - block.pausedNs
  const burstNs = Math.max(burstMinNs, burstRatio * lengthNs)
  const fromNs = Math.max(list[0]!.atNs, block.startNs - lookBackRatio * lengthNs)
  // What came at once because of an earlier block says nothing about the traffic.
  const before = between(list, fromNs, block.startNs).filter(
    ({ atNs }) => blocksOfLoops(context).overlapping(block.loop, atNs - burstNs, atNs).length === 0,
  )
  const after = between(list, block.endNs, block.endNs + burstNs).filter(
    ({ row }) => !askedAfter(context, row, block),
  )
  const perNs = before.length / Math.max(lengthNs, block.startNs - fromNs)
  if (
    perNs * lengthNs < expectedCount ||
    after.length < Math.max(expectedCount, burstShare * perNs * lengthNs, burstFactor * perNs * burstNs) ||
    lengthNs * cameAnyTime < thresholds.stallVictimNs
  )
    return []
  const burstsAnyway = before.some(
    ({ atNs }) => between(before, atNs, atNs + burstNs).length >= after.length / 2,
  )
  if (burstsAnyway) return []
  return after.map(({ atNs, task }) => lateBy(context, block, task, atNs, cameAnyTime))
}

/** As long as this many blocks before it the traffic is looked at. */
const lookBackRatio = 5
/** Requests that the usual traffic would have brought meanwhile. */
const expectedCount = 3
const burstMinNs = 10e6
const burstRatio = 0.1
const burstShare = 0.3
/** So many times what the usual traffic brings in that time. */
const burstFactor = 3

/** The trace has the call that it answers, and that was made when the loop was free again. */
function askedAfter({ store }: Context, row: number, block: LoopBlock): boolean {
  const parent = store.spans.parent[row]!
  return parent >= 0 && store.spans.startNs[parent]! >= block.endNs
}

function between(list: readonly Arrival[], fromNs: number, toNs: number): readonly Arrival[] {
  return list.slice(firstFrom(list, fromNs), firstFrom(list, toNs))
}

/** Index of the first at or after `atNs`. */
const firstFrom = (list: readonly Arrival[], atNs: number): number =>
  partitionPoint(0, list.length, at => list[at]!.atNs < atNs)

/** Loading modules before the first request: slow, but nobody was served yet, and nothing went round yet. */
export function isStartUp(context: Context, block: LoopBlock, victims: readonly Victim[]): boolean {
  const { model, store } = context
  const process = model.loops[block.loop]?.process ?? -1
  const served = model.requests.some(request => request.process === process && request.startNs <= block.endNs)
  const early = block.startNs - (store.processes[process]?.firstNs ?? 0) < 500e6
  return (
    early &&
    !served &&
    victims.every(
      ({ lag }) =>
        lag.kind !== 'heartbeat' && !isUserTask(context, lag.task) && !wentRound(context, lag, block.startNs),
    )
  )
}

/** It had waited for the same thing again and again: it was at its work, not on its way to it. */
function wentRound(context: Context, { kind, task, name }: Lag, atNs: number): boolean {
  const { awaits, ticks, tasks } = context.model
  if (task < 0) return false
  const rounds =
    kind === 'timer'
      ? ticks.filter(tick => tick.task === task && tick.name === name && tick.endNs <= atNs)
      : context
          .awaitsOf()
          .overlapping(task, tasks[task]!.startNs, atNs)
          .filter(index => awaits[index]!.targetId === name && awaits[index]!.endNs <= atNs)
  return rounds.length >= roundsCount
}

const roundsCount = 2

const isUserTask = (context: Context, task: number) =>
  /^(request|stream)$/.test(context.model.tasks[task]?.type ?? '')
