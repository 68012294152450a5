import type { Context } from '../context.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import { groupBy, makeDraft, stepOfAccess, stepsInOrder } from '../drafting.ts'
import type { Evidence } from '../finding.ts'
import { duration, fact, taskName } from '../words.ts'
import { duplicatePairs } from './duplicate-pairs.ts'
import { explainGuard } from './guards.ts'
import { interleavingDraft } from './interleaving-draft.ts'
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
  const common = interleavingDraft(context, item, { proven, repeats: group.length })
  return makeDraft({
    ...common,
    detector: 'check-then-act',
    severity: 'high',
    victims: { count: 1, totalWaitNs: 0, rows: common.culprit.rows },
    steps: stepsInOrder(accesses.map(access => stepOfAccess(model, access))),
    evidence,
    missing: proven
      ? []
      : ['Values of the check and of the change: they would show that the check had become false.'],
    text: {
      title: `${actor} acted on ${key} ${duration(item.write.atNs - item.read.atNs)} after checking it, but ${taskName(model, item.foreign.task)} had changed it in between${item.write.error ? `: ${item.write.error.slice(0, 60)}` : ''}`,
      rule: guard.rule,
      explainer:
        'A check is true at the moment it is made. With an await between the check and the act, another task can change the answer, and the act goes ahead on the old one.',
      remedy: remedyForState(key, guard, item.read.process !== item.foreign.process),
    },
  })
}
