/**
 * The same for calls of clients, which every instrumentation tells: a request that asks for one thing after the other, where
 * one question, or all of them at once, would do ("N+1").
 *
 *     GET /feed   ├─────────────────────────────────────┤
 *     posts        ├──┤
 *     author           ├──┤├──┤├──┤├──┤├──┤├──┤├──┤├──┤       the same statement for each post
 */

import { readerOf } from '../../convention/attributes/attribute-reader.ts'
import { callNames, lookups } from '../../convention/calls/client-calls.ts'
import { workSite } from '../../convention/calls/work-site.ts'
import { type Groups, groupBy as groupRows } from '../../store/group.ts'
import { Kind } from '../../store/store.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, victimsOf } from '../drafting.ts'
import { count, duration, fact, largest, limit, median, smallest, taskName } from '../words.ts'

interface Series {
  readonly task: number
  readonly name: string
  readonly rows: readonly number[]
  readonly totalNs: number
  readonly savingNs: number
  /** Of the request's time. */
  readonly share: number
}

/** Below this part of its request nobody would notice. */
const minShare = 0.3
/** From here on it is what the request takes. */
const mostShare = 0.5

export function serialCalls(context: Context): Draft[] {
  const { model, store } = context
  const nameOf = callNames(store)
  const lookupOf = lookups(store)
  const reader = { store, attributes: readerOf(store) }
  const series: Series[] = []
  const { start, order } = callsOfRequests(context)
  const tasks = Array.from(model.tasks.keys())
    // Of one with few calls nothing is asked.
    .filter(task => start[task + 1]! - start[task]! >= context.thresholds.serialCallsCount)
    .sort((a, b) => order[start[a]!]! - order[start[b]!]!)
  for (const task of tasks) {
    context.checkpoint()
    const rows = Array.from(order.subarray(start[task], start[task + 1]))
    for (const run of runsOf(context, rows, nameOf)) {
      const found = judge(context, task, run, nameOf, lookupOf)
      if (found) series.push(found)
    }
  }
  const siteOf = ({ rows, task }: Series): string => workSite(reader, rows[0]!) || taskName(model, task)
  return groupBy(series, item => `${item.name}\n${siteOf(item)}`).map(group =>
    draft(context, group, siteOf(group[0]!)),
  )
}

/** Client spans of requests that somebody waits for, by the request's task. */
function callsOfRequests({ model, store, requestOf }: Context): Groups {
  const { kind, count: rows } = store.spans
  return groupRows(rows, model.tasks.length, row => {
    if (kind[row] !== Kind.client || model.roleOfSpan[row]! > 1) return -1
    const request = model.requests[requestOf(model.taskOfSpan[row]!)]
    // Nobody waits for a consumer of messages.
    return !request || kind[request.row] === Kind.consumer ? -1 : request.task
  })
}

/** Calls of one name, each begun when the one before had ended, and without a pause. */
function runsOf(
  { store, thresholds }: Context,
  rows: readonly number[],
  nameOf: (row: number) => string,
): number[][] {
  const { spans } = store
  const out: number[][] = []
  const lengthOf = (row: number): number => spans.endNs[row]! - spans.startNs[row]!
  // The span's name is at hand, and tells most of them apart; attributes have to be looked up.
  const alike = groupBy(rows, row => String(spans.name[row])).filter(
    list =>
      list.length >= thresholds.serialCallsCount &&
      list.reduce((sum, row) => sum + lengthOf(row), 0) >= thresholds.sequentialSavingNs,
  )
  for (const same of alike.flatMap(list => groupBy(list, nameOf))) {
    same.sort((a, b) => spans.startNs[a]! - spans.startNs[b]!)
    const pauseNs = Math.max(thresholds.sequentialGapNs, median(same.map(lengthOf)))
    let run: number[] = []
    for (const row of same) {
      const before = run.at(-1)
      const gapNs = before === undefined ? 0 : spans.startNs[row]! - spans.endNs[before]!
      // Times in whole milliseconds make one seem to begin before the other has ended.
      const marginNs = store.processes[spans.process[row]!]!.uncertaintyNs
      if (before !== undefined && (gapNs < -marginNs || gapNs > pauseNs)) {
        out.push(run)
        run = []
      }
      run.push(row)
    }
    out.push(run)
  }
  return out.filter(run => run.length >= thresholds.serialCallsCount)
}

