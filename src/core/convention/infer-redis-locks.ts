/** Locks kept in Redis (L2): a key that a task sets with options (NX, an expiry) and deletes when it is done. */
import { spanName } from '../store/store.ts'
import type { HoldDraft } from './infer-pool-holds.ts'
import { holdOf } from './infer-transactions.ts'
import { lockRules, redisLock, redisUnlock } from './presets/locks.ts'
import type { Queries, Query } from './queries.ts'
import type { Tasks } from './read-tasks.ts'
import type { Reading } from './reading.ts'
import type { ResourceBook } from './resource-book.ts'

export function inferRedisLocks(
  reading: Reading,
  tasks: Tasks,
  resources: ResourceBook,
  queries: Queries,
): HoldDraft[] {
  const { store, attributes } = reading
  const { spans } = store
  const out: HoldDraft[] = []
  /** Task and key → the command that set it. */
  const set = new Map<string, Query>()
  for (const query of queries.all) {
    const task = tasks.ofSpan[query.row]!
    if (task < 0 || attributes.system(spans, query.row) !== 'redis') continue
    const lock = redisLock.exec(query.text)
    const name = lock?.[1] ?? lock?.[2]
    if (name !== undefined) {
      set.set(`${task}\n${name}`, query)
      continue
    }
    const unlock = redisUnlock.exec(query.text)
    const freed = unlock?.[1] ?? unlock?.[2]
    const taken = freed === undefined ? undefined : set.get(`${task}\n${freed}`)
    if (!taken) continue
    set.delete(`${task}\n${freed}`)
    const resource = resources.add({
      process: spans.process[taken.row]!,
      id: `redis ${freed}`,
      name: `redis:${freed}`,
      type: 'distributed_lock',
      scope: 'cluster',
      capacity: -1,
    })
    out.push(
      holdOf(reading, tasks, taken.row, resource, spans.endNs[taken.row]!, spans.endNs[query.row]!, {
        rule: 'L2',
        reason: `inferred from ${spanName(store, taken.row)} and ${spanName(store, query.row)} of one key by one task`,
        confidence: lockRules.L2.confidence,
      }),
    )
  }
  return out
}
