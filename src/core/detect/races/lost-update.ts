import type { Access } from '../../convention/model.ts'
import type { Context } from '../context.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import { groupBy, makeDraft, mostSteps, stepOfAccess, stepsInOrder, victimsOf } from '../drafting.ts'
import type { Cleared, Evidence, FindingText } from '../finding.ts'
import { duration, fact, other, quoted, taskName } from '../words.ts'
import { duplicatePairs } from './duplicate-pairs.ts'
import { explainGuard } from './guards.ts'
import { interleavingDraft } from './interleaving-draft.ts'
import type { Interleaving } from './interleavings.ts'
import { remedyForState } from './primitives.ts'

/** Read … foreign write … write: the foreign update is gone. */
export const lostUpdate: Detector = {
  id: 'lost-update',
  // Accesses as recorded, or queries of requests that read and write one row or key.
  needs: ['requests or accesses'],
  run(context: Context): Detected {
    const { list, updates, clean } = context.interleavings()
    const claims = duplicatePairs(context).claims
    const lost = list.filter(item => item.meaning === 'lost' && !claims(item))
    const cleared: Cleared[] = []
    if (updates > 0 && clean > 0) {
      cleared.push({
        detector: 'lost-update',
        subject: 'reads followed by a write',
        reason: `in ${clean} of ${updates}, no other task wrote in between`,
      })
    }
    const handled = list.filter(item => item.meaning === 'handled').length
    if (handled > 0) {
      cleared.push({
        detector: 'lost-update',
        subject: 'conflicting writes',
        reason: `${handled} refused by the store, and handled by the caller`,
      })
    }
    const groups = groupBy(lost, item => `${item.key} ${isolate(item)}\n${siteOf(item)}`)
    return { observed: groups.map(group => draft(context, group)), predicted: [], cleared }
  },
}

const isolate = (item: Interleaving) => (item.read.process === item.foreign.process ? '' : 'across')

const siteOf = (item: Interleaving) => item.write.site || item.read.site

function draft(context: Context, group: readonly Interleaving[]): Draft {
  const { model } = context
  const item = [...group].sort(
    (a, b) => Number(b.order === 'certain') - Number(a.order === 'certain') || a.write.atNs - b.write.atNs,
  )[0]!
  const proven = item.foreign.value !== '' && item.write.value !== ''
  const lost = lostWrites(group)
  const evidence: Evidence[] = [
    fact('lost updates', lost.length, '{update}'),
    ...countedValues(group),
    fact('time from its read to its write', item.write.atNs - item.read.atNs, 'ns', item.write.span),
  ]
  if (item.read.value) evidence.push(fact('value it had read', item.read.value, '', item.read.span))
  if (item.foreign.value) evidence.push(fact('value it overwrote', item.foreign.value, '', item.foreign.span))
  if (item.write.value) evidence.push(fact('value it wrote', item.write.value, '', item.write.span))
  const missing: string[] = []
  if (!proven) missing.push('Values of the accesses: they would show what was lost.')
  if (item.order === 'possible')
    missing.push(
      'Sequence numbers or a finer clock: the order of these accesses lies within the clock’s uncertainty.',
    )
  return makeDraft({
    ...interleavingDraft(context, item, { proven, repeats: group.length }),
    detector: 'lost-update',
    severity: proven ? 'critical' : item.write.inferred ? 'medium' : 'high',
    victims: victimsOf(model, lost, 0),
    steps: stepsInOrder(storyOf(group, item).map(access => stepOfAccess(model, access))),
    evidence,
    missing,
    text: describe(context, group, item, proven),
  })
}

const accessesOf = ({ read, foreignRead, foreign, write }: Interleaving): readonly Access[] =>
  foreignRead ? [read, foreignRead, foreign, write] : [read, foreign, write]

/** Each update once, however many later writes ignored it. */
const lostWrites = (group: readonly Interleaving[]): readonly Access[] => [
  ...new Set(group.flatMap(entry => entry.overwritten)),
]

/** All that happened when it fits into a list of steps, else the one that shows it best. */
function storyOf(group: readonly Interleaving[], item: Interleaving): readonly Access[] {
  const all = [...new Set(group.flatMap(accessesOf))]
  return all.length <= mostSteps ? all : accessesOf(item)
}

/**
 * Of a counter, what it would be had every update counted: each lost one adds what it had added to what it read.
 *
 *     visits 0   three read 0 and write 1      1 at the end, 3 without the losses
 */
function countedValues(group: readonly Interleaving[]): Evidence[] {
  const added = new Map<Access, number>()
  for (const { foreign, foreignRead, overwritten } of group) {
    const by = foreignRead ? Number(foreign.value) - Number(foreignRead.value) : Number.NaN
    if (!added.has(foreign)) added.set(foreign, by)
    for (const other of overwritten) if (!added.has(other)) added.set(other, Number.NaN)
  }
  for (const { read, write } of group)
    if (added.has(write)) added.set(write, Number(write.value) - Number(read.value))
  const last = group.map(entry => entry.write).reduce((a, b) => (b.atNs > a.atNs ? b : a))
  const missing = [...added.values()].reduce((sum, by) => sum + by, 0)
  if (last.value === '' || !Number.isFinite(Number(last.value) + missing) || missing === 0) return []
  return [
    fact('value in the end', last.value, '', last.span),
    fact('value if none had been lost', String(Number(last.value) + missing)),
  ]
}

function describe(
  context: Context,
  group: readonly Interleaving[],
  item: Interleaving,
  proven: boolean,
): FindingText {
  const { model } = context
  const key = model.keys[item.key]!
  const guard = explainGuard(context, item)
  const writer = taskName(model, item.write.task)
  const loser = taskName(model, item.foreign.task)
  let values = proven ? ` (${quoted(item.foreign.value)} became ${quoted(item.write.value)})` : ''
  if (proven && item.foreign.value === item.write.value)
    values = ` (both read ${quoted(item.read.value)} and wrote ${quoted(item.write.value)})`
  const lost = lostWrites(group).length
  const times = lost > 1 ? `; ${lost} updates were lost this way` : ''
  const whose = other(loser, writer)
  return {
    title: `${writer} overwrote ${key} ${duration(item.write.atNs - item.foreign.atNs)} after ${whose} had written it: that update was lost${values}${times}`,
    rule: guard.rule,
    explainer:
      `${writer} read ${key}, gave way to other work, and wrote a value based on what it had read. ` +
      `In between ${whose} wrote too; its change is missing from the result.`,
    remedy: remedyForState(key, guard, item.read.process !== item.foreign.process),
  }
}