function judge(
  { model, store, thresholds }: Context,
  task: number,
  run: readonly number[],
  nameOf: (row: number) => string,
  lookupOf: ReturnType<typeof lookups>,
): Series | null {
  const { spans } = store
  const lengths = run.map(row => spans.endNs[row]! - spans.startNs[row]!)
  const totalNs = lengths.reduce((sum, ns) => sum + ns, 0)
  const savingNs = totalNs - largest(lengths)
  if (savingNs < thresholds.sequentialSavingNs) return null
  const { startNs, endNs } = model.tasks[task]!
  const share = totalNs / Math.max(1, endNs - startNs)
  if (share < minShare || run.some(row => spans.status[row] === 2)) return null
  const name = nameOf(run[0]!)
  if (name === '') return null
  const asked = run.map(lookupOf)
  if (asked.includes(null)) return null
  const known = asked.flatMap(lookup => (lookup?.asked ? lookup.asked : []))
  if (new Set(known).size < known.length) return null
  return { task, name, rows: run, totalNs, savingNs, share }
}

function draft(context: Context, group: readonly Series[], site: string): Draft {
  const { model, store, thresholds } = context
  const { spans } = store
  const main = group.reduce((a, b) => (b.totalNs > a.totalNs ? b : a))
  const { name, rows, totalNs, task } = main
  const oneNs = median(rows.map(row => spans.endNs[row]! - spans.startNs[row]!))
  const often = group.length > 1 ? `; so did ${count(group.length - 1, 'other request')}` : ''
  return makeDraft({
    detector: 'sequential-awaits',
    severity: main.share >= mostShare && rows.length >= 2 * thresholds.serialCallsCount ? 'medium' : 'low',
    confidence: confidenceOf({ tier: 'inferred', repeats: group.length, counterfactual: true }),
    startNs: spans.startNs[rows[0]!]!,
    endNs: spans.endNs[rows.at(-1)!]!,
    subject: { kind: 'peer', name },
    culprit: culpritOf(
      { role: 'calls one after the other', site },
      [],
      group.flatMap(item => item.rows),
    ),
    victims: victimsOf(
      model,
      group,
      group.reduce((sum, item) => sum + item.savingNs, 0),
    ),
    steps: rows.slice(0, 8).map(row => ({
      atNs: spans.startNs[row]!,
      task,
      event: 'asked',
      value: `and waited ${duration(spans.endNs[row]! - spans.startNs[row]!)}`,
      row,
    })),
    evidence: [
      fact('calls in a row', rows.length, '{call}', rows[0]!),
      fact('one of them takes (median)', oneNs, 'ns'),
      fact('all of them, one after the other', totalNs, 'ns'),
      fact('part of the request', Math.round(main.share * 100), '%'),
      fact('requests that do so', group.length, '{request}'),
      limit(thresholds, 'serialCallsCount'),
      limit(thresholds, 'sequentialSavingNs'),
    ],
    missing: ['Whether one of them needs the result of another: nothing in the recording says so.'],
    marks: [
      {
        kind: 'section',
        a: {
          startNs: smallest(rows.map(row => spans.startNs[row]!)),
          endNs: largest(rows.map(row => spans.endNs[row]!)),
          task,
          hold: -1,
          row: rows[0]!,
        },
      },
    ],
    text: {
      title: `${taskName(model, task)} made ${rows.length} possibly independent calls one after the other (${name}): ${duration(totalNs)} of its ${duration(totalNs / main.share)}${often}`,
      rule: 'what is needed of many things is asked for at once',
      explainer:
        'A loop asks for one thing, waits for the answer, and asks for the next. Each call is short, but they add up, and with more data there are more of them.',
      remedy: {
        primitive: 'one question for all of them, or all questions at once with a limit',
        why: `One query for many keys (IN, a join, a batch) costs about as much as one of them (${duration(oneNs)}). Where there is none, side by side they take as long as the slowest.`,
        whatIf: { oneAfterTheOtherNs: totalNs, atOnceNs: oneNs },
      },
    },
  })
}
