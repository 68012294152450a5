/** The opposite of a deadlock that looks the same from outside: the resource is free, and those in front of it were not told. */
import { isGuess } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import { isLossy } from '../coverage.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, makeDraft, sectionOf, victimsOf } from '../drafting.ts'
import { stretches } from '../sweep.ts'
import { count, duration, fact, largest, limit } from '../words.ts'

/** Permits free and somebody waiting all the same: the wake-up was lost. */
export function lostWakeUp(context: Context, index: number): Draft | null {
  const { model, thresholds, store } = context
  const group = context.groups()[index]!
  const resource = model.resources[group.resource]!
  if (!group.declared || group.holds.length === 0 || group.waits.length === 0) return null
  if (resource.type === 'transaction' || resource.scope !== 'process') return null
  const lastNs = store.processes[resource.process]?.lastNs ?? store.durationNs
  const needed = largest(group.waits.map(wait => model.waits[wait]!.permits))
  // A writer fits in with nobody, however many readers do.
  const exclusive = group.capacity === 1 || resource.type === 'rwlock'
  const idle = stretches(
    context.occupancy(index),
    lastNs,
    0,
    (inUse, waiting) => waiting > 0 && (exclusive ? inUse === 0 : inUse + needed <= group.capacity),
  )
    .filter(stretch => stretch.endNs - stretch.startNs >= thresholds.deadlockNs)
    .sort((a, b) => b.endNs - b.startNs - (a.endNs - a.startNs))[0]
  if (!idle) return null
  const lossy = (store.processes[resource.process]?.lost ?? 0) !== 0 || isLossy(model, resource.process)
  if (lossy || group.holds.some(hold => isGuess(model.holds[hold]!.inferred))) return null
  const waits = group.waits
    .map(wait => model.waits[wait]!)
    .filter(wait => wait.startNs < idle.endNs && wait.endNs > idle.startNs)
  const first = waits[0]!
  const cancelled = group.waits
    .map(wait => model.waits[wait]!)
    .find(wait => wait.outcome === 'cancelled' && Math.abs(wait.endNs - idle.startNs) < thresholds.deadlockNs)
  return makeDraft({
    detector: 'deadlock',
    severity: 'critical',
    confidence: confidenceOf({ tier: 'observed', repeats: waits.length, completeness: 0.8 }),
    startNs: idle.startNs,
    endNs: idle.endNs,
    subject: { kind: 'resource', name: resource.label },
    resource: group.resource,
    culprit: culpritOf(
      { role: cancelled ? 'waits, then is cancelled' : 'waits', site: cancelled?.site ?? first.site },
      [{ role: 'waits', site: first.site }],
      [cancelled?.row ?? first.row],
    ),
    victims: victimsOf(
      model,
      waits,
      waits.reduce(
        (sum, wait) => sum + Math.min(wait.endNs, idle.endNs) - Math.max(wait.startNs, idle.startNs),
        0,
      ),
    ),
    steps: waits.slice(0, 3).map(wait => ({
      atNs: wait.startNs,
      task: wait.task,
      event: 'asked for',
      value: resource.label,
      row: wait.row,
    })),
    evidence: [
      fact('free while somebody waited for it', idle.endNs - idle.startNs, 'ns'),
      fact('tasks that waited', waits.length, '{task}'),
      limit(thresholds, 'deadlockNs'),
    ],
    missing: ['Whether somebody held it unseen: a hold that was not recorded would explain it as well.'],
    marks: waits
      .slice(0, 8)
      .map(wait => ({ kind: 'section' as const, a: sectionOf(model, wait.task, wait.startNs, wait.endNs) })),
    text: {
      title: `${resource.label} was free for ${duration(idle.endNs - idle.startNs)} while ${count(waits.length, 'task')} waited for it: a wake-up was lost`,
      rule: `nobody waits for ${resource.label} while it is free`,
      explainer:
        'The resource was given back, but the next in line was never told: often because the one that was told had been cancelled in the meantime and did not pass it on.',
      remedy: {
        primitive: 'hand over to the first waiter that is still there',
        why: 'A waiter that gives up must leave the queue, or pass the wake-up on to the next.',
      },
    },
  })
}
