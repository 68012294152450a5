/**
 * Messages that are handled over and over: one that can't be handled and comes back at once ("poison"), or all of them, as a
 * broker gives what was not confirmed in time to the next consumer.
 *
 *     message 7   ├──✕├──✕├──✕├──✕├──✕ …          fails each time, for ever
 *     message 1…  ├─┤     ├─┤      ├─┤             done, and done again
 */
import type { Channel, Delivery, Sent } from '../../convention/calls/deliveries.ts'
import { failureTexts } from '../../convention/calls/failure-texts.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft } from '../drafting.ts'
import { channelsInUse } from '../lifecycle/message-queues.ts'
import { count, duration, fact, largest, limit, median, smallest, taskName } from '../words.ts'
import { backOffRatio } from './retry-calls.ts'

export function redeliveries(context: Context): Draft[] {
  return channelsInUse(context).flatMap(channel => {
    context.checkpoint()
    const poisoned = channel.messages.filter(message => isPoison(context, message))
    if (poisoned.length > 0) return [poisonDraft(context, channel, poisoned)]
    const again = doneAgain(context, channel)
    return again ? [againDraft(context, channel, again)] : []
  })
}

/** Failed more often than queues try that give up, and did not come later each time. */
function isPoison({ thresholds }: Context, { deliveries }: Sent): boolean {
  if (deliveries.length < thresholds.deliveriesCount || !deliveries.every(({ failed }) => failed))
    return false
  const pauses = deliveries.slice(1).map(({ startNs }, at) => Math.max(1, startNs - deliveries[at]!.endNs))
  return median(pauses.slice(1).map((pauseNs, at) => pauseNs / pauses[at]!)) < backOffRatio
}

/** Handled well more than once, each time after the time before. */
const timesDone = ({ deliveries }: Sent): number =>
  deliveries.filter(
    ({ failed, startNs }, at) => !failed && (at === 0 || startNs >= deliveries[at - 1]!.endNs - 1e6),
  ).length

/**
 * Most messages of a stretch were done again. Where each is done equally often, two handlers do different things with it; a
 * few are what at-least-once delivery means.
 */
function doneAgain({ thresholds }: Context, { messages }: Channel): Sent[] | null {
  const again = messages.filter(message => timesDone(message) > 1)
  if (again.length < thresholds.queueGrowthCount) return null
  const often = new Set(again.map(timesDone))
  const total = again.reduce((sum, message) => sum + timesDone(message), 0)
  const handled = messages.filter(({ deliveries }) => deliveries.length > 0).length
  if (often.size < 2 || again.length < handled / 2) return null
  return total >= thresholds.retryAmplificationRatio * again.length ? again : null
}

function poisonDraft(context: Context, channel: Channel, messages: readonly Sent[]): Draft {
  const { store } = context
  const worst = messages.reduce((a, b) => (b.deliveries.length > a.deliveries.length ? b : a))
  const all = messages.flatMap(({ deliveries }) => deliveries)
  const text = failureTexts(store)(worst.deliveries[0]!.row).split('\n', 1)[0]!
  const name = nameOf(context, worst.deliveries[0]!)
  const others = messages.length - 1
  return makeDraft({
    ...shared(context, channel, all, worst),
    text: {
      title: `${name} failed ${worst.deliveries.length} times on one message of ${channel.name}, which came back each time${others > 0 ? `; so did ${count(others, 'other message')}` : ''}${text === '' ? '' : ` (“${text.slice(0, 60)}”)`}`,
      rule: `a message of ${channel.name} that can’t be handled is set aside after a few attempts`,
      explainer:
        'What fails for a reason in the message itself fails each time. It goes back into the queue, is taken again at once, and takes the place of messages that could be handled.',
      remedy: {
        primitive: 'a limit of attempts, growing pauses, and a dead-letter queue',
        why: 'After a few attempts the message is put where a person can look at it, and the consumers are free again.',
      },
    },
  })
}

function againDraft(context: Context, channel: Channel, messages: readonly Sent[]): Draft {
  const worst = messages.reduce((a, b) => (b.deliveries.length > a.deliveries.length ? b : a))
  const all = messages.flatMap(({ deliveries }) => deliveries)
  const each = (all.length / messages.length).toFixed(1)
  return makeDraft({
    ...shared(context, channel, all, worst),
    text: {
      title: `${nameOf(context, all[0]!)} did ${count(messages.length, 'message')} of ${channel.name} again that were done already, ${each} times each`,
      rule: `a message of ${channel.name} that was handled is confirmed before the broker gives it to another consumer`,
      explainer:
        'Messages were handled well, but not confirmed in time: the broker took their consumer for dead and gave all it had to the next one, who was no faster. Meanwhile the work is done again and again, and nothing moves on.',
      remedy: {
        primitive: 'smaller batches, or a longer time limit; confirm each message as it is done',
        why: 'A consumer that reports in time keeps its messages, and what was done is not given to anybody else.',
      },
    },
  })
}

function shared(context: Context, { name }: Channel, all: readonly Delivery[], worst: Sent) {
  const { model, thresholds } = context
  const rows = all.map(({ row }) => row)
  const startNs = smallest(all.map(one => one.startNs))
  const endNs = largest(all.map(one => one.endNs))
  const [most] = groupBy(all, one => nameOf(context, one)).sort((a, b) => b.length - a.length)
  return {
    detector: 'retry-storm',
    severity: 'high',
    confidence: confidenceOf({ tier: 'inferred', proven: true, repeats: all.length }),
    startNs,
    endNs,
    subject: { kind: 'queue', name },
    culprit: culpritOf({ role: 'handles, again and again', site: nameOf(context, most![0]!) }, [], rows),
    victims: { count: all.length, totalWaitNs: 0, rows: rows.slice(0, 50) },
    steps: worst.deliveries.slice(0, 6).map(({ row, startNs: atNs, failed }, at) => ({
      atNs,
      task: model.taskOfSpan[row]!,
      event: at === 0 ? 'handled' : `handled again, for the ${at + 1}. time`,
      value: failed ? 'failed' : 'done',
      row,
    })),
    evidence: [
      fact('deliveries of one message', worst.deliveries.length, '{delivery}', worst.deliveries[0]!.row),
      fact('deliveries in all', all.length, '{delivery}'),
      fact('of them failed', all.filter(({ failed }) => failed).length, '{delivery}'),
      fact('for', duration(endNs - startNs)),
      limit(thresholds, 'deliveriesCount'),
    ],
    missing: ['How many attempts the queue allows, and what it does then: the spans do not say.'],
    marks: [{ kind: 'band' as const, startNs, endNs, loop: -1 }],
    explains: 'partly' as const,
  } as const
}

const nameOf = ({ model }: Context, { row }: Delivery): string => taskName(model, model.taskOfSpan[row]!)
