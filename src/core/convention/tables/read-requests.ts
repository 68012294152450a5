/** Requests: server and consumer spans, and request tasks of services that have no such spans. */
import { hasFlag, Kind, SpanFlag, Status, spanName } from '../../store/store.ts'
import type { Access, Request } from '../model.ts'
import { entityOfKey, entityOfSpan } from './entity.ts'
import type { Tasks } from './read-tasks.ts'
import type { Reading } from './reading.ts'

export function readRequests(
  reading: Reading,
  tasks: Tasks,
  keys: readonly string[],
  accesses: readonly Access[],
): Request[] {
  const { store } = reading
  const { spans } = store
  const entityOfTask = entitiesOfTasks(tasks, keys, accesses)
  const requests: Request[] = []
  const hasRequest = new Uint8Array(tasks.table.length)
  for (let row = 0; row < spans.count; row++) {
    const kind = spans.kind[row]!
    if ((kind !== Kind.server && kind !== Kind.consumer) || hasFlag(store, row, SpanFlag.ghost)) continue
    const up = spans.parent[row]!
    // A framework's server span inside the server's own is the same request.
    if (up !== -1 && spans.kind[up] === kind && spans.process[up] === spans.process[row]) continue
    const task = tasks.ofSpan[row]!
    if (task >= 0) hasRequest[task] = 1
    requests.push(requestOf(reading, row, task, entityOfTask(task)))
  }
  tasks.table.forEach((task, index) => {
    if (task.type !== 'request' || task.row < 0 || hasRequest[index] === 1) return
    requests.push(requestOf(reading, task.row, index, entityOfTask(index), task.name))
  })
  return requests.sort((a, b) => a.startNs - b.startNs || a.row - b.row)
}

function requestOf(reading: Reading, row: number, task: number, entity: string | null, name = ''): Request {
  const { store, attributes } = reading
  const { spans } = store
  const method = attributes.text(spans, row, 'http.request.method')
  const route = attributes.text(spans, row, 'http.route')
  const status = attributes.number(spans, row, 'http.response.status_code', 0)
  return {
    startNs: spans.startNs[row]!,
    endNs: spans.endNs[row]!,
    open: hasFlag(store, row, SpanFlag.open),
    row,
    task,
    process: spans.process[row]!,
    operation: method !== '' && route !== '' ? `${method} ${route}` : name || spanName(store, row),
    entity: entity ?? entityOfSpan(reading, row),
    status,
    error: spans.status[row] === Status.error || status >= 500,
  }
}

const weight: Readonly<Record<string, number>> = { read: 0, check: 1, increment: 2 }

/**
 * The state key that says most about a task, as an entity: one it or a task under it wrote or checked, the earliest of
 * these. null where there is none.
 */
function entitiesOfTasks(
  tasks: Tasks,
  keys: readonly string[],
  accesses: readonly Access[],
): (task: number) => string | null {
  const keyOf = new Int32Array(tasks.table.length).fill(-1)
  const weightOf = new Int8Array(tasks.table.length).fill(-1)
  for (const access of accesses) {
    // What a query was about is known from the request in the first place.
    if (access.inferred) continue
    const heavy = weight[access.op] ?? 3
    // Up to the request: parents are tables' indexes, bounded in case they are cyclic.
    for (let task = access.task, steps = 0; task !== -1 && steps < 64; steps++) {
      if (heavy > weightOf[task]!) {
        weightOf[task] = heavy
        keyOf[task] = access.key
      }
      task = tasks.table[task]!.parent
    }
  }
  const entities: string[] = []
  return task => {
    const key = keyOf[task] ?? -1
    if (key < 0) return null
    entities[key] ??= entityOfKey(keys[key]!)
    return entities[key]
  }
}
