import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import {
  culpritOf,
  groupBy,
  makeDraft,
  placeOf,
  rowOfTask,
  sectionOf,
  stepOfAccess,
  victimsOf,
} from '../drafting.ts'
import { exclusiveTypes } from '../resource-groups.ts'
import { duration, fact, largest, limit } from '../words.ts'
import { herdsOfCalls } from './herd-calls.ts'
import { findHerds, type Herd } from './refreshes.ts'

/** Many refresh one entry at the same time although one refresh would serve them all. */
export const thunderingHerd: Detector = {
  id: 'thundering-herd',
  // Recorded accesses, or commands to a cache, which show their order.
  needs: ['tasks'],
  run(context: Context): Detected {
    const groups = groupBy(findHerds(context), herd => `${herd.key}\n${herd.refreshes[0]!.fill.site}`)
    const told = groups.map(group => draft(context, group))
    return { observed: [...told, ...herdsOfCalls(context)], predicted: [], cleared: [] }
  },
}

function draft(context: Context, herds: readonly Herd[]): Draft {
  const { model, thresholds } = context
  const herd = [...herds].sort((a, b) => b.refreshes.length - a.refreshes.length)[0]!
  const { refreshes } = herd
  const key = model.keys[herd.key]!
  const first = [...refreshes].sort((a, b) => a.endNs - b.endNs)[0]!
  // Whoever waited for a lock before it worked did it one after the other.
  const serial = refreshes.some(refresh =>
    context
      .waitsOf()
      .overlapping(refresh.task, refresh.startNs, refresh.endNs)
      .some(wait => exclusiveTypes.has(model.resources[model.waits[wait]!.resource]?.type ?? '')),
  )
  const wastedNs =
    refreshes.reduce((sum, refresh) => sum + refresh.endNs - refresh.startNs, 0) -
    (first.endNs - first.startNs)
  const tasks = refreshes.map(refresh => refresh.task)
  return makeDraft({
    detector: 'thundering-herd',
    severity: refreshes.length >= 10 ? 'high' : 'medium',
    confidence: confidenceOf({
      tier: first.fill.inferred ? 'inferred' : 'observed',
      proven: refreshes.every(
        refresh => refresh.fill.value !== '' && refresh.fill.value === first.fill.value,
      ),
      repeats: refreshes.length,
    }),
    startNs: refreshes[0]!.startNs,
    endNs: largest(refreshes.map(refresh => refresh.endNs)),
    subject: { kind: 'key', name: key },
    key: herd.key,
    culprit: culpritOf(
      first.fill.site ? placeOf(first.fill) : placeOf(first.check),
      [placeOf(first.check)],
      tasks.map(task => rowOfTask(model, task)),
    ),
    victims: victimsOf(
      model,
      tasks.filter(task => task !== first.task).map(task => ({ task })),
      wastedNs,
    ),
    steps: [
      ...refreshes.slice(0, 4).map(refresh => stepOfAccess(model, refresh.check)),
      ...refreshes.slice(0, 4).map(refresh => stepOfAccess(model, refresh.fill)),
    ],
    evidence: [
      fact('tasks that refreshed it', refreshes.length, '{task}'),
      fact('one refresh took', first.endNs - first.startNs, 'ns'),
      fact('work done for nothing', wastedNs, 'ns'),
      fact('times this happened', herds.length, '1'),
      limit(thresholds, 'herdCount'),
    ],
    marks: refreshes.slice(0, 12).map(refresh => ({
      kind: 'section' as const,
      a: sectionOf(model, refresh.task, refresh.startNs, refresh.endNs),
    })),
    text: {
      title: `${refreshes.length} tasks refreshed ${key} ${serial ? 'one after the other' : 'at the same time'} where one would have done: ${duration(wastedNs)} of work for nothing`,
      rule: `one refresh of ${key} at a time`,
      explainer:
        'All of them found the entry missing or expired before the first had filled it again, so each did the whole work. Under load that is just when the work is most expensive.',
      remedy: serial
        ? {
            primitive: 'check again inside the lock',
            why: 'Whoever gets the lock second finds the entry filled and has nothing left to do.',
          }
        : {
            primitive: 'one refresh per key, shared by all (“single flight”)',
            why: 'The first one works; the others await its promise and share the result.',
          },
    },
  })
}
