/**
 * A consumer that took item after item, and from one moment on none any more, while they kept coming:
 *
 *     put       │ │ │ │ │ │ │ │ │ │ │ │ │ │
 *     handled    ├┤├┤├┤├┤├┤
 *
 * of a queue in memory, as recorded, or of messages, as the spans that send and handle them tell.
 */
import { callNames } from '../../convention/calls/client-calls.ts'
import type { QueueItem } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, makeDraft } from '../drafting.ts'
import { errorOf } from '../errors.ts'
import { unendedCalls } from '../unended.ts'
import { count, duration, fact, largest, limit, taskName } from '../words.ts'
import { channelsInUse, isTold } from './message-queues.ts'

/** It must have kept up for this part of the time: one that takes a batch now and then has not stopped. */
const keptUpShare = 0.2
/** Of a recorded queue no operation is missing, so less will do … */
const keptUpShareTold = 0.1
/** … unless the task that took them failed: then a few are enough to know it as the consumer. */
const minTakenBeforeFailure = 3
/** It was never idle a third as long before. */
const pauseRatio = 3

/** `items`: those of one queue, by time. */
export function stoppedConsumer(context: Context, items: readonly QueueItem[]): Draft | null {
  const { model, store, thresholds } = context
  const gets = items.filter(({ op }) => op === 'get')
  const [firstGet] = gets
  const lastGet = gets.at(-1)
  if (!firstGet || !lastGet) return null
  const told = isTold(items)
  const taker = model.tasks[lastGet.task]
  const died = told && taker?.outcome === 'failed'
  if (gets.length < (died ? minTakenBeforeFailure : thresholds.queueGrowthCount)) return null
  const waiting = items.filter(({ op, atNs }) => op === 'put' && atNs > lastGet.atNs)
  const last = waiting.at(-1)
  if (!last || waiting.length < thresholds.queueGrowthCount) return null
  const silentNs = last.atNs - lastGet.atNs
  const pauseNs = largest(gets.map(({ atNs }, at) => atNs - (gets[at - 1] ?? firstGet).atNs))
  const keptUpNs = lastGet.atNs - firstGet.atNs
  if (silentNs < Math.max(thresholds.coverageNs, pauseRatio * pauseNs)) return null
  if (!died && keptUpNs < (told ? keptUpShareTold : keptUpShare) * (silentNs + keptUpNs)) return null
  // Somebody emptied it in another way.
  if (last.depth >= 0 && last.depth < thresholds.queueGrowthCount) return null
  const name = taskName(model, lastGet.task)
  const { queue } = lastGet
  const item = told ? 'item' : 'message'
  const stuck = unendedCalls(context).find(call => call.process === taker?.process)
  const call = stuck ? callNames(store)(stuck.exampleRow) : ''
  const error = died ? (errorOf(context, lastGet.task)?.text ?? '') : ''
  const rowOf = (task: number): number => model.tasks[task]?.row ?? -1
  return makeDraft({
    detector: 'unbounded-queue',
    severity: 'high',
    confidence: confidenceOf({
      tier: told ? 'observed' : 'inferred',
      repeats: waiting.length,
      proven: died,
      keyPrecision: told ? 1 : 0.9,
    }),
    startNs: lastGet.atNs,
    endNs: store.durationNs,
    subject: { kind: 'queue', name: queue },
    culprit: culpritOf(
      { role: 'stopped taking', site: lastGet.site || name },
      [{ role: 'is called, and does not answer', site: call }],
      [rowOf(lastGet.task), stuck?.lastRow ?? -1],
    ),
    victims: {
      count: waiting.length,
      totalWaitNs: waiting.reduce((sum, { atNs }) => sum + store.durationNs - atNs, 0),
      rows: waiting
        .map(({ task }) => rowOf(task))
        .filter(row => row >= 0)
        .slice(0, 200),
    },
    steps: [
      {
        atNs: lastGet.atNs,
        task: lastGet.task,
        event: `took the last ${item}`,
        value: '',
        row: rowOf(lastGet.task),
      },
      ...(died
        ? [
            {
              atNs: taker.endNs,
              task: lastGet.task,
              event: 'failed',
              value: error.slice(0, 80),
              row: taker.row,
            },
          ]
        : []),
      ...[waiting[0]!, last].map(({ atNs, task }) => ({
        atNs,
        task,
        event: `${told ? 'put' : 'sent'} one that nobody took`,
        value: queue,
        row: rowOf(task),
      })),
    ],
    evidence: [
      fact(`${item}s that wait`, waiting.length, `{${item}}`),
      fact('nobody took one for', silentNs, 'ns', rowOf(lastGet.task)),
      fact('longest pause before', pauseNs, 'ns'),
      fact('taken before', gets.length, `{${item}}`),
      ...(told
        ? []
        : [fact('sent before them and never seen to be handled', unfinishedOf(context, queue), '{message}')]),
      ...(error ? [fact('it had failed with', error, '', rowOf(lastGet.task))] : []),
      limit(thresholds, 'queueGrowthCount'),
      limit(thresholds, 'coverageNs'),
    ],
    missing: told
      ? []
      : [
          'What the consumer does instead: a span is exported when it ends, so that of a call that never returns is not in the trace.',
        ],
    marks: [{ kind: 'band', startNs: lastGet.atNs, endNs: store.durationNs, loop: -1 }],
    text: {
      title: `${name} took no ${item} of ${queue} any more${died ? ' after it had failed' : ''}: ${count(waiting.length, item)} came in ${duration(silentNs)}, where before it never paused for more than ${duration(pauseNs)}${call === '' ? '' : `; the last one it took got as far as ${call}`}`,
      rule: died
        ? `somebody takes from ${queue} for as long as anything is put in`
        : `whatever handles an item of ${queue} ends, one way or the other`,
      explainer: died
        ? 'The task that took from the queue ended with an error, and nothing took its place. Whoever puts in does not notice: the items just wait.'
        : 'A consumer takes the next one when it is done with the one before. One that waits for something without a deadline is never done: no error, no log, and behind it everything piles up.',
      remedy: died
        ? {
            primitive: 'catch per item, and start a consumer that ended anew',
            why: 'An item that fails is then set aside, the consumer takes the next one, and one that ends all the same is noticed.',
          }
        : {
            primitive: 'a deadline on everything a handler awaits',
            why: 'The handler then fails after a bounded time, the item is tried again or set aside, and the next one is taken.',
          },
    },
  })
}

/** Earlier messages that were sent, and of which no handling is in the trace: it may never have ended. */
function unfinishedOf(context: Context, queue: string): number {
  const sent = channelsInUse(context)
    .filter(({ name }) => name === queue)
    .flatMap(({ messages }) => messages.filter(({ row }) => row >= 0))
  const lastTaken = sent.findLastIndex(({ deliveries }) => deliveries.length > 0)
  return sent.slice(0, lastTaken).filter(({ deliveries }) => deliveries.length === 0).length
}
