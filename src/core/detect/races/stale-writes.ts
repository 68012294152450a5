/**
 * An answer that comes late overwrites that of a newer question: the version of a key goes back.
 *
 *     find "a"    ·············W 1
 *     find "ab"      ····W 2
 */
import type { Access } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, placeOf, rowOfTask, stepOfAccess } from '../drafting.ts'
import { count, duration, fact, taskName } from '../words.ts'

interface StaleWrite {
  readonly newer: Access
  readonly late: Access
}

export function staleWrites(context: Context): Draft[] {
  const found = context.accessGroups().flatMap(accesses => writtenBack(context, accesses))
  return groupBy(found, ({ late }) => `${late.key}\n${late.site}`).map(group => draft(context, group))
}

function writtenBack(context: Context, accesses: readonly Access[]): StaleWrite[] {
  const out: StaleWrite[] = []
  let newest: Access | null = null
  for (const access of accesses) {
    // Made anew, it counts anew.
    if (access.op === 'create' || access.op === 'delete') newest = null
    if (access.op !== 'write' || access.error || !isNumber(access.version)) continue
    if (newest && Number(access.version) < Number(newest.version)) {
      if (access.task !== newest.task && context.clock.accessBefore(newest, access) === 'certain')
        out.push({ newer: newest, late: access })
    } else newest = access
  }
  return out
}

const isNumber = (version: string): boolean => /^\d{1,15}$/.test(version)

function draft(context: Context, group: readonly StaleWrite[]): Draft {
  const { model } = context
  const { newer, late } = group[0]!
  const key = model.keys[late.key]!
  const row = rowOfTask(model, late.task)
  const began = (access: Access) => ({
    atNs: model.tasks[access.task]?.startNs ?? access.atNs,
    task: access.task,
    event: 'began',
    value: '',
    row: rowOfTask(model, access.task),
  })
  return makeDraft({
    detector: 'out-of-order',
    severity: 'medium',
    confidence: confidenceOf({ tier: 'observed', proven: true, repeats: group.length }),
    startNs: newer.atNs,
    endNs: late.atNs,
    subject: { kind: 'key', name: key },
    key: late.key,
    culprit: culpritOf(placeOf(late), [placeOf(newer)], [row]),
    victims: { count: group.length, totalWaitNs: 0, rows: row >= 0 ? [row] : [] },
    steps: [began(late), began(newer), stepOfAccess(model, newer), stepOfAccess(model, late)],
    evidence: [
      fact('version that was overwritten', newer.version, '', newer.span),
      fact('version that overwrote it', late.version, '', late.span),
      fact('the older one came later by', late.atNs - newer.atNs, 'ns'),
      fact('times this happened', group.length, '1'),
    ],
    text: {
      title: `${taskName(model, late.task)} overwrote version ${newer.version} of ${key} with version ${late.version}, ${duration(late.atNs - newer.atNs)} after ${taskName(model, newer.task)} had written the newer one${group.length > 1 ? `; this happened ${count(group.length, 'time')}` : ''}`,
      rule: `a version of ${key} is never replaced by an older one`,
      explainer:
        'Two questions were asked one after the other, and the answers came the other way round. Whatever came last was kept, so what is shown now belongs to the older question.',
      remedy: {
        primitive: 'keep an answer only if its question is still the latest',
        why: 'Compare the number of the question with the latest one before the write, or abort the older question when a newer one is asked: an answer that comes late then changes nothing.',
      },
    },
    explains: 'no',
    defect: true,
  })
}
