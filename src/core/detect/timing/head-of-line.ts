/**
 * A consumer that takes one message after the other, and one of them takes long: all behind it wait, whatever they are about.
 *
 *     sent      │  │  │ │  │  │ │
 *     handled   ├┤ ├──────────────────────────┤├┤├┤├┤├┤├┤
 */
import type { Channel, Delivery, Sent } from '../../convention/calls/deliveries.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, sectionOf, victimsOf } from '../drafting.ts'
import { channelsInUse } from '../lifecycle/message-queues.ts'
import { count, duration, fact, limit, median, taskName, times } from '../words.ts'

/** Shorter ones hold nobody up who could not as well wait in a queue. */
const minSlowNs = 1e9
/** Fewer that waited for it are no line. */
const minBehind = 5

interface Blocked {
  readonly head: Delivery
  readonly behind: readonly Sent[]
  readonly usualNs: number
  readonly usualWaitNs: number
}

export function headsOfLine(context: Context): Draft[] {
  return channelsInUse(context).flatMap(channel => {
    context.checkpoint()
    const found = groupBy(
      channel.messages.filter(({ row, deliveries }) => row >= 0 && deliveries.length > 0),
      ({ deliveries }) => `${context.store.spans.process[deliveries[0]!.row]} ${deliveries[0]!.partition}`,
    ).flatMap(line => blockedIn(context, line) ?? [])
    return found.length === 0 ? [] : [draft(context, channel, found)]
  })
}

function blockedIn({ store, thresholds }: Context, line: readonly Sent[]): Blocked | null {
  const byStart = [...line].sort((a, b) => a.deliveries[0]!.startNs - b.deliveries[0]!.startNs)
  const firsts = byStart.map(({ deliveries }) => deliveries[0]!)
  const usualNs = median(firsts.map(lengthOf))
  const at = firsts.reduce((worst, one, i) => (lengthOf(one) > lengthOf(firsts[worst]!) ? i : worst), 0)
  const head = firsts[at]!
  if (lengthOf(head) < Math.max(minSlowNs, 2 * thresholds.broadcastSlowRatio * usualNs)) return null
  // Others are handled meanwhile: there are more lines than one.
  const marginNs = 1e6 + store.processes[store.spans.process[head.row]!]!.uncertaintyNs
  if (firsts.some(one => one !== head && overlapNs(one, head) > marginNs)) return null
  const behind = byStart.slice(at + 1).filter(({ atNs }) => atNs < head.endNs)
  const before = byStart.slice(0, at)
  const usualWaitNs = median(before.map(waitOf))
  const waits = behind.map(waitOf)
  if (behind.length < minBehind || median(waits) < lengthOf(head) / 4) return null
  // A queue that was long before is not this one's fault.
  return before.length >= minBehind && usualWaitNs < median(waits) / 4
    ? { head, behind, usualNs, usualWaitNs }
    : null
}

const overlapNs = (a: Delivery, b: Delivery): number =>
  Math.min(a.endNs, b.endNs) - Math.max(a.startNs, b.startNs)
const lengthOf = ({ startNs, endNs }: Delivery): number => endNs - startNs
const waitOf = ({ atNs, deliveries }: Sent): number => Math.max(0, deliveries[0]!.startNs - atNs)

function draft(context: Context, channel: Channel, found: readonly Blocked[]): Draft {
  const { model, thresholds } = context
  const main = found.reduce((a, b) => (b.behind.length > a.behind.length ? b : a))
  const { head, behind, usualNs, usualWaitNs } = main
  const taskOf = (row: number): number => model.taskOfSpan[row]!
  const waits = behind.map(waitOf)
  const name = taskName(model, taskOf(head.row))
  const lengthNs = lengthOf(head)
  return makeDraft({
    detector: 'sequential-awaits',
    severity: lengthNs >= 5 * minSlowNs || behind.length >= 4 * minBehind ? 'medium' : 'low',
    confidence: confidenceOf({ tier: 'inferred', repeats: behind.length, counterfactual: true }),
    startNs: head.startNs,
    endNs: head.endNs,
    subject: { kind: 'queue', name: channel.name },
    culprit: culpritOf({ role: 'handles one after the other', site: name }, [], [head.row]),
    victims: victimsOf(
      model,
      behind.map(({ deliveries: [first] }) => ({ task: taskOf(first!.row), row: first!.row })),
      waits.reduce((sum, ns) => sum + ns, 0),
    ),
    steps: [
      { atNs: head.startNs, task: taskOf(head.row), event: 'was taken', value: '', row: head.row },
      ...behind.slice(0, 2).map(({ atNs, row }) => ({
        atNs,
        task: taskOf(row),
        event: 'sent one that had to wait',
        value: channel.name,
        row,
      })),
      {
        atNs: head.endNs,
        task: taskOf(head.row),
        event: 'done',
        value: `after ${duration(lengthNs)}`,
        row: head.row,
      },
    ],
    evidence: [
      fact('it took', lengthNs, 'ns', head.row),
      fact('others take (median)', usualNs, 'ns'),
      fact('so it took', `${times(lengthNs, usualNs)} as long as they`),
      fact('messages behind it', behind.length, '{message}'),
      fact('they waited (median)', median(waits), 'ns'),
      fact('messages before it waited (median)', usualWaitNs, 'ns'),
      limit(thresholds, 'broadcastSlowRatio'),
    ],
    missing: ['Whether the messages behind it had to come after it: nothing in the recording says so.'],
    marks: [{ kind: 'section', a: sectionOf(model, taskOf(head.row), head.startNs, head.endNs) }],
    text: {
      title: `${name} works through ${channel.name} one message after the other: one took ${duration(lengthNs)}, and ${count(behind.length, 'message')} behind it waited ${duration(median(waits))} (before: ${duration(usualWaitNs)})`,
      rule: `a slow message of ${channel.name} holds up only those that must come after it`,
      explainer:
        'The consumer takes the next message when it is done with the one before. One that takes long, of one customer say, stands at the head of the line, and everybody else’s wait behind it.',
      remedy: {
        primitive: 'several messages at a time, by key; or a line of their own for slow ones',
        why: 'Messages of different keys need no order among each other: with a few handlers side by side the others go past the slow one.',
      },
    },
  })
}
