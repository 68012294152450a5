/**
 * Queues of messages between services, as far as ordinary spans tell: a message is in it from when it was sent until
 * somebody begins to handle it.
 */
import { type Channel, channelsOf } from '../../convention/calls/deliveries.ts'
import type { QueueItem } from '../../convention/model.ts'
import type { Context } from '../context.ts'
import { oncePer } from '../once-per.ts'

/** Channels that somebody takes from; where nobody does, the consumers are just not in the trace. */
export const channelsInUse = oncePer(({ store }: Context): readonly Channel[] =>
  channelsOf(store).filter(({ messages }) => messages.some(({ deliveries }) => deliveries.length > 0)),
)

/**
 * Puts and gets of a channel by time. A message that nobody handled, although later ones were, was lost on the way into
 * the trace more likely than forgotten: only those after the last one that was handled count as waiting.
 */
export function itemsOf({ model, store }: Context, { name, messages }: Channel): QueueItem[] {
  const sent = messages.filter(({ row }) => row >= 0)
  const lastTaken = sent.findLastIndex(({ deliveries }) => deliveries.length > 0)
  const items: QueueItem[] = []
  const add = (op: 'put' | 'get', row: number, atNs: number): void => {
    const task = model.taskOfSpan[row]!
    items.push({
      record: -1,
      op,
      queue: name,
      item: '',
      depth: -1,
      capacity: -1,
      atNs,
      process: store.spans.process[row]!,
      task,
    })
  }
  for (const [at, { row, atNs, deliveries }] of sent.entries()) {
    const [first] = deliveries
    if (!first && at <= lastTaken) continue
    add('put', row, atNs)
    if (first) add('get', first.row, Math.max(atNs, first.startNs))
  }
  return items.sort((a, b) => a.atNs - b.atNs)
}

/** Recorded operations of a queue in memory, not the spans that tell those of a queue of messages. */
export const isTold = (items: readonly QueueItem[]): boolean => items[0]!.record >= 0
