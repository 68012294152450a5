/**
 * A consumer that takes one message after the other, and one of them takes long: all behind it wait, whatever they are about.
 *
 *     sent      │  │  │ │  │  │ │
 *     handled   ├┤ ├──────────────────────────┤├┤├┤├┤├┤├┤
 *
 * of messages, as ordinary spans tell them, or of a queue in memory, as recorded.
 */
import type { Sent } from '../../convention/calls/deliveries.ts'
import type { QueueItem } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, rowOfTask, sectionOf, victimsOf } from '../drafting.ts'
import { channelsInUse } from '../lifecycle/message-queues.ts'
import { count, duration, fact, limit, median, taskName, times } from '../words.ts'

/** Shorter ones hold nobody up who could not as well wait in a queue. */
const minSlowNs = 1e9
/** Fewer that waited for it are no line. */
const minBehind = 5

/** Something that waited in a line until somebody took it, and from then on kept the line until it was done. */
interface Waiting {
  readonly putNs: number
  readonly takenNs: number
  readonly doneNs: number
  /** Who put it and who took it, and their span rows; -1 unknown. */
  readonly putter: number
  readonly putterRow: number
  readonly taker: number
  readonly takerRow: number
  /** The line that takes, where it is recorded. */
  readonly site?: string
}

interface Blocked {
  readonly head: Waiting
  readonly behind: readonly Waiting[]
  readonly usualNs: number
  readonly usualWaitNs: number
}

export function headsOfLine(context: Context): Draft[] {
  const { model, store } = context
  const ofMessages = channelsInUse(context).flatMap(channel => {
    context.checkpoint()
    const lines = groupBy(
      channel.messages.filter(({ row, deliveries }) => row >= 0 && deliveries.length > 0),
      ({ deliveries }) => `${store.spans.process[deliveries[0]!.row]} ${deliveries[0]!.partition}`,
    )
    const found = lines.flatMap(
      line =>
        blockedIn(
          context,
          line.map(sent => inLine(context, sent)),
        ) ?? [],
    )
    return found.length === 0 ? [] : [draft(context, channel.name, found, false)]
  })
  const recorded = groupBy(model.queueItems, item => `${item.process} ${item.queue}`).flatMap(items => {
    const found = blockedIn(context, takenInTurn(context, items))
    return found ? [draft(context, items[0]!.queue, [found], true)] : []
  })
  return [...ofMessages, ...recorded]
}

function inLine({ model }: Context, { row, atNs, deliveries }: Sent): Waiting {
  const first = deliveries[0]!
  return {
    putNs: atNs,
    takenNs: first.startNs,
    doneNs: first.endNs,
    putter: model.taskOfSpan[row]!,
    putterRow: row,
    taker: model.taskOfSpan[first.row]!,
    takerRow: first.row,
  }
}

/**
 * Items of a recorded queue that one takes in turn: it is done with one when it takes the next, or when there was nothing to
 * take. None where several take from it, or where items have no names.
 */
function takenInTurn({ model }: Context, items: readonly QueueItem[]): Waiting[] {
  const gets = items.filter(({ op, item }) => op === 'get' && item !== '')
  if (gets.some(({ task }) => task !== gets[0]!.task)) return []
  const puts = new Map(
    items.filter(({ op, item }) => op === 'put' && item !== '').map(put => [put.item, put]),
  )
  return gets.flatMap((get, at) => {
    const put = puts.get(get.item)
    const next = gets[at + 1]
    const nextPut = next && puts.get(next.item)
    if (!put || !nextPut) return []
    const doneNs = nextPut.atNs > get.atNs && next.atNs - nextPut.atNs < idleNs ? nextPut.atNs : next.atNs
    const [putterRow, takerRow] = [put, get].map(({ task }) => rowOfTask(model, task)) as [number, number]
    return [
      {
        putNs: put.atNs,
        takenNs: get.atNs,
        doneNs,
        putter: put.task,
        putterRow,
        taker: get.task,
        takerRow,
        site: get.site ?? '',
      },
    ]
  })
}

/** Whoever takes an item so soon after it came was waiting for it. */
const idleNs = 20e6

