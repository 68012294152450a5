/**
 * Holds kept long after their last use, never released, or kept across a wait for something else.
 *
 *     ##------------------------    used for a moment, kept for the stream's life
 *     ####>                         the task ended, the hold did not
 */
import type { Hold, Wait } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import { culpritOf, groupBy, sectionOf, stepsInOrder, victimsOf } from '../drafting.ts'
import type { Cleared, Evidence, Severity, Step } from '../finding.ts'
import type { ResourceGroup } from '../resource-groups.ts'
import { longestWithoutGrant, timedOut } from '../waiting.ts'
import { duration, fact, largest, limit, oneOf, smallest, unitOfResource } from '../words.ts'
import { arrivalsOf, lastUseOf, usageOf, usefulRatio } from './hold-usage.ts'
import { describe, type Facts } from './leaked-hold-text.ts'
import { findLeaks, type Leak, type LeakKind } from './leaks.ts'
import { simulate } from './what-if.ts'

export const leakedHold: Detector = {
  id: 'leaked-hold',
  // Recorded holds tell most; of row locks in a database, time tells.
  needs: ['waits'],
  run(context: Context): Detected {
    const observed: Draft[] = []
    const cleared: Cleared[] = []
    context.groups().forEach((group, index) => {
      context.checkpoint()
      const leaks = findLeaks(context, group, cleared)
      for (const same of groupBy(leaks, leak => leak.hold.site))
        observed.push(draft(context, group, index, same))
    })
    return { observed, predicted: [], cleared: cleared.slice(0, 20) }
  },
}

function draft(context: Context, group: ResourceGroup, index: number, leaks: readonly Leak[]): Draft {
  const { model, thresholds } = context
  const resource = model.resources[group.resource]!
  const name = resource.label
  const holds = leaks.map(leak => leak.hold)
  const kinds = new Set(leaks.map(leak => leak.kind))
  const kind: LeakKind = kinds.has('kept')
    ? 'kept'
    : kinds.has('never-released')
      ? 'never-released'
      : 'foreign-wait'
  const waits = [...new Set(leaks.flatMap(leak => leak.waits))].sort((a, b) => a.startNs - b.startNs)
  const totalWaitNs = waits.reduce((sum, wait) => sum + wait.endNs - wait.startNs, 0)
  const failures = waits.filter(timedOut)
  const held = peakOf(leaks)
  const occupancy = context.occupancy(index)
  const capacity = group.declared ? group.capacity : occupancy.peakInUse
  const use = usageOf(model, group)
  const ratio = usefulRatio(holds)
  const startNs = smallest(holds.map(hold => hold.startNs))
  const endNs = largest(holds.map(hold => hold.endNs))
  const first = waits[0]
  const stuck =
    first !== undefined &&
    longestWithoutGrant(context, group, first.startNs, largest(waits.map(wait => wait.endNs))) >=
      thresholds.poolCriticalNs
  const worstNs = largest(
    waits.map(wait => wait.endNs - wait.startNs),
    0,
  )
  const severity: Severity = stuck
    ? 'critical'
    : failures.length > 0
      ? 'high'
      : worstNs >= 1e9
        ? 'high'
        : 'medium'
  const shorter = simulate(
    arrivalsOf(context, group, hold => (holds.includes(hold) ? useful(hold) : hold.endNs - hold.startNs)),
    capacity,
  )
  const larger = simulate(
    arrivalsOf(context, group, hold => hold.endNs - hold.startNs),
    capacity * 10,
  )
  const facts: Facts = {
    name,
    what: oneOf(resource),
    unit: unitOfResource(resource),
    kind,
    holds,
    held,
    capacity,
    waits,
    failures,
    ratio,
    known: use.known && holds.some(hold => hold.uses.length > 0),
    shorter,
    larger,
  }
  const unit = `{${unitOfResource(resource)}}`
  const evidence: Evidence[] = [
    fact('kept by this code at once', held, unit),
    // Where the culprit holds them all, one number tells both.
    ...(occupancy.peakInUse === held ? [] : [fact('in use at once, by anybody', occupancy.peakInUse, unit)]),
    fact('capacity', capacity, unit),
    fact(
      kind === 'never-released' ? 'never given back, for' : 'kept after its last use, at longest',
      largest(leaks.map(leak => leak.hold.endNs - leak.idleFromNs)),
      'ns',
      holds[0]!.row,
    ),
  ]
  if (facts.known)
    evidence.push(fact('part of that time it was in use', Number((ratio * 100).toPrecision(2)), '%'))
  evidence.push(
    fact('tasks that had to wait', waits.length, '{task}'),
    fact('of them timed out', failures.length, '{task}'),
  )
  if (first) evidence.push(fact('the first of them waited', first.endNs - first.startNs, 'ns', first.row))
  evidence.push(
    limit(thresholds, kind === 'foreign-wait' ? 'foreignWaitNs' : 'leakTailNs'),
    limit(thresholds, 'leakTailRatio'),
  )
  return {
    detector: 'leaked-hold',
    severity,
    confidence: confidenceOf({
      tier: holds.some(hold => hold.inferred) ? 'inferred' : 'observed',
      proven: failures.length > 0 || kind === 'never-released',
      repeats: holds.length,
      counterfactual: waits.length > 0 && shorter.waits === 0,
    }),
    startNs: first ? Math.min(startNs, first.startNs) : startNs,
    endNs,
    subject: { kind: 'resource', name },
    resource: group.resource,
    key: -1,
    loop: -1,
    culprit: culpritOf(
      { role: 'acquires', site: holds[0]!.site },
      [],
      holds.map(hold => hold.row),
    ),
    victims: victimsOf(model, waits, totalWaitNs),
    steps: stepsOf(context, group, leaks, waits),
    evidence,
    against: [],
    missing:
      kind === 'never-released' || facts.known
        ? []
        : ['What was done under the hold (`interleave.hold.ids`): it would show when it was last of use.'],
    marks: [
      ...leaks.slice(0, 12).map(leak => ({
        kind: 'section' as const,
        a: sectionOf(model, leak.hold.task, leak.hold.startNs, leak.hold.endNs, leak.index),
      })),
      ...(first
        ? [{ kind: 'section' as const, a: sectionOf(model, first.task, first.startNs, first.endNs) }]
        : []),
    ],
    text: describe(context, facts),
    explains: 'yes',
    defect: true,
  }
}

