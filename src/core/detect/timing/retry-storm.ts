/**
 * Failures answered with more of the same load.
 *
 *     call  ✗ ✗ ✗ ✗      one operation, four attempts: four times the load on what is already failing
 */

import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import { culpritOf, makeDraft } from '../drafting.ts'
import { errorOf } from '../errors.ts'
import type { Evidence } from '../finding.ts'
import { count, duration, fact, limit, median, quantile } from '../words.ts'
import { redeliveries } from './redeliveries.ts'
import { backOffRatio, type Call, type Caller, callsByName } from './retry-calls.ts'

export const retryStorm: Detector = {
  id: 'retry-storm',
  needs: ['tasks'],
  run(context: Context): Detected {
    const observed: Draft[] = []
    let contained = 0
    for (const [name, calls] of callsByName(context)) {
      context.checkpoint()
      const retries = calls.filter(call => call.attempt > 0).length
      if (retries === 0) continue
      const storm = findStorm(context, calls)
      if (storm) observed.push(draft(context, name, calls, storm))
      else contained += retries
    }
    const cleared =
      contained > 0
        ? [
            {
              detector: 'retry-storm' as const,
              subject: 'retries',
              reason: `${count(contained, 'retry', 'retries')}; never for long as many as ${context.thresholds.retryAmplificationRatio} attempts per operation`,
            },
          ]
        : []
    return { observed: [...observed, ...redeliveries(context)], predicted: [], cleared }
  },
}

interface Storm {
  readonly startNs: number
  readonly endNs: number
  readonly windows: number
  readonly amplification: number
  readonly success: number
}

/** At least `retryWindowsCount` windows in a row with too many attempts per operation, most of them failing. */
function findStorm(context: Context, calls: readonly Call[]): Storm | null {
  const { thresholds } = context
  const windowNs = Math.max(
    thresholds.retryWindowNs,
    quantile(
      calls.map(call => call.endNs - call.startNs),
      0.95,
    ),
  )
  const windows = new Map<number, { all: number; first: number; ok: number }>()
  for (const call of calls) {
    const at = Math.floor(call.startNs / windowNs)
    const window = windows.get(at) ?? { all: 0, first: 0, ok: 0 }
    windows.set(at, window)
    window.all++
    if (call.attempt === 0) window.first++
    if (!call.failed) window.ok++
  }
  let run: number[] = []
  let best: number[] = []
  let before: number | undefined
  for (const at of [...windows.keys()].sort((a, b) => a - b)) {
    const window = windows.get(at)!
    const hot =
      window.all >= 3 &&
      window.all >= thresholds.retryAmplificationRatio * Math.max(1, window.first) &&
      window.ok < window.all / 2
    if (hot) run = before === at - 1 ? [...run, at] : [at]
    else run = []
    if (hot) before = at
    if (run.length > best.length) best = run
  }
  if (best.length < thresholds.retryWindowsCount) return null
  const inside = calls.filter(
    call => call.startNs >= best[0]! * windowNs && call.startNs < (best.at(-1)! + 1) * windowNs,
  )
  if (isOnePatientCaller(inside) || backsOff(inside)) return null
  return {
    startNs: best[0]! * windowNs,
    endNs: (best.at(-1)! + 1) * windowNs,
    windows: best.length,
    amplification: inside.length / operationsIn(inside),
    success: inside.filter(call => !call.failed).length / inside.length,
  }
}

/** First attempts, and operations of which the first attempt came before. */
function operationsIn(calls: readonly Call[]): number {
  const known = new Set<Caller>()
  let operations = 0
  for (const { attempt, caller } of calls) {
    if (attempt === 0 || !known.has(caller)) operations++
    known.add(caller)
  }
  return operations
}

/** One caller that asks again for one thing after a pause is no load: it waits for something to be ready. */
function isOnePatientCaller(calls: readonly Call[]): boolean {
  const retries = calls.filter(call => call.attempt > 0)
  if (calls.length - retries.length > 1 || new Set(retries.map(call => call.caller)).size > 1) return false
  return median(retries.map(call => call.pauseNs)) > median(calls.map(call => call.endNs - call.startNs))
}

/** Few attempts each, every pause longer than the one before: that is what a retry should be, also while nothing helps. */
function backsOff(calls: readonly Call[]): boolean {
  const before = new Map<Caller, number>()
  const growth: number[] = []
  for (const { attempt, caller, pauseNs } of calls) {
    if (attempt > maxPatientAttempts) return false
    const last = before.get(caller)
    if (attempt > 1 && last) growth.push(pauseNs / last)
    if (attempt > 0) before.set(caller, pauseNs)
  }
  return growth.length > 0 && median(growth) >= backOffRatio
}

