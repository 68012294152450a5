import type { Message } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, rowOfTask } from '../drafting.ts'
import type { Cleared } from '../finding.ts'
import { count, duration, fact, taskName } from '../words.ts'
import { staleWrites } from './stale-writes.ts'

/** A sequence goes back at its receiver, or the version of a key: old news after new. An effect. */
export const outOfOrder: Detector = {
  id: 'out-of-order',
  needs: ['messages or accesses'],
  run(context: Context): Detected {
    const observed: Draft[] = []
    const cleared: Cleared[] = []
    const regressions: Regression[] = []
    const numbered = context.model.messages.filter(message => message.sequence >= 0)
    for (const stream of groupBy(numbered, message => `${message.channel}\n${message.receiver}`)) {
      const received = stream.filter(message => message.direction === 'receive')
      // Without receipts the order of sending is the best there is.
      const found = regressionsOf(received.length > 0 ? received : stream)
      regressions.push(...found)
      if (found.length === 0)
        cleared.push({
          detector: 'out-of-order',
          subject: stream[0]!.channel,
          reason: `${count(stream.length, 'message')} to ${stream[0]!.receiver || 'its receiver'} in order`,
        })
    }
    for (const group of groupBy(regressions, item => item.late.channel)) observed.push(draft(context, group))
    observed.push(...staleWrites(context))
    return { observed, predicted: [], cleared: cleared.slice(0, 20) }
  },
}

interface Regression {
  readonly newer: Message
  readonly late: Message
}

function regressionsOf(messages: readonly Message[]): Regression[] {
  const out: Regression[] = []
  let newest: Message | null = null
  const seen = new Set<number>()
  for (const message of messages) {
    // A sequence that starts again counts as a new one, a repeat as a redelivery.
    if (newest && message.sequence < newest.sequence && message.sequence > 1 && !seen.has(message.sequence))
      out.push({ newer: newest, late: message })
    else if (!newest || message.sequence > newest.sequence || message.sequence <= 1) {
      if (newest && message.sequence <= 1 && newest.sequence > 1) {
        // 2 before 1 at the very beginning is no restart.
        if (!seen.has(message.sequence) && seen.size <= 2) {
          out.push({ newer: newest, late: message })
          seen.add(message.sequence)
          continue
        }
        seen.clear()
      }
      newest = message
    }
    seen.add(message.sequence)
  }
  return out
}

/** The receiver's name where no task of it was recorded. */
const received = ({ task, receiver }: Message): string =>
  task < 0 && receiver ? `${receiver} received` : 'received'

function draft(context: Context, group: readonly Regression[]): Draft {
  const { model } = context
  const { newer, late } = group[0]!
  const receivers = new Set(group.map(item => item.late.receiver))
  const sent = (message: Message) =>
    model.messages.find(
      other =>
        other.direction === 'send' &&
        other.channel === message.channel &&
        other.sequence === message.sequence &&
        (other.receiver === message.receiver || other.receiver === ''),
    )
  const origin = sent(late)
  const task = model.tasks[(origin ?? late).task]
  return makeDraft({
    detector: 'out-of-order',
    severity: 'medium',
    confidence: confidenceOf({ tier: 'observed', proven: origin !== undefined, repeats: group.length }),
    startNs: (origin ?? newer).atNs,
    endNs: late.atNs,
    subject: { kind: 'channel', name: late.channel },
    culprit: culpritOf({ role: 'sends', site: task?.site ?? '' }, [], [task?.row ?? -1]),
    victims: {
      count: receivers.size,
      totalWaitNs: 0,
      rows: group
        .map(item => rowOfTask(model, item.late.task))
        .filter(row => row >= 0)
        .slice(0, 50),
    },
    steps: [
      ...(origin
        ? [
            {
              atNs: origin.atNs,
              task: origin.task,
              event: `sent to ${late.receiver || 'it'}:`,
              value: `${late.sequence}`,
              row: rowOfTask(model, origin.task),
            },
          ]
        : []),
      {
        atNs: newer.atNs,
        task: newer.task,
        event: received(newer),
        value: `${newer.sequence}`,
        row: rowOfTask(model, newer.task),
      },
      {
        atNs: late.atNs,
        task: late.task,
        event: received(late),
        value: `${late.sequence}`,
        row: rowOfTask(model, late.task),
      },
    ],
    evidence: [
      fact('messages overtaken', group.length, '{message}'),
      fact('the one shown came after the newer one by', late.atNs - newer.atNs, 'ns'),
      fact('its number is lower by', newer.sequence - late.sequence, '1'),
      fact('receivers concerned', receivers.size, '{receiver}'),
    ],
    text: {
      title: `${late.receiver || taskName(model, late.task)} received message ${late.sequence} of ${late.channel} ${duration(late.atNs - newer.atNs)} after message ${newer.sequence}, which was sent later${group.length > 1 ? `; ${count(group.length, 'message')} came too late like that` : ''}`,
      rule: `what ${late.channel} delivers is never older than what came before`,
      explainer:
        'A newer message overtook an older one. Whoever shows the last message received then shows an old state as the new one, which looks like flicker.',
      remedy: {
        primitive: 'a sequence number that receivers check',
        why: 'Anything not newer than what was seen is dropped; or one sender per channel awaits each send before the next.',
      },
    },
    explains: 'no',
    defect: true,
  })
}