/** What it would be kept for if it were released after its last use. */
const useful = (hold: Hold) => lastUseOf(hold) - hold.startNs

/** `connection 10 of 10`: which one of them it was, by how many were out with it. */
function numbered(context: Context, group: ResourceGroup, hold: Hold): string {
  const resource = context.model.resources[group.resource]!
  if (!group.declared || group.capacity < 2) return resource.label
  const out = group.holds.filter(index => {
    const other = context.model.holds[index]!
    return other.startNs <= hold.startNs && other.endNs > hold.startNs
  })
  return `${unitOfResource(resource)} ${out.length} of ${group.capacity}`
}

/** Most of these holds at one time. */
function peakOf(leaks: readonly Leak[]): number {
  const ends = leaks.flatMap(({ hold }) => [
    { atNs: hold.startNs, delta: hold.permits },
    { atNs: hold.open ? Number.POSITIVE_INFINITY : hold.endNs, delta: -hold.permits },
  ])
  ends.sort((a, b) => a.atNs - b.atNs || a.delta - b.delta)
  let now = 0
  let peak = 0
  for (const end of ends) {
    now += end.delta
    peak = Math.max(peak, now)
  }
  return peak
}

function stepsOf(
  context: Context,
  group: ResourceGroup,
  leaks: readonly Leak[],
  waits: readonly Wait[],
): Step[] {
  const resource = context.model.resources[group.resource]!
  const name = resource.label
  const steps: Step[] = []
  const first = leaks[0]!.hold
  const last = leaks.at(-1)!.hold
  for (const hold of first === last ? [first] : [first, last]) {
    steps.push({
      atNs: hold.startNs,
      task: hold.task,
      event: 'acquired',
      value: numbered(context, group, hold),
      row: hold.row,
    })
    if (hold.lastUseNs >= 0)
      steps.push({
        atNs: hold.lastUseNs,
        task: hold.task,
        event: 'last used it',
        value: `${duration(hold.lastUseNs - hold.startNs)} after taking it`,
        row: hold.row,
      })
  }
  for (const wait of waits.slice(0, 1)) {
    steps.push({ atNs: wait.startNs, task: wait.task, event: 'asked for', value: name, row: wait.row })
    if (!wait.open) {
      steps.push({
        atNs: wait.endNs,
        task: wait.task,
        event: timedOut(wait) ? 'timed out' : wait.outcome || 'granted',
        value: `after ${duration(wait.endNs - wait.startNs)}`,
        row: wait.row,
      })
    }
  }
  steps.push({
    atNs: first.endNs,
    task: first.task,
    event: first.open ? 'still held' : 'released',
    value: `after ${duration(first.endNs - first.startNs)}`,
    row: first.row,
  })
  return stepsInOrder(steps)
}
