/** Messages, queue items, cancellations and marks: what log records and span events tell. */
import { attributeAt } from '../../store/store.ts'
import { Event, Key, Otel } from '../keys.ts'
import type { Cancel, Mark, Message, QueueItem } from '../model.ts'
import { taskOfRecord } from './read-accesses.ts'
import type { Tasks } from './read-tasks.ts'
import type { Reading } from './reading.ts'

export interface RecordTables {
  readonly messages: readonly Message[]
  readonly queueItems: readonly QueueItem[]
  readonly cancels: readonly Cancel[]
  readonly marks: readonly Mark[]
}

const errorSeverity = 17

export function readRecords(reading: Reading, tasks: Tasks): RecordTables {
  const { store, attributes } = reading
  const { records, strings } = store
  const messages: Message[] = []
  const queueItems: QueueItem[] = []
  const cancels: Cancel[] = []
  const marks: Mark[] = []
  // Beside spans only errors stand for themselves; a log alone is all there is to see.
  const onlyLogs = store.spans.count === 0
  for (let at = 0; at < records.count; at++) {
    const name = strings[records.name[at]!]!
    const atNs = records.timeNs[at]!
    if (!name.startsWith('interleave.')) {
      const isError = name === 'exception' || records.severity[at]! >= errorSeverity
      if (!isError && !onlyLogs) continue
      marks.push({
        record: at,
        kind: isError ? 'error' : 'log',
        text: errorText(reading, at, name),
        atNs,
        process: records.process[at]!,
        task: taskOfRecord(reading, tasks, at),
      })
      continue
    }
    const task = taskOfRecord(reading, tasks, at)
    if (name.startsWith(Event.message)) {
      const direction = name.slice(Event.message.length)
      if (direction !== 'send' && direction !== 'receive') continue
      messages.push({
        record: at,
        direction,
        channel: attributes.text(records, at, Key.messageChannel),
        receiver: attributes.text(records, at, Key.messageReceiver),
        sequence: attributes.number(records, at, Key.messageSequence),
        atNs,
        task,
        site: attributes.site(records, at),
      })
    } else if (name.startsWith(Event.queue)) {
      const op = name.slice(Event.queue.length)
      if (op !== 'put' && op !== 'get') continue
      queueItems.push({
        record: at,
        op,
        queue: attributes.text(records, at, Key.queueName),
        item: attributes.text(records, at, Key.queueItemId),
        depth: attributes.number(records, at, Key.queueDepth),
        capacity: attributes.number(records, at, Key.queueCapacity),
        atNs,
        process: records.process[at]!,
        task,
        site: attributes.site(records, at),
      })
    } else if (name === Event.taskCancel) {
      cancels.push({ task, atNs, reason: attributes.text(records, at, Key.cancelReason) })
    } else if (name === Event.mark) {
      marks.push({
        record: at,
        kind: attributes.text(records, at, Key.markKind) || 'mark',
        text: attributes.text(records, at, Key.markText) || strings[records.body[at]!]!,
        atNs,
        process: records.process[at]!,
        task,
        ...countedOf(reading, at),
      })
    }
  }
  return { messages, queueItems, cancels, marks }
}

/** `mark('hypothesis', '63 idle connections …', { idle: 63, limit: 100 })` */
function countedOf({ store, attributes }: Reading, at: number): Pick<Mark, 'counted'> {
  const limit = attributes.number(store.records, at, 'limit')
  if (limit < 0) return {}
  const { attrStart, attrEnd } = store.records
  for (let attribute = attrStart[at]!; attribute < attrEnd[at]!; attribute++) {
    const name = store.strings[store.attributes.key[attribute]!]!
    const value = attributeAt(store, attribute)
    if (typeof value === 'number' && name !== 'limit' && !name.startsWith('interleave.'))
      return { counted: { value, limit } }
  }
  return {}
}

/** `PoolTimeout: no connection within 10 s`, or the log's body. */
function errorText({ store, attributes }: Reading, at: number, name: string): string {
  const { records, strings } = store
  const type = attributes.text(records, at, 'exception.type') || attributes.text(records, at, Otel.errorType)
  const message = attributes.text(records, at, 'exception.message')
  // A log's body may hold a whole traceback.
  const body = strings[records.body[at]!]!.split('\n', 1)[0]!
  if (type !== '' && message !== '') return message.startsWith(type) ? message : `${type}: ${message}`
  return message || body || type || name
}
