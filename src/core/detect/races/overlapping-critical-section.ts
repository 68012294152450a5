/**
 * Two holds of one exclusive resource at the same time, or two sections on one key of which the store refused one.
 *
 *     T1@lock  ####····####
 *     T2@lock       ####          both hold `lock`: it does not exclude
 */
import { type Hold, isGuess, type Model } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import { isLossy } from '../coverage.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import {
  culpritOf,
  groupBy,
  makeDraft,
  placeOf,
  sectionOf,
  stepOfAccess,
  stepsInOrder,
  victimsOf,
} from '../drafting.ts'
import type { Cleared, Step } from '../finding.ts'
import { exclusiveTypes, type ResourceGroup } from '../resource-groups.ts'
import { duration, fact, limit, other, taskName } from '../words.ts'
import { duplicatePairs } from './duplicate-pairs.ts'
import { explainGuard } from './guards.ts'
import { interleavingDraft } from './interleaving-draft.ts'
import type { Interleaving } from './interleavings.ts'
import { remedyForState } from './primitives.ts'

export const overlappingCriticalSection: Detector = {
  id: 'overlapping-critical-section',
  // Recorded holds and accesses, or locks in Redis, which their commands tell.
  needs: ['tasks'],
  run(context: Context): Detected {
    const observed: Draft[] = []
    const cleared: Cleared[] = []
    context.groups().forEach((group, index) => {
      context.checkpoint()
      const type = context.model.resources[group.resource]!.type
      if (!exclusiveTypes.has(type) && !(type === 'semaphore' && group.capacity === 1)) return
      if (type === 'rwlock' && !saysWhoShares(context, group)) return
      const pairs = overlaps(context, index)
      for (const same of groupBy(pairs, pair => pair.second.site))
        observed.push(draftOfHolds(context, group.resource, same))
      if (pairs.length === 0 && group.holds.length > 1) {
        cleared.push({
          detector: 'overlapping-critical-section',
          subject: context.model.resources[group.resource]!.label,
          reason: `held ${group.holds.length} times, never by two at once`,
        })
      }
    })
    const claims = duplicatePairs(context).claims
    const refused = context.interleavings().list.filter(item => item.meaning === 'refused' && !claims(item))
    for (const group of groupBy(refused, item => `${item.key}\n${item.write.site}`))
      observed.push(draftOfAccesses(context, group))
    return { observed, predicted: [], cleared: cleared.slice(0, 20) }
  },
}

/** A lock for readers and writers of which nobody says who reads: several holders at a time are as it should be. */
const saysWhoShares = ({ model }: Context, { holds, waits }: ResourceGroup): boolean =>
  holds.some(hold => model.holds[hold]!.mode === 'shared') ||
  waits.some(wait => model.waits[wait]!.mode === 'shared')

interface Pair {
  readonly a: number
  readonly b: number
  readonly first: Hold
  readonly second: Hold
  readonly overlapNs: number
}

/** Pairs of holds that exclude each other and overlap all the same. One pass: only the hold that reaches furthest matters. */
function overlaps(context: Context, group: number): Pair[] {
  const { model, thresholds, clock } = context
  const tree = context.tree()
  const out: Pair[] = []
  let reaching: number[] = []
  for (const index of context.groups()[group]!.holds) {
    const hold = model.holds[index]!
    reaching = reaching.filter(other => endOf(model.holds[other]!) > hold.startNs)
    for (const other of reaching) {
      const before = model.holds[other]!
      if (before.mode === 'shared' && hold.mode === 'shared') continue
      if (before.task === hold.task || tree.related(before.task, hold.task)) continue
      const processA = model.resources[before.resource]!.process
      const processB = model.resources[hold.resource]!.process
      const overlapNs = Math.min(endOf(before), endOf(hold)) - hold.startNs
      const marginNs =
        thresholds.overlapToleranceNs +
        clock.marginNs(
          model.tasks[before.task]?.process ?? processA,
          model.tasks[hold.task]?.process ?? processB,
        )
      // A hand-over: the old holder's end was written after the new holder's start.
      if (overlapNs <= marginNs) continue
      const guessed = isGuess(before.inferred) || isGuess(hold.inferred)
      if (guessed && !(overlapNs > guessedOverlapNs && hadToAsk(model, hold))) continue
      // A command that was lost makes a hold seem longer than it was.
      if (guessed && (isLossy(model, processA) || isLossy(model, processB))) continue
      out.push({ a: other, b: index, first: before, second: hold, overlapNs })
    }
    // A resource that excludes nobody would make this quadratic; a few witnesses are enough.
    if (reaching.length < 16) reaching.push(index)
  }
  return out
}

/** Of a guessed hold the ends are those of its commands. */
const guessedOverlapNs = 20e6

/** It asked for a lock kept in Redis until it got it: so it is a lock, and somebody else had it when it first asked. */
const hadToAsk = ({ resources }: Model, { resource, wait }: Hold): boolean =>
  wait >= 0 && resources[resource]!.type === 'distributed_lock'

