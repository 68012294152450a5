/**
 * Messages of ordinary traces: the span that sent each and those that handled it, told by parent, link or id.
 *
 *     api      send orders ├┤
 *     worker                ····waits····  process orders ├──✕      process orders ├──┤
 */
import { Kind, Status, type Store } from '../../store/store.ts'
import { readerOf } from '../attributes/attribute-reader.ts'

/** What one group of consumers gets of one queue or topic. */
export interface Channel {
  /** As its consumers call it. */
  readonly name: string
  /** By the time they were sent; those of which only the handling is known come first. */
  readonly messages: readonly Sent[]
}

export interface Sent {
  /** Span row, -1 when it is not in the trace. */
  readonly row: number
  readonly atNs: number
  /** By start; empty when nobody of the group handled it as far as the trace tells. */
  readonly deliveries: readonly Delivery[]
}

export interface Delivery {
  readonly row: number
  readonly startNs: number
  readonly endNs: number
  readonly failed: boolean
  /** Messages of one partition have an order; `''` where there are none. */
  readonly partition: string
}

interface Message {
  readonly row: number
  readonly atNs: number
  readonly destination: string
}

/** Asking for messages and confirming them handles none. */
const handlesNothing = new Set(['receive', 'settle'])

export function channelsOf(store: Store): Channel[] {
  const { spans, processes } = store
  const attributes = readerOf(store)
  if (!spans.kind.includes(Kind.consumer)) return []
  const text = (row: number, key: string): string => attributes.text(spans, row, key)
  const sent = new Map<number, Message>()
  const byId = new Map<string, Message>()
  for (let row = 0; row < spans.count; row++) {
    if (spans.kind[row] !== Kind.producer) continue
    const message = { row, atNs: spans.endNs[row]!, destination: text(row, 'messaging.destination.name') }
    const id = text(row, 'messaging.message.id')
    sent.set(row, message)
    if (id !== '') byId.set(id, message)
  }
  const byDestination = new Map<string, Message[]>()
  for (const message of sent.values()) {
    const list = byDestination.get(message.destination)
    if (list) list.push(message)
    else byDestination.set(message.destination, [message])
  }
  const linked = linksToProducers(store)
  const groups = new Map<string, { name: string; destination: string; handled: Map<Message, Delivery[]> }>()
  for (let row = 0; row < spans.count; row++) {
    if (spans.kind[row] !== Kind.consumer || handlesNothing.has(text(row, 'messaging.operation.type')))
      continue
    const parent = spans.parent[row]!
    // A framework's span inside the client's own.
    if (parent !== -1 && spans.kind[parent] === Kind.consumer && spans.process[parent] === spans.process[row])
      if (!handlesNothing.has(text(parent, 'messaging.operation.type'))) continue
    const name = text(row, 'messaging.destination.name')
    const messages = [...(sent.has(parent) ? [parent] : (linked.get(row) ?? []))].map(at => sent.get(at)!)
    const id = text(row, 'messaging.message.id')
    if (messages.length === 0 && id !== '') {
      const message = byId.get(id) ?? { row: -1, atNs: -1, destination: name }
      byId.set(id, message)
      messages.push(message)
    }
    if (messages.length === 0) continue
    const { destination } = messages[0]!
    const consumers = text(row, 'messaging.consumer.group.name') || processes[spans.process[row]!]!.service
    const key = `${destination}\n${consumers}`
    const group = groups.get(key) ?? { name: name || destination, destination, handled: new Map() }
    groups.set(key, group)
    const delivery = {
      row,
      startNs: spans.startNs[row]!,
      endNs: spans.endNs[row]!,
      failed: spans.status[row] === Status.error,
      partition: text(row, 'messaging.destination.partition.id'),
    }
    for (const message of messages) {
      const list = group.handled.get(message)
      if (list) list.push(delivery)
      else group.handled.set(message, [delivery])
    }
  }
  return [...groups.values()].map(({ name, destination, handled }) => {
    const messages = new Set([...handled.keys(), ...(byDestination.get(destination) ?? [])])
    return {
      name,
      messages: [...messages]
        .map(message => ({
          row: message.row,
          atNs: message.atNs,
          deliveries: (handled.get(message) ?? []).sort((a, b) => a.startNs - b.startNs),
        }))
        .sort((a, b) => a.atNs - b.atNs || a.row - b.row),
    }
  })
}

/** By consumer row, the producers it links to. */
function linksToProducers({ spans, links }: Store): Map<number, number[]> {
  const out = new Map<number, number[]>()
  for (let link = 0; link < links.count; link++) {
    const from = links.from[link]!
    const to = links.to[link]!
    if (from < 0 || to < 0 || spans.kind[from] !== Kind.consumer || spans.kind[to] !== Kind.producer) continue
    const list = out.get(from)
    if (list) list.push(to)
    else out.set(from, [to])
  }
  return out
}
