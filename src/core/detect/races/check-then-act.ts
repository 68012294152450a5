import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import { culpritOf, groupBy, placeOf, sectionOf, stepOfAccess, stepsInOrder } from '../drafting.ts'
import type { Evidence } from '../finding.ts'
import { duration, fact, taskName } from '../words.ts'
import { duplicatePairs } from './duplicate-pairs.ts'
import { explainGuard } from './guards.ts'
import type { Interleaving } from './interleavings.ts'
import { remedyForState } from './primitives.ts'
import { herdKeys } from './refreshes.ts'

/** A check that no longer held when it was acted upon (time of check to time of use). */
export const checkThenAct: Detector = {
  id: 'check-then-act',
  needs: ['accesses'],
  run(context: Context): Detected {
    const claims = duplicatePairs(context).claims
    const herds = herdKeys(context)
    const stale = context
      .interleavings()
      .list.filter(item => item.meaning === 'acted' && !claims(item) && !herds.has(item.key))
    const groups = groupBy(stale, item => `${item.key}\n${item.write.site || item.read.site}`)
    return { observed: groups.map(group => draft(context, group)), predicted: [], cleared: [] }
  },
}

function draft(context: Context, group: readonly Interleaving[]): Draft {
  const { model } = context
  const item = group[0]!
  const key = model.keys[item.key]!
  const own = sectionOf(model, item.write.task, item.read.atNs, item.write.atNs)
  const other = sectionOf(
    model,
    item.foreign.task,
    (item.foreignRead ?? item.foreign).atNs,
    item.foreign.atNs,
  )
  const proven =
    item.write.error !== '' ||
    (item.read.value !== '' && item.foreign.value !== '' && item.read.value !== item.foreign.value)
  const evidence: Evidence[] = [
    fact('age of the check when acted upon', item.write.atNs - item.read.atNs, 'ns', item.write.span),
  ]
  if (item.read.value) evidence.push(fact('value when it was checked', item.read.value, '', item.read.span))
  if (item.foreign.value)
    evidence.push(fact('value when it was acted upon', item.foreign.value, '', item.foreign.span))
  const failure = group.find(entry => entry.write.error)?.write
  if (failure) evidence.push(fact('the act failed with', failure.error, '', failure.span))
  if (group.length > 1) evidence.push(fact('times this happened', group.length, '1'))
  const guard = explainGuard(context, item)
  const actor = taskName(model, item.write.task)
  const accesses = [item.read, item.foreign, item.write, ...(item.foreignRead ? [item.foreignRead] : [])]
  return {
    detector: 'check-then-act',
    severity: 'high',
    confidence: confidenceOf({
      tier: 'observed',
      proven,
      repeats: group.length,
      orderPossible: item.order === 'possible',
    }),
    startNs: Math.min(own.startNs, other.startNs),
    endNs: Math.max(own.endNs, other.endNs),
    subject: { kind: 'key', name: key },
    resource: -1,
    key: item.key,
    loop: -1,
    culprit: culpritOf(
      item.write.site ? placeOf(item.write) : placeOf(item.read),
      [placeOf(item.read), placeOf(item.foreign)],
      [own.row],
    ),
    victims: { count: 1, totalWaitNs: 0, rows: [own.row].filter(row => row >= 0) },
    steps: stepsInOrder(accesses.map(access => stepOfAccess(model, access))),
    evidence,
    against: [],
    missing: proven
      ? []
      : ['Values of the check and of the change: they would show that the check had become false.'],
    marks: [{ kind: 'overlap', a: own, b: other, gapNs: Math.abs(item.write.atNs - item.foreign.atNs) }],
    text: {
      title: `${actor} acted on ${key} ${duration(item.write.atNs - item.read.atNs)} after checking it, but ${taskName(model, item.foreign.task)} had changed it in between${item.write.error ? `: ${item.write.error.slice(0, 60)}` : ''}`,
      rule: guard.rule,
      explainer:
        'A check is true at the moment it is made. With an await between the check and the act, another task can change the answer, and the act goes ahead on the old one.',
      remedy: remedyForState(key, guard, item.read.process !== item.foreign.process),
    },
    explains: 'yes',
    defect: true,
  }
}