function blockedIn({ model, store, thresholds }: Context, line: readonly Waiting[]): Blocked | null {
  if (line.length <= minBehind) return null
  const byStart = [...line].sort((a, b) => a.takenNs - b.takenNs)
  const usualNs = median(byStart.map(lengthOf))
  const at = byStart.reduce((worst, one, i) => (lengthOf(one) > lengthOf(byStart[worst]!) ? i : worst), 0)
  const head = byStart[at]!
  if (lengthOf(head) < Math.max(minSlowNs, 2 * thresholds.broadcastSlowRatio * usualNs)) return null
  // Others are handled meanwhile: there are more lines than one.
  const marginNs = 1e6 + (store.processes[model.tasks[head.taker]?.process ?? -1]?.uncertaintyNs ?? 0)
  if (byStart.some(one => one !== head && overlapNs(one, head) > marginNs)) return null
  const behind = byStart.slice(at + 1).filter(({ putNs }) => putNs < head.doneNs)
  const before = byStart.slice(0, at)
  const usualWaitNs = median(before.map(waitOf))
  const waits = behind.map(waitOf)
  if (behind.length < minBehind || median(waits) < lengthOf(head) / 4) return null
  // A queue that was long before is not this one's fault.
  return before.length >= minBehind && usualWaitNs < median(waits) / 4
    ? { head, behind, usualNs, usualWaitNs }
    : null
}

const overlapNs = (a: Waiting, b: Waiting): number =>
  Math.min(a.doneNs, b.doneNs) - Math.max(a.takenNs, b.takenNs)
const lengthOf = ({ takenNs, doneNs }: Waiting): number => doneNs - takenNs
const waitOf = ({ putNs, takenNs }: Waiting): number => Math.max(0, takenNs - putNs)

function draft(context: Context, queue: string, found: readonly Blocked[], told: boolean): Draft {
  const { model, thresholds } = context
  const main = found.reduce((a, b) => (b.behind.length > a.behind.length ? b : a))
  const { head, behind, usualNs, usualWaitNs } = main
  const waits = behind.map(waitOf)
  const name = head.taker < 0 ? 'the consumer' : taskName(model, head.taker)
  const item = told ? 'item' : 'message'
  const lengthNs = lengthOf(head)
  return makeDraft({
    detector: 'sequential-awaits',
    severity: lengthNs >= 5 * minSlowNs || behind.length >= 4 * minBehind ? 'medium' : 'low',
    confidence: confidenceOf({
      tier: told ? 'observed' : 'inferred',
      repeats: behind.length,
      counterfactual: true,
    }),
    startNs: head.takenNs,
    endNs: head.doneNs,
    subject: { kind: 'queue', name: queue },
    culprit: culpritOf({ role: 'handles one after the other', site: head.site || name }, [], [head.takerRow]),
    victims: victimsOf(
      model,
      behind.map(({ taker, takerRow }) => (told ? { task: -1 } : { task: taker, row: takerRow })),
      waits.reduce((sum, ns) => sum + ns, 0),
    ),
    steps: [
      { atNs: head.takenNs, task: head.taker, event: 'was taken', value: '', row: head.takerRow },
      ...behind.slice(0, 2).map(({ putNs, putter, putterRow }) => ({
        atNs: putNs,
        task: putter,
        event: `${told ? 'put' : 'sent'} one that had to wait`,
        value: queue,
        row: putterRow,
      })),
      {
        atNs: head.doneNs,
        task: head.taker,
        event: 'done',
        value: `after ${duration(lengthNs)}`,
        row: head.takerRow,
      },
    ],
    evidence: [
      fact('it took', lengthNs, 'ns', head.takerRow),
      fact('others take (median)', usualNs, 'ns'),
      fact('so it took', `${times(lengthNs, usualNs)} as long as they`),
      fact(`${item}s behind it`, behind.length, `{${item}}`),
      fact('they waited (median)', median(waits), 'ns'),
      fact(`${item}s before it waited (median)`, usualWaitNs, 'ns'),
      limit(thresholds, 'broadcastSlowRatio'),
    ],
    missing: [`Whether the ${item}s behind it had to come after it: nothing in the recording says so.`],
    marks: [{ kind: 'section', a: sectionOf(model, head.taker, head.takenNs, head.doneNs) }],
    text: {
      title: `${name} works through ${queue} one ${item} after the other: one took ${duration(lengthNs)}, and ${count(behind.length, item)} behind it waited ${duration(median(waits))} (before: ${duration(usualWaitNs)})`,
      rule: `a slow ${item} of ${queue} holds up only those that must come after it`,
      explainer:
        'The consumer takes the next one when it is done with the one before. One that takes long, of one customer say, stands at the head of the line, and everybody else’s wait behind it.',
      remedy: {
        primitive: 'several of them at a time, by key; or a line of their own for slow ones',
        why: 'Those of different keys need no order among each other: with a few handlers side by side the others go past the slow one.',
      },
    },
  })
}
