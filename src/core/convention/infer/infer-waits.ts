/** Waits of ordinary traces: pool-acquire spans (rule W1), and what the user says is one. */
import { hasFlag, SpanFlag, spanName } from '../../store/store.ts'
import type { RuleMatch } from '../rule-book.ts'
import type { Tasks } from '../tables/read-tasks.ts'
import type { WaitDraft } from '../tables/read-waits.ts'
import type { Reading } from '../tables/reading.ts'
import type { ResourceBook } from '../tables/resource-book.ts'
import { fillTemplate } from '../user-rule.ts'

export function inferWaits(reading: Reading, tasks: Tasks, resources: ResourceBook): WaitDraft[] {
  const { store, attributes, rules } = reading
  const { spans } = store
  const waits: WaitDraft[] = []
  for (let row = 0; row < spans.count; row++) {
    const match = rules.of(row)
    if (match?.rule.role !== 'wait') continue
    const open = hasFlag(store, row, SpanFlag.open)
    const failed = spans.status[row] === 2
    waits.push({
      startNs: spans.startNs[row]!,
      endNs: spans.endNs[row]!,
      open,
      row,
      inferred: match.inferred,
      id: '',
      task: tasks.ofSpan[row]!,
      resource: ruledResource(reading, row, match, resources),
      mode: 'exclusive',
      permits: 1,
      outcome: open ? '' : failed ? 'failed' : 'acquired',
      queueLength: -1,
      hold: -1,
      site: attributes.site(spans, row),
    })
  }
  return waits
}

/** The resource that a wait or hold by rule is about, its capacity where an attribute tells it. */
export function ruledResource(
  reading: Reading,
  row: number,
  match: RuleMatch,
  resources: ResourceBook,
): number {
  const { store, attributes } = reading
  const name = resourceName(reading, row, match)
  const { type, capacity = [], capacityText, permits = -1 } = match.rule
  const told = capacityText?.exec(store.strings[store.spans.statusMessage[row]!]!)?.slice(1) ?? []
  return resources.add({
    process: store.spans.process[row]!,
    id: name,
    name,
    type: type ?? 'pool',
    scope: 'process',
    capacity: capacity.reduce(
      (known, key) => (known >= 0 ? known : attributes.number(store.spans, row, key)),
      told.length > 0 ? told.reduce((sum, number) => sum + Number(number), 0) : permits,
    ),
  })
}

/** The user's template, `pool.name`, else `server:port/namespace`, else what the preset calls it. */
function resourceName({ store, attributes }: Reading, row: number, { template, rule }: RuleMatch): string {
  const { spans } = store
  const textOf = (key: string): string => attributes.text(spans, row, key)
  if (template !== '') return fillTemplate(template, textOf)
  const named = textOf('db.client.connection.pool.name')
  if (named !== '') return named
  const address = textOf('server.address')
  if (address === '' || rule.role === 'hold') return rule.resource ?? spanName(store, row)
  const port = textOf('server.port')
  const namespace = textOf('db.namespace')
  return `${address}${port === '' ? '' : `:${port}`}${namespace === '' ? '' : `/${namespace}`}`
}