/** Retries of one operation by somebody who gives up in the end. */
const maxPatientAttempts = 5

/** The error that most of the attempts ended with. */
function failureOf(context: Context, calls: readonly Call[]): Evidence[] {
  const { model } = context
  const counts = new Map<string, { seen: number; row: number }>()
  for (const call of calls) {
    if (!call.failed) continue
    const text = errorOf(context, model.taskOfSpan[call.row]!)?.text ?? ''
    if (text === '') continue
    const known = counts.get(text)
    if (known) known.seen++
    else counts.set(text, { seen: 1, row: call.row })
  }
  const [most] = [...counts].sort((a, b) => b[1].seen - a[1].seen)
  return most ? [fact('error', most[0], '', most[1].row)] : []
}

function draft(context: Context, name: string, calls: readonly Call[], storm: Storm): Draft {
  const { model, store, thresholds } = context
  const inside = calls.filter(call => call.startNs >= storm.startNs && call.startNs < storm.endNs)
  // The windows that were counted begin before the first attempt and end after the last one.
  const startNs = inside[0]!.startNs
  const endNs = inside.reduce((latestNs, call) => Math.max(latestNs, call.endNs), startNs)
  const retries = inside.filter(call => call.attempt > 0)
  const pauses = retries.map(call => call.pauseNs)
  const pauseNs = median(pauses)
  const steady = pauses.length > 2 && quantile(pauses, 0.9) <= 1.5 * Math.max(1e6, pauseNs)
  const task = model.tasks[model.taskOfSpan[retries[0]!.row]!]
  const caller = store.spans.parent[retries[0]!.row]!
  const callerTask =
    task?.row === retries[0]!.row
      ? model.tasks[task.parent]
      : model.tasks[caller >= 0 ? model.taskOfSpan[caller]! : -1]
  const label = name.slice(name.indexOf(' ') + 1)
  return makeDraft({
    detector: 'retry-storm',
    severity: 'high',
    confidence: confidenceOf({ tier: 'observed', proven: storm.success < 0.2, repeats: retries.length }),
    startNs,
    endNs,
    subject: { kind: 'peer', name: label },
    culprit: culpritOf(
      {
        role: 'calls, and tries again',
        // The loop that tries again is where the call is made.
        site:
          (task?.row === retries[0]!.row ? task.site : '') ||
          callerTask?.site ||
          task?.site ||
          callerTask?.name ||
          label,
      },
      [],
      retries.map(call => call.row),
    ),
    victims: {
      count: inside.filter(call => call.failed).length,
      totalWaitNs: 0,
      rows: inside
        .filter(call => call.failed)
        .slice(0, 50)
        .map(call => call.row),
    },
    steps: inside.slice(0, 6).map(call => ({
      atNs: call.startNs,
      task: model.taskOfSpan[call.row]!,
      event: call.attempt === 0 ? 'first attempt' : `attempt ${call.attempt + 1}`,
      value: call.failed ? 'failed' : 'succeeded',
      row: call.row,
    })),
    evidence: [
      fact('attempts per operation', Math.round(storm.amplification * 10) / 10, '1'),
      fact('attempts in all', inside.length, '{attempt}'),
      fact('of them succeeded', Math.round(storm.success * 100), '%'),
      ...failureOf(context, inside),
      fact('pause before a retry', pauseNs, 'ns'),
      fact('pauses', steady ? 'all alike: no back-off' : 'varying'),
      limit(thresholds, 'retryAmplificationRatio'),
      limit(thresholds, 'retryWindowsCount'),
    ],
    marks: [{ kind: 'band', startNs, endNs, loop: -1 }],
    text: {
      title: `${label} was tried ${storm.amplification.toFixed(1)} times per operation for ${duration(endNs - startNs)}, and ${storm.success === 0 ? 'none' : storm.success < 0.01 ? 'hardly any' : `${Math.round(storm.success * 100)} %`} of the attempts succeeded`,
      rule: 'each retry waits longer than the one before, and after a few of them the caller gives up',
      explainer:
        'What had failed was tried again at once, by everybody. The extra load falls on the part that is already in trouble and keeps it there after the first cause is gone.',
      remedy: {
        primitive: 'exponential back-off with jitter and a retry budget',
        why: 'The load shrinks while things fail, and the attempts of many callers do not fall together.',
      },
    },
    explains: 'partly',
  })
}
