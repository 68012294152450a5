/**
 * Locks kept in Redis (L2): a key that a task sets with options (NX, an expiry) and gives back when it is done. Whether SET … NX
 * got the lock is not told, but who gives it back had it, from the last time it asked:
 *
 *     SET lock NX ├┤ ├┤ ├┤                    EVAL … del … lock ├┤
 *     lock        ░░░░░░░░░#######################################
 */
import { spanName } from '../store/store.ts'
import { holdOf, type InferredLocks } from './infer-transactions.ts'
import { lockRules, redisLock, redisUnlock } from './presets/locks.ts'
import type { Queries, Query } from './queries.ts'
import type { Tasks } from './read-tasks.ts'
import type { Reading } from './reading.ts'
import type { ResourceBook } from './resource-book.ts'

export interface RedisLocks extends InferredLocks {
  /** Keys that are locks: what is done to them is no access of state. */
  readonly keys: ReadonlySet<string>
}

interface Asked {
  readonly first: Query
  last: Query
  /** Index of the hold, once it was given back: a script that extends the lock looks like one that frees it. */
  hold: number
}

export function inferRedisLocks(
  reading: Reading,
  tasks: Tasks,
  resources: ResourceBook,
  queries: Queries,
): RedisLocks {
  const { store, attributes } = reading
  const { spans } = store
  const out = { holds: [], waits: [], keys: new Set<string>() } as InferredLocks & { keys: Set<string> }
  const asked = new Map<string, Asked>()
  for (const query of queries.all) {
    const task = tasks.ofSpan[query.row]!
    if (task < 0 || attributes.text(spans, query.row, 'db.system.name') !== 'redis') continue
    const lock = redisLock.exec(query.text)
    const name = lock?.[1] ?? lock?.[2]
    // A placeholder is any key.
    if (name === '?') continue
    if (name !== undefined) {
      const known = asked.get(`${task}\n${name}`)
      if (known && known.hold === -1) known.last = query
      else asked.set(`${task}\n${name}`, { first: query, last: query, hold: -1 })
      continue
    }
    const unlock = redisUnlock.exec(query.text)
    const freed = unlock?.slice(1).find(key => key !== undefined)
    const taken = freed === undefined ? undefined : asked.get(`${task}\n${freed}`)
    if (freed === undefined || !taken) continue
    const endNs = spans.endNs[query.row]!
    if (taken.hold !== -1) {
      out.holds[taken.hold]!.endNs = Math.max(out.holds[taken.hold]!.endNs, endNs)
      continue
    }
    out.keys.add(freed)
    const resource = resources.add({
      process: spans.process[taken.last.row]!,
      id: `redis ${freed}`,
      name: `redis:${freed}`,
      type: 'distributed_lock',
      scope: 'cluster',
      capacity: -1,
    })
    const inferred = {
      rule: 'L2',
      reason: `inferred from ${spanName(store, taken.last.row)} and ${spanName(store, query.row)} of one key by one task`,
      confidence: lockRules.L2.confidence,
    }
    const hold = holdOf(
      reading,
      tasks,
      taken.last.row,
      resource,
      spans.endNs[taken.last.row]!,
      endNs,
      inferred,
    )
    taken.hold = out.holds.length
    out.holds.push(hold)
    // Asked more than once: it had to wait.
    if (taken.first !== taken.last)
      out.waits.push({
        startNs: spans.startNs[taken.first.row]!,
        endNs: hold.startNs,
        open: false,
        row: taken.first.row,
        inferred,
        id: '',
        task,
        resource,
        mode: 'exclusive',
        permits: 1,
        outcome: 'acquired',
        queueLength: -1,
        hold: taken.hold,
        site: hold.site,
      })
  }
  return out
}
