/**
 * A consumer that took message after message, and from one moment on none any more, while they kept coming:
 *
 *     sent      │ │ │ │ │ │ │ │ │ │ │ │ │ │
 *     handled    ├┤├┤├┤├┤├┤
 */
import { callNames } from '../../convention/calls/client-calls.ts'
import type { Channel } from '../../convention/calls/deliveries.ts'
import type { QueueItem } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, makeDraft } from '../drafting.ts'
import { unendedCalls } from '../unended.ts'
import { count, duration, fact, largest, limit, taskName } from '../words.ts'

/** It must have kept up for this part of the time: one that takes a batch now and then has not stopped. */
const keptUpShare = 0.2
/** It was never idle a third as long before. */
const pauseRatio = 3

/** `items`: the channel's, by time. */
export function stoppedConsumer(
  context: Context,
  channel: Channel,
  items: readonly QueueItem[],
): Draft | null {
  const { model, store, thresholds } = context
  const gets = items.filter(({ op }) => op === 'get')
  const [firstGet] = gets
  const lastGet = gets.at(-1)
  if (!firstGet || !lastGet || gets.length < thresholds.queueGrowthCount) return null
  const waiting = items.filter(({ op, atNs }) => op === 'put' && atNs > lastGet.atNs)
  const last = waiting.at(-1)
  if (!last || waiting.length < thresholds.queueGrowthCount) return null
  const silentNs = last.atNs - lastGet.atNs
  const pauseNs = largest(gets.map(({ atNs }, at) => atNs - (gets[at - 1] ?? firstGet).atNs))
  const keptUpNs = lastGet.atNs - firstGet.atNs
  if (silentNs < Math.max(thresholds.coverageNs, pauseRatio * pauseNs)) return null
  if (keptUpNs < keptUpShare * (silentNs + keptUpNs)) return null
  const name = taskName(model, lastGet.task)
  const unfinished = unfinishedOf(channel)
  const process = model.tasks[lastGet.task]?.process
  const stuck = unendedCalls(context).find(call => call.process === process)
  const call = stuck ? callNames(store)(stuck.exampleRow) : ''
  const rowOf = (task: number): number => model.tasks[task]?.row ?? -1
  return makeDraft({
    detector: 'unbounded-queue',
    severity: 'high',
    confidence: confidenceOf({ tier: 'inferred', repeats: waiting.length, keyPrecision: 0.9 }),
    startNs: lastGet.atNs,
    endNs: store.durationNs,
    subject: { kind: 'queue', name: channel.name },
    culprit: culpritOf(
      { role: 'stopped taking', site: name },
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
        event: 'took the last message',
        value: '',
        row: rowOf(lastGet.task),
      },
      ...[waiting[0]!, last].map(({ atNs, task }) => ({
        atNs,
        task,
        event: 'sent one that nobody took',
        value: channel.name,
        row: rowOf(task),
      })),
    ],
    evidence: [
      fact('messages that wait', waiting.length, '{message}'),
      fact('nobody took one for', silentNs, 'ns', rowOf(lastGet.task)),
      fact('longest pause before', pauseNs, 'ns'),
      fact('taken before', gets.length, '{message}'),
      fact('sent before them and never seen to be handled', unfinished, '{message}'),
      limit(thresholds, 'queueGrowthCount'),
      limit(thresholds, 'coverageNs'),
    ],
    missing: [
      'What the consumer does instead: a span is exported when it ends, so that of a call that never returns is not in the trace.',
    ],
    marks: [{ kind: 'band', startNs: lastGet.atNs, endNs: store.durationNs, loop: -1 }],
    text: {
      title: `${name} took no message of ${channel.name} any more: ${count(waiting.length, 'message')} came in ${duration(silentNs)}, where before it never paused for more than ${duration(pauseNs)}${call === '' ? '' : `; the last one it took got as far as ${call}`}`,
      rule: `whatever handles a message of ${channel.name} ends, one way or the other`,
      explainer:
        'A consumer takes the next message when it is done with the one before. One that waits for something without a deadline is never done: no error, no log, and behind it everything piles up.',
      remedy: {
        primitive: 'a deadline on everything a handler awaits',
        why: 'The handler then fails after a bounded time, the message is tried again or set aside, and the next one is taken.',
      },
    },
  })
}

/** Earlier messages that were sent, and of which no handling is in the trace: it may never have ended. */
function unfinishedOf({ messages }: Channel): number {
  const sent = messages.filter(({ row }) => row >= 0)
  const lastTaken = sent.findLastIndex(({ deliveries }) => deliveries.length > 0)
  return sent.slice(0, lastTaken).filter(({ deliveries }) => deliveries.length === 0).length
}