const endOf = (hold: Hold) => (hold.open ? Number.POSITIVE_INFINITY : hold.endNs)

function draftOfHolds(context: Context, resource: number, pairs: readonly Pair[]): Draft {
  const { model, thresholds } = context
  const pair = [...pairs].sort((a, b) => b.overlapNs - a.overlapNs)[0]!
  const { first, second } = pair
  const name = model.resources[resource]!.label
  const endNs = Math.min(first.endNs, second.endNs)
  const expired = first.releaseType === 'expired' || second.releaseType === 'expired'
  const overlapNs = Math.min(pair.overlapNs, endNs - second.startNs)
  const steps: Step[] = [first, second].flatMap(hold => [
    { atNs: hold.startNs, task: hold.task, event: 'acquired', value: name, row: hold.row },
    ...(hold.open
      ? []
      : [
          {
            atNs: hold.endNs,
            task: hold.task,
            event: hold.releaseType === 'expired' ? 'expired' : 'released',
            value: name,
            row: hold.row,
          },
        ]),
  ])
  return {
    detector: 'overlapping-critical-section',
    severity: 'high',
    confidence: confidenceOf({
      tier: isGuess(second.inferred) ? 'inferred' : 'observed',
      repeats: pairs.length,
      proven: overlapNs > 10 * thresholds.overlapToleranceNs,
    }),
    startNs: first.startNs,
    endNs: Math.max(first.endNs, second.endNs),
    subject: { kind: 'resource', name },
    resource,
    key: -1,
    loop: -1,
    culprit: culpritOf(
      { role: 'acquires second', site: second.site },
      [{ role: 'acquires first', site: first.site }],
      [second.row, first.row],
    ),
    victims: victimsOf(model, [first], 0),
    steps: stepsInOrder(steps),
    evidence: [
      fact('held by both for', overlapNs, 'ns', second.row),
      fact('the second entered later by', second.startNs - first.startNs, 'ns'),
      fact('times this happened', pairs.length, '1'),
      limit(thresholds, 'overlapToleranceNs'),
    ],
    against: [],
    missing: [],
    marks: [
      {
        kind: 'overlap',
        a: sectionOf(model, first.task, first.startNs, first.endNs, pair.a),
        b: sectionOf(model, second.task, second.startNs, second.endNs, pair.b),
        gapNs: second.startNs - first.startNs,
      },
    ],
    text: {
      title: `${taskName(model, second.task)} entered ${name} ${duration(second.startNs - first.startNs)} after ${other(taskName(model, first.task), taskName(model, second.task))}, and for ${duration(overlapNs)} both held it`,
      rule: `${name} has one holder at a time`,
      explainer: expired
        ? 'The first holder’s lease ran out while it was still working. The lock went to the next one, and both worked on the same thing, each as if alone.'
        : 'Both tasks took themselves to be alone in the critical section. A lock excludes only those who use the same lock and keep it until they are done.',
      remedy: expired
        ? {
            primitive: 'fencing token, and renew the lease',
            why: 'The store refuses a writer whose token is older than one it has seen, so a holder that outlived its lease can do no harm.',
            whatIf: {},
          }
        : {
            primitive: 'one lock instance, released by its holder only',
            why: 'With one instance and one release per acquire the second task waits until the first is done.',
            whatIf: {},
          },
    },
    explains: 'yes',
    defect: true,
  }
}

function draftOfAccesses(context: Context, group: readonly Interleaving[]): Draft {
  const { model } = context
  const item = group[0]!
  const key = model.keys[item.key]!
  const guard = explainGuard(context, item)
  const common = interleavingDraft(context, item, { proven: true, repeats: group.length })
  const [mark] = common.marks
  const accesses = [item.read, item.foreign, item.write, ...(item.foreignRead ? [item.foreignRead] : [])]
  const gapNs = Math.abs(mark.a.startNs - mark.b.startNs)
  return makeDraft({
    ...common,
    detector: 'overlapping-critical-section',
    severity: 'medium',
    culprit: culpritOf(placeOf(item.write), [placeOf(item.read), placeOf(item.foreign)], common.culprit.rows),
    victims: victimsOf(
      model,
      group.map(entry => entry.write),
      0,
    ),
    steps: stepsInOrder(accesses.map(access => stepOfAccess(model, access))),
    evidence: [
      fact('the second entered later by', gapNs, 'ns'),
      fact(
        'its write failed with',
        item.write.error || 'its transaction was rolled back',
        '',
        item.write.span,
      ),
    ],
    marks: [{ ...mark, gapNs }],
    text: {
      title: `Overlapping critical sections on ${key}, ${duration(gapNs)} apart: the write of ${taskName(model, item.write.task)} was refused`,
      rule: guard.rule,
      explainer:
        'Two tasks worked on the same entry at the same time. The store caught it and refused the second write, and the task had no plan for that.',
      remedy: remedyForState(key, guard, item.read.process !== item.foreign.process),
    },
  })
}
