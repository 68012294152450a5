/**
 * An answer that comes late overwrites that of a newer question: the version of a key goes back, or, where none is told, the
 * last one to be written is not of the last one to be asked.
 *
 *     find "a"    ·············W 1
 *     find "ab"      ····W 2
 */

import type { Access } from '../../convention/model.ts'
import { Kind } from '../../store/store.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, placeOf, rowOfTask, stepOfAccess } from '../drafting.ts'
import { count, duration, fact, taskName } from '../words.ts'

interface StaleWrite {
  readonly newer: Access
  readonly late: Access
}

/** Questions asked one after the other, not a fan-out of one: so far apart at least. */
const minApartNs = 10e6
/** So many askers make it a pattern even if nobody tells whom they asked. */
const minAskers = 3

export function staleWrites(context: Context): Draft[] {
  const asks = callersOf(context)
  const found = context
    .accessGroups()
    .flatMap(accesses => [...writtenBack(context, accesses), ...keptLate(context, accesses, asks)])
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

/**
 * Without versions: each asker writes the key once and never reads it, all by the same line and under no lock, and what is there
 * in the end is the answer to a question that was not the last one.
 */
function keptLate(
  context: Context,
  accesses: readonly Access[],
  asks: (task: number) => boolean,
): StaleWrite[] {
  const { model, clock } = context
  const late = accesses.at(-1)!
  const { startNs = -1, type = '' } = model.tasks[late.task] ?? {}
  // Of requests the caller keeps the order, and whoever comes last is right.
  if (startNs < 0 || type === 'request' || late.op !== 'write' || late.version !== '' || late.inferred)
    return []
  const perTask = new Map<number, number>()
  for (const { task } of accesses) perTask.set(task, (perTask.get(task) ?? 0) + 1)
  const isAnswer = ({ task, op, error, holds, site, value, version }: Access): boolean =>
    op === 'write' &&
    !error &&
    !version &&
    value !== '' &&
    site === late.site &&
    holds.length === 0 &&
    perTask.get(task) === 1 &&
    (model.tasks[task]?.startNs ?? late.atNs) < late.atNs
  const answers = accesses.filter(isAnswer)
  if (answers.at(-1) !== late || (answers.length < minAskers && !answers.every(({ task }) => asks(task))))
    return []
  const newer = answers
    .filter(({ task, value }) => model.tasks[task]!.startNs >= startNs + minApartNs && value !== late.value)
    .reduce<Access | null>(
      (a, b) => (a && model.tasks[a.task]!.startNs > model.tasks[b.task]!.startNs ? a : b),
      null,
    )
  return newer && clock.accessBefore(newer, late) === 'certain' ? [{ newer, late }] : []
}

/** Did this task ask somebody else, as far as spans of clients and waits for sockets tell? Read when first asked for. */
function callersOf({ model, store }: Context): (task: number) => boolean {
  let callers: Set<number> | null = null
  return task => {
    if (!callers) {
      callers = new Set(model.awaits.filter(({ targetType }) => targetType === 'io').map(entry => entry.task))
      for (let row = 0; row < store.spans.count; row++)
        if (store.spans.kind[row] === Kind.client) callers.add(model.taskOfSpan[row]!)
    }
    return callers.has(task)
  }
}

const isNumber = (version: string): boolean => /^\d{1,15}$/.test(version)

function draft(context: Context, group: readonly StaleWrite[]): Draft {
  const { model } = context
  const { newer, late } = group[0]!
  const key = model.keys[late.key]!
  const told = late.version !== ''
  const what = told ? 'version' : 'answer'
  const by = duration(late.atNs - newer.atNs)
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
    confidence: confidenceOf({ tier: told ? 'observed' : 'inferred', proven: true, repeats: group.length }),
    startNs: newer.atNs,
    endNs: late.atNs,
    subject: { kind: 'key', name: key },
    key: late.key,
    culprit: culpritOf(placeOf(late), [placeOf(newer)], [row]),
    victims: { count: group.length, totalWaitNs: 0, rows: row >= 0 ? [row] : [] },
    steps: [began(late), began(newer), stepOfAccess(model, newer), stepOfAccess(model, late)],
    evidence: [
      fact(`${what} that was overwritten`, told ? newer.version : newer.value, '', newer.span),
      fact(`${what} that overwrote it`, told ? late.version : late.value, '', late.span),
      fact('the older one came later by', late.atNs - newer.atNs, 'ns'),
      fact('times this happened', group.length, '1'),
    ],
    missing: told
      ? []
      : ['Versions of what is written (`interleave.state.version`): they would say which one is newer.'],
    text: {
      title: told
        ? `${taskName(model, late.task)} overwrote version ${newer.version} of ${key} with version ${late.version}, ${by} after ${taskName(model, newer.task)} had written the newer one${group.length > 1 ? `; this happened ${count(group.length, 'time')}` : ''}`
        : `${taskName(model, late.task)} began before ${taskName(model, newer.task)} and wrote ${key} ${by} after it: what is kept is the older answer, ${late.value}`,
      rule: `what is in ${key} is never replaced by something older`,
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
