/** Waits of ordinary traces: pool-acquire spans (rule W1), in processes that no recorder speaks for. */
import { type Store, spanName } from '../store/store.ts'
import type { Wait } from './model.ts'
import { type AcquirePreset, acquirePresets } from './presets/acquires.ts'
import type { Tasks } from './read-tasks.ts'
import { intervalOf, type Reading } from './reading.ts'
import type { ResourceBook } from './resource-book.ts'

export function inferWaits(reading: Reading, tasks: Tasks, resources: ResourceBook): Wait[] {
  const { store, attributes, recorded } = reading
  const { spans } = store
  const presetOf = new Map<number, AcquirePreset | null>()
  const waits: Wait[] = []
  for (let row = 0; row < spans.count; row++) {
    if (recorded[spans.process[row]!]) continue
    const preset = presetFor(store, row, presetOf)
    if (!preset || (preset.fallback === 'sqlalchemy-pool' && !isDatabase(attributes.system(spans, row))))
      continue
    const interval = intervalOf(store, row)
    const name = poolName(reading, row, preset)
    const failed = spans.status[row] === 2
    waits.push({
      ...interval,
      row,
      inferred: {
        rule: preset.rule,
        reason: `inferred from ${spanName(store, row)}`,
        confidence: preset.confidence,
      },
      id: '',
      task: tasks.ofSpan[row]!,
      resource: resources.add({
        process: spans.process[row]!,
        id: name,
        name,
        type: preset.type,
        scope: 'process',
        capacity: preset.capacity.reduce(
          (known, key) => (known >= 0 ? known : attributes.number(spans, row, key)),
          -1,
        ),
      }),
      mode: 'exclusive',
      permits: 1,
      outcome: interval.open ? '' : failed ? 'failed' : 'acquired',
      queueLength: -1,
      hold: -1,
      site: attributes.site(spans, row),
    })
  }
  return waits
}

/** Clients of stores without pools have a `connect` too. */
const isDatabase = (system: string): boolean => system !== '' && !/^(redis|memcached|mongodb)$/.test(system)

function presetFor(
  store: Store,
  row: number,
  known: Map<number, AcquirePreset | null>,
): AcquirePreset | null {
  const name = store.spans.name[row]!
  let preset = known.get(name)
  if (preset === undefined) {
    preset = acquirePresets.find(candidate => candidate.name.test(store.strings[name]!)) ?? null
    known.set(name, preset)
  }
  return preset
}

/** `pool.name`, else `server:port/namespace`, else what the preset calls it. */
function poolName({ store, attributes }: Reading, row: number, preset: AcquirePreset): string {
  const { spans } = store
  const named = attributes.text(spans, row, 'db.client.connection.pool.name')
  if (named !== '') return named
  const address = attributes.text(spans, row, 'server.address')
  if (address === '') return preset.fallback
  const port = attributes.text(spans, row, 'server.port')
  const namespace = attributes.text(spans, row, 'db.namespace')
  return `${address}${port === '' ? '' : `:${port}`}${namespace === '' ? '' : `/${namespace}`}`
}
