/** Which holds were of no use any more while others waited, or were forgotten. */
import { type Hold, isGuess, type Wait } from '../../convention/model.ts'
import type { Context } from '../context.ts'
import { isLossy } from '../coverage.ts'
import { groupBy } from '../drafting.ts'
import type { Cleared } from '../finding.ts'
import { exclusiveTypes, type ResourceGroup } from '../resource-groups.ts'
import { waitsDuring } from '../waiting.ts'
import { count, duration, largest } from '../words.ts'
import { callUnderLock } from './calls-under-lock.ts'
import { cancellations } from './cancellations.ts'
import { lastUseOf, usageOf, usefulRatio } from './hold-usage.ts'

export type LeakKind = 'kept' | 'never-released' | 'foreign-wait'

export interface Leak {
  readonly index: number
  readonly hold: Hold
  readonly kind: LeakKind
  /** From here on it was of no use. */
  readonly idleFromNs: number
  readonly waits: readonly Wait[]
}

export interface Stretch {
  readonly startNs: number
  readonly endNs: number
}

/** Types whose use is told by spans stamped with the hold; what a mutex protects is whatever runs under it. */
const usedThrough = new Set(['pool', 'connection', 'transaction'])

export function findLeaks(context: Context, group: ResourceGroup, cleared: Cleared[]): Leak[] {
  const { model, thresholds } = context
  const use = usageOf(model, group)
  const tailNs = Math.max(thresholds.leakTailNs, thresholds.leakTailRatio * use.medianUsefulNs)
  const type = model.resources[group.resource]!.type
  const forgetful = forgetfulSites(context, group)
  const leaks: Leak[] = []
  const pinned: Hold[] = []
  for (const index of group.holds) {
    const hold = model.holds[index]!
    if (isCancelled(context, hold)) continue
    const idleFromNs = lastUseOf(hold)
    if (outlivesItsTask(context, hold)) {
      const waits = waitsDuring(context, group, hold.startNs, hold.endNs)
      if (isShown(context, hold, waits, forgetful)) {
        leaks.push({
          index,
          hold,
          kind: 'never-released',
          idleFromNs: Math.max(idleFromNs, model.tasks[hold.task]?.endNs ?? idleFromNs),
          waits,
        })
        continue
      }
    }
    const remote = exclusiveTypes.has(type) ? remoteWaitUnder(context, hold, type) : null
    if (remote) {
      const waits = waitsDuring(context, group, remote.startNs, remote.endNs).filter(
        wait =>
          overlap(wait, hold.startNs, hold.endNs) >= thresholds.foreignWaitNs &&
          (isGuess(hold.inferred) || !foundItDone(context, wait, hold)),
      )
      if (waits.length > 0)
        leaks.push({ index, hold, kind: 'foreign-wait', idleFromNs: remote.startNs, waits })
      continue
    }
    if (!use.known || isGuess(hold.inferred)) continue
    if (hold.endNs - idleFromNs >= tailNs) {
      if (isBlocked(context, hold, idleFromNs)) continue
      const waits = waitsDuring(context, group, idleFromNs, hold.endNs)
      const blockedNs = waits.reduce((sum, wait) => sum + overlap(wait, idleFromNs, hold.endNs), 0)
      if (blockedNs >= thresholds.foreignWaitNs) leaks.push({ index, hold, kind: 'kept', idleFromNs, waits })
      else pinned.push(hold)
      continue
    }
    if (usedThrough.has(type)) {
      const foreign = foreignWait(context, hold)
      if (!foreign || isBlocked(context, hold, idleFromNs)) continue
      const waits = waitsDuring(context, group, foreign.startNs, foreign.endNs).filter(
        wait => wait.endNs - wait.startNs >= thresholds.foreignWaitNs,
      )
      if (waits.length > 0)
        leaks.push({ index, hold, kind: 'foreign-wait', idleFromNs: foreign.startNs, waits })
    }
  }
  if (leaks.length === 0 && pinned.length > 0) {
    cleared.push({
      detector: 'leaked-hold',
      subject: model.resources[group.resource]!.label,
      reason: `${count(pinned.length, 'hold')} kept unused for up to ${duration(largest(pinned.map(hold => hold.endNs - lastUseOf(hold))))}, but nobody waited`,
    })
  }
  return leaks
}

const overlap = (wait: Wait, fromNs: number, toNs: number) =>
  Math.max(0, Math.min(wait.endNs, toNs) - Math.max(wait.startNs, fromNs))

/** A cancelled or timed-out holder is another detector's case. */
function isCancelled(context: Context, hold: Hold): boolean {
  const cancel = cancellations(context).get(hold.task)
  return cancel !== undefined && cancel.atNs >= hold.startNs && cancel.atNs <= hold.endNs
}

