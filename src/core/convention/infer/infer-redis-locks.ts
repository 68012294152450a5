/**
 * Locks kept in Redis (L2): a key that a task sets with options (NX, an expiry) and gives back when it is done. Whether SET … NX
 * got the lock is not told, but who gives it back had it, from the last time it asked:
 *
 *     SET lock NX ├┤ ├┤ ├┤                    EVAL … del … lock ├┤
 *     lock        ░░░░░░░░░#######################################
 *
 * Who went on to other things after it had asked, and never gives the lock back, left it to expire; that others asked in vain
 * after its task was over shows it:
 *
 *     A   SET lock NX ├┤  POST ├──✕                                 nobody deletes it
 *     B                        SET lock NX ├┤   ├┤   ├┤   ├┤        got it with the last one
 *     lock              ##################################
 */
import { spanName } from '../../store/store.ts'
import { lockRules, redisLock, redisUnlock } from '../presets/locks.ts'
import type { Queries, Query } from '../queries/queries.ts'
import type { Tasks } from '../tables/read-tasks.ts'
import type { Reading } from '../tables/reading.ts'
import type { ResourceBook } from '../tables/resource-book.ts'
import type { HoldDraft } from './infer-pool-holds.ts'
import { holdOf, type InferredLocks } from './infer-transactions.ts'

export interface RedisLocks extends InferredLocks {
  /** Keys that are locks: what is done to them is no access of state. */
  readonly keys: ReadonlySet<string>
}

interface Asked {
  readonly first: Query
  last: Query
  /** When each time was over. */
  readonly askedNs: number[]
  /** Index of the hold, once it was given back: a script that extends the lock looks like one that frees it. */
  hold: number
}

interface Taking extends Asked {
  readonly task: number
  readonly key: string
}

/** So often the next one asked in vain after the one who left the lock was over; once may be the pause before it asks again. */
const minInVain = 2

export function inferRedisLocks(
  reading: Reading,
  tasks: Tasks,
  resources: ResourceBook,
  queries: Queries,
): RedisLocks {
  const { store, attributes } = reading
  const { spans } = store
  const out = { holds: [], waits: [], keys: new Set<string>() } as InferredLocks & { keys: Set<string> }
  const asked = new Map<string, Taking>()
  for (const query of queries.all) {
    const task = tasks.ofSpan[query.row]!
    if (task < 0 || attributes.text(spans, query.row, 'db.system.name') !== 'redis') continue
    const lock = redisLock.exec(query.text)
    const name = lock?.[1] ?? lock?.[2]
    // A placeholder is any key.
    if (name === '?') continue
    if (name !== undefined) {
      const known = asked.get(`${task}\n${name}`)
      const endNs = spans.endNs[query.row]!
      if (known && known.hold === -1) {
        known.last = query
        known.askedNs.push(endNs)
      } else
        asked.set(`${task}\n${name}`, {
          first: query,
          last: query,
          askedNs: [endNs],
          hold: -1,
          task,
          key: name,
        })
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
    const reason = `inferred from ${spanName(store, taken.last.row)} and ${spanName(store, query.row)} of one key by one task`
    add(taken, endNs, reason)
  }
  for (const { taken, untilNs } of leftLocks(reading, tasks, [...asked.values()], out.keys)) {
    const reason = `inferred from ${spanName(store, taken.last.row)}: nobody gave it back, and others asked in vain`
    add(taken, untilNs, reason).releaseType = 'leaked'
  }
  return out

  function add(taken: Taking, endNs: number, reason: string): HoldDraft {
    out.keys.add(taken.key)
    const resource = resources.add({
      process: spans.process[taken.last.row]!,
      id: `redis ${taken.key}`,
      name: `redis:${taken.key}`,
      type: 'distributed_lock',
      scope: 'cluster',
      capacity: -1,
    })
    const inferred = { rule: 'L2', reason, confidence: lockRules.L2.confidence }
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
        task: taken.task,
        resource,
        mode: 'exclusive',
        permits: 1,
        outcome: 'acquired',
        queueLength: -1,
        hold: taken.hold,
        site: hold.site,
      })
    return hold
  }
}

/**
 * Locks that were left to expire, each with the moment at which somebody else got it. Between one hold that was given back and
 * the next, the first that asked and went on had it.
 */
function leftLocks(
  { store }: Reading,
  tasks: Tasks,
  all: readonly Taking[],
  keys: ReadonlySet<string>,
): { taken: Taking; untilNs: number }[] {
  const { spans } = store
  const out: { taken: Taking; untilNs: number }[] = []
  const ofKey = new Map<string, Taking[]>()
  // A key that nobody ever gives back is a cache's entry, or one that is set once.
  for (const taking of all) {
    if (!keys.has(taking.key)) continue
    const list = ofKey.get(taking.key)
    if (list) list.push(taking)
    else ofKey.set(taking.key, [taking])
  }
  const gotNs = ({ last }: Taking): number => spans.endNs[last.row]!
  for (const takings of ofKey.values()) {
    let left: Taking | null = null
    for (const taken of takings.sort((a, b) => gotNs(a) - gotNs(b))) {
      if (taken.hold === -1) {
        left ??= taken
        continue
      }
      const overNs = left ? tasks.table[left.task]!.endNs : 0
      // Nobody asked in vain between its end and the next grant: it was given back, but that span was lost.
      const inVain = taken.askedNs.filter(ns => ns > overNs).length - 1
      if (left && overNs > gotNs(left) && inVain >= minInVain)
        out.push({ taken: left, untilNs: gotNs(taken) })
      left = null
    }
  }
  return out
}
