/**
 * Holds that spans show from end to end: those that last as long as what they hold (H1, and what the user says is one), and
 * connections that each query names (H5):
 *
 *     connection 7   ├ query ┤    ├ query ┤      of one task: held at least from the first to the last
 *     H5             ######################
 */
import { hasFlag, SpanFlag } from '../../store/store.ts'
import { connectionRules } from '../presets/connections.ts'
import { presets } from '../presets/registry.ts'
import type { Queries } from '../queries/queries.ts'
import type { Tasks } from '../tables/read-tasks.ts'
import type { WaitDraft } from '../tables/read-waits.ts'
import type { Reading } from '../tables/reading.ts'
import type { ResourceBook } from '../tables/resource-book.ts'
import type { HoldDraft } from './infer-pool-holds.ts'
import { holdOf } from './infer-transactions.ts'
import { ruledResource } from './infer-waits.ts'

export function inferHeldSpans(
  reading: Reading,
  tasks: Tasks,
  waits: readonly WaitDraft[],
  resources: ResourceBook,
): HoldDraft[] {
  const { store, rules } = reading
  const { spans } = store
  const out: HoldDraft[] = []
  for (let row = 0; row < spans.count; row++) {
    const match = rules.of(row)
    if (match?.rule.role !== 'hold') continue
    const resource = ruledResource(reading, row, match, resources)
    const { startNs, endNs } = spans
    out.push({
      ...holdOf(reading, tasks, row, resource, startNs[row]!, endNs[row]!, match.inferred),
      open: hasFlag(store, row, SpanFlag.open),
      releaseType: hasFlag(store, row, SpanFlag.open) ? '' : 'released',
    })
  }
  joinWaits(reading, waits, out)
  return out
}

/** A hold follows the last wait of its task for the same thing. */
function joinWaits({ store }: Reading, waits: readonly WaitDraft[], holds: readonly HoldDraft[]): void {
  if (holds.length === 0) return
  const byOwner = new Map<string, number[]>()
  for (const [index, { task, resource, inferred }] of waits.entries()) {
    if (!inferred) continue
    const key = `${task} ${resource}`
    const list = byOwner.get(key)
    if (list) list.push(index)
    else byOwner.set(key, [index])
  }
  const taken = new Set<number>()
  for (const hold of holds) {
    const marginNs = 1e6 + (store.processes[store.spans.process[hold.row]!]?.uncertaintyNs ?? 0)
    const list = byOwner.get(`${hold.task} ${hold.resource}`) ?? []
    const wait = list.findLast(
      index => !taken.has(index) && Math.abs(waits[index]!.endNs - hold.startNs) <= marginNs,
    )
    if (wait === undefined) continue
    hold.wait = wait
    taken.add(wait)
  }
}

/** Attributes that name the connection a query went over. */
const connectionKeys = presets.flatMap(preset => preset.connection ?? [])

export function inferNamedConnections(
  reading: Reading,
  tasks: Tasks,
  resources: ResourceBook,
  queries: Queries,
): HoldDraft[] {
  const { store, attributes } = reading
  const { spans } = store
  const keys = connectionKeys.filter(key => attributes.knows(key))
  if (keys.length === 0) return []
  const out: HoldDraft[] = []
  const last = new Map<string, HoldDraft>()
  for (const { row } of queries.all) {
    const key = keys.find(each => attributes.text(spans, row, each) !== '')
    if (key === undefined) continue
    const id = attributes.text(spans, row, key)
    const connection = `${spans.process[row]} ${key} ${id}`
    const startNs = spans.startNs[row]!
    const endNs = Math.max(startNs, spans.endNs[row]!)
    const held = last.get(connection)
    if (held && held.task === tasks.ofSpan[row] && held.task >= 0) {
      held.endNs = Math.max(held.endNs, endNs)
      held.uses = [...held.uses, { startNs, endNs }]
      held.usefulNs += endNs - startNs
      held.lastUseNs = held.endNs
      continue
    }
    const database =
      attributes.text(spans, row, 'db.namespace') || attributes.text(spans, row, 'db.system.name')
    const resource = resources.add({
      process: spans.process[row]!,
      id: `connections to ${database}`,
      name: `connections to ${database}`,
      type: 'pool',
      scope: 'process',
      capacity: -1,
    })
    const inferred = {
      rule: 'H5',
      reason: `inferred from ${key} ${id}: at least from the first to the last query on it`,
      confidence: connectionRules.H5.confidence,
    }
    const hold = {
      ...holdOf(reading, tasks, row, resource, startNs, endNs, inferred),
      uses: [{ startNs, endNs }],
      usefulNs: endNs - startNs,
      lastUseNs: endNs,
    }
    last.set(connection, hold)
    out.push(hold)
  }
  return out
}