/** It does not dawdle, it waits for another resource itself (or a child that it awaits does): whoever holds that is to blame. */
function isBlocked(context: Context, hold: Hold, fromNs: number): boolean {
  const { model } = context
  if (hold.endNs <= fromNs) return false
  const blockedNs = (task: number) =>
    context
      .waitsOf()
      .overlapping(task, fromNs, hold.endNs)
      .reduce((sum, index) => sum + overlap(model.waits[index]!, fromNs, hold.endNs), 0)
  const children = context
    .awaitsOf()
    .overlapping(hold.task, fromNs, hold.endNs)
    .flatMap(index => model.awaits[index]!.awaits)
  return [hold.task, ...children].some(task => blockedNs(task) >= (hold.endNs - fromNs) / 2)
}

/** Its task is over, and nobody below it runs any more. */
function outlivesItsTask(context: Context, hold: Hold): boolean {
  const { tasks } = context.model
  if (hold.releaseType === 'leaked') return true
  if (!hold.open || (tasks[hold.task]?.open ?? true)) return false
  return !context
    .tree()
    .family(hold.task)
    .some(member => tasks[member]!.open)
}

/**
 * The trace goes on without a release. Where records are missing there may have been one, unless somebody waits for it in vain,
 * or most holds of the same code have none.
 */
function isShown(
  context: Context,
  hold: Hold,
  waits: readonly Wait[],
  forgetful: ReadonlySet<string>,
): boolean {
  const { model } = context
  const task = model.tasks[hold.task]
  if (hold.releaseType === 'leaked' || !task) return true
  if (isLossy(model, task.process))
    return forgetful.has(hold.site) || waits.some(wait => wait.outcome !== 'acquired')
  return context.absence(task.process, Math.max(task.endNs, hold.startNs)).shown
}

/** Code of which most holds, and no fewer than so many, are open to the end. */
function forgetfulSites({ model }: Context, group: ResourceGroup): Set<string> {
  const sites = groupBy(
    group.holds.map(index => model.holds[index]!),
    ({ site }) => site,
  )
  const forgetful = sites.filter(holds => {
    const open = holds.filter(hold => hold.open).length
    return open >= minOpen && open > holds.length / 2
  })
  return new Set(forgetful.map(holds => holds[0]!.site))
}

const minOpen = 3

/** Awaits tell it of recorded locks; of those that a database keeps for us, only calls of clients can. */
function remoteWaitUnder(context: Context, hold: Hold, type: string): Stretch | null {
  if (isGuess(hold.inferred)) return type === 'distributed_lock' ? null : callUnderLock(context, hold)
  return usedThrough.has(type) ? null : remoteWait(context, hold)
}

/** The longest wait for something that has nothing to do with the resource, under a hold that is mostly such waiting. */
function foreignWait(context: Context, hold: Hold): Stretch | null {
  const { model, thresholds } = context
  if (hold.uses.length === 0 || usefulRatio([hold]) >= 0.5) return null
  let longest: Stretch | null = null
  for (const index of context.awaitsOf().overlapping(hold.task, hold.startNs, hold.endNs)) {
    const entry = model.awaits[index]!
    const startNs = Math.max(entry.startNs, hold.startNs)
    const endNs = Math.min(entry.endNs, hold.endNs)
    if (
      endNs - startNs < thresholds.foreignWaitNs ||
      hold.uses.some(use => use.startNs < endNs && use.endNs > startNs)
    )
      continue
    if (!longest || endNs - startNs > longest.endNs - longest.startNs) longest = { startNs, endNs }
  }
  return longest
}

/**
 * A lock kept for as long as the network takes: nearly all of the hold is waiting for sockets, be it one wait or several
 * (to connect, for the head, for the body). What a lock protects is not in the trace, but whatever it is, it stood still
 * meanwhile.
 */
function remoteWait(context: Context, hold: Hold): Stretch | null {
  const { model, thresholds } = context
  if (lengthOf(hold) < thresholds.foreignWaitNs || isGuess(hold.inferred) || hold.open) return null
  let startNs = hold.endNs
  let endNs = hold.startNs
  let waitedNs = 0
  for (const index of context.awaitsOf().overlapping(hold.task, hold.startNs, hold.endNs)) {
    const entry = model.awaits[index]!
    // A file is what such a lock is for as a rule: reading and writing it are its work.
    if (entry.targetType !== 'io' || entry.targetId === 'file' || entry.open) continue
    const fromNs = Math.max(entry.startNs, endNs)
    const toNs = Math.min(entry.endNs, hold.endNs)
    if (toNs <= fromNs) continue
    startNs = Math.min(startNs, fromNs)
    endNs = toNs
    waitedNs += toNs - fromNs
  }
  return waitedNs >= thresholds.foreignWaitNs && waitedNs >= remoteShare * lengthOf(hold)
    ? { startNs, endNs }
    : null
}

/** It took the same lock for the same work, and found it done: it waited for the result, not for the lock. */
function foundItDone({ model }: Context, wait: Wait, hold: Hold): boolean {
  const own = model.holds[wait.hold]
  // Its span was lost: it may have been as short.
  if (!own && wait.outcome === 'acquired' && isLossy(model, model.tasks[wait.task]?.process ?? -1))
    return true
  return own !== undefined && own.site === hold.site && lengthOf(own) < doneShare * lengthOf(hold)
}

const lengthOf = (hold: Hold): number => hold.endNs - hold.startNs
const doneShare = 0.1

const remoteShare = 0.8
