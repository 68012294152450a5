import { type Hold, isGuess, type Wait } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, sectionOf, victimsOf } from '../drafting.ts'
import type { Severity } from '../finding.ts'
import { findLags } from '../lags.ts'
import { timedOut, waitsDuring } from '../waiting.ts'
import { duration, fact, largest, limit, oneOf, taskName } from '../words.ts'
import { cancellations } from './cancellations.ts'

/** A task that was cancelled, or given up by its caller, and keeps what it holds while others wait. */
export const cancelledHolder: Detector = {
  id: 'cancelled-holder',
  needs: ['holds'],
  run(context: Context): Detected {
    const groups = groupBy(find(context), item => `${context.groupOf(item.hold.resource)}\n${item.hold.site}`)
    return { observed: groups.map(group => draft(context, group)), predicted: [], cleared: [] }
  },
}

interface Item {
  readonly hold: Hold
  readonly index: number
  readonly cancelNs: number
  readonly reason: string
  readonly waits: readonly Wait[]
}

function find(context: Context): Item[] {
  const { model, thresholds } = context
  const cancelled = cancellations(context)
  const out: Item[] = []
  model.holds.forEach((hold, index) => {
    const cancel = cancelled.get(hold.task)
    if (
      !cancel ||
      isGuess(hold.inferred) ||
      hold.resource < 0 ||
      cancel.atNs < hold.startNs ||
      cancel.atNs > hold.endNs
    )
      return
    // A clean-up that was ready to go on, and not let, is the loop's fault.
    const keptNs = hold.endNs - cancel.atNs - lateNs(context, hold.task, cancel.atNs, hold.endNs)
    if (keptNs <= thresholds.cancelledHoldNs) return
    const group = context.groups()[context.groupOf(hold.resource)]!
    const waits = waitsDuring(context, group, cancel.atNs, hold.endNs).filter(
      wait => wait.endNs - Math.max(wait.startNs, cancel.atNs) >= thresholds.cancelledHoldNs,
    )
    const forgotten = hold.open && context.absence(model.tasks[hold.task]!.process, cancel.atNs).shown
    if (waits.length > 0 || forgotten)
      out.push({ hold, index, cancelNs: cancel.atNs, reason: cancel.reason, waits })
  })
  return out
}

/** How long a task was ready in the interval without being run. */
function lateNs(context: Context, task: number, fromNs: number, toNs: number): number {
  const lags = findLags(context)
  return lags.byTask
    .overlapping(task, fromNs, toNs)
    .map(index => lags.list[index]!)
    .filter(lag => lag.kind === 'await')
    .reduce((sum, lag) => sum + Math.min(lag.ranNs, toNs) - Math.max(lag.readyNs, fromNs), 0)
}

function draft(context: Context, items: readonly Item[]): Draft {
  const { model, thresholds } = context
  const main = [...items].sort(
    (a, b) => b.waits.length - a.waits.length || b.hold.endNs - b.cancelNs - (a.hold.endNs - a.cancelNs),
  )[0]!
  const { hold } = main
  const name = model.resources[hold.resource]!.label
  const waits = [...new Set(items.flatMap(item => item.waits))]
  const totalNs = waits.reduce((sum, wait) => sum + wait.endNs - wait.startNs, 0)
  const worstNs = largest(
    waits.map(wait => wait.endNs - wait.startNs),
    0,
  )
  const severity: Severity =
    waits.some(wait => wait.open) && worstNs >= 1e9
      ? 'critical'
      : waits.some(timedOut) || worstNs >= 1e9
        ? 'high'
        : 'medium'
  const keptNs = hold.endNs - main.cancelNs
  return makeDraft({
    detector: 'cancelled-holder',
    severity,
    confidence: confidenceOf({ tier: 'observed', proven: waits.length > 0, repeats: items.length }),
    startNs: hold.startNs,
    endNs: hold.endNs,
    subject: { kind: 'resource', name },
    resource: hold.resource,
    culprit: culpritOf(
      { role: 'acquires', site: hold.site },
      [],
      items.map(item => item.hold.row),
    ),
    victims: victimsOf(model, waits, totalNs),
    steps: [
      { atNs: hold.startNs, task: hold.task, event: 'acquired', value: name, row: hold.row },
      {
        atNs: main.cancelNs,
        task: hold.task,
        event: 'was cancelled',
        value: main.reason,
        row: model.tasks[hold.task]!.row,
      },
      ...waits.slice(0, 2).map(wait => ({
        atNs: wait.startNs,
        task: wait.task,
        event: 'asked for',
        value: name,
        row: wait.row,
      })),
      {
        atNs: hold.endNs,
        task: hold.task,
        event: hold.open ? 'still kept it' : 'released it',
        value: `${duration(keptNs)} after that`,
        row: hold.row,
      },
    ],
    evidence: [
      fact('kept after the cancellation', keptNs, 'ns', hold.row),
      fact('tasks that waited meanwhile', waits.length, '{task}'),
      fact('longest wait', worstNs, 'ns'),
      limit(thresholds, 'cancelledHoldNs'),
    ],
    marks: items.slice(0, 12).map(item => ({
      kind: 'section' as const,
      a: sectionOf(model, item.hold.task, item.cancelNs, item.hold.endNs, item.index),
    })),
    text: {
      title: `${taskName(model, hold.task)} was cancelled and kept ${oneOf(model.resources[hold.resource]!)} for another ${duration(keptNs)}${hold.open ? ', to the end of the recording' : ''}${waits.length > 0 ? `: ${waits.length === 1 ? '1 task' : `${waits.length} tasks`} waited up to ${duration(worstNs)}` : ''}`,
      rule: `a task that is cancelled gives ${name} back at once`,
      explainer:
        'Giving up on a task does not stop it, and does not give back what it holds. Its caller went on; the lock did not.',
      remedy: {
        primitive: 'release in finally, and pass the cancellation on',
        why: 'An abort signal that reaches the holder, with the release in a finally block, frees the resource at the moment the caller gives up.',
      },
    },
  })
}
