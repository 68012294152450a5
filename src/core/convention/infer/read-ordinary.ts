/** What queries of ordinary traces tell beside the acquires: holds of connections, transactions and locks, accesses. */

import { mentionsBegin } from '../presets/transactions.ts'
import { readQueries } from '../queries/queries.ts'
import { RowKeys } from '../queries/row-keys.ts'
import type { Tasks } from '../tables/read-tasks.ts'
import type { WaitDraft } from '../tables/read-waits.ts'
import type { Reading } from '../tables/reading.ts'
import type { ResourceBook } from '../tables/resource-book.ts'
import { inferAccesses, type KeyedAccess } from './infer-accesses.ts'
import { inferHeldSpans, inferNamedConnections } from './infer-held-spans.ts'
import { type HoldDraft, inferPoolHolds } from './infer-pool-holds.ts'
import { inferRedisLocks } from './infer-redis-locks.ts'
import { inferRowWaits } from './infer-row-waits.ts'
import { type InferredLocks, inferTransactions } from './infer-transactions.ts'

export interface Ordinary {
  /** `wait` is set: an index in the waits. */
  readonly holds: readonly HoldDraft[]
  readonly accesses: readonly KeyedAccess[]
}

/** Adds the waits for locks to `waits`, which stays ordered. Of processes that a recorder speaks for, only the locks of rows are read. */
export function readOrdinary(
  reading: Reading,
  tasks: Tasks,
  waits: WaitDraft[],
  resources: ResourceBook,
): Ordinary {
  const queries = readQueries(reading)
  const keys = new RowKeys(reading)
  const redis = inferRedisLocks(reading, tasks, resources, queries)
  // A recorder does not see the locks that a database keeps.
  const statements = recordsTransactions(reading)
    ? readQueries(reading, { taskOfSpan: tasks.ofSpan })
    : queries
  const locks = [redis, inferRowWaits(reading, tasks, resources, statements)].reduce(
    joinLocks,
    inferTransactions(reading, tasks, resources, queries, keys),
  )
  if (locks.waits.length > 0) addWaits(waits, locks)
  return {
    holds: [
      ...inferPoolHolds(reading, waits, resources, queries),
      ...locks.holds,
      ...inferHeldSpans(reading, tasks, waits, resources),
      ...inferNamedConnections(reading, tasks, resources, queries),
    ],
    accesses: inferAccesses(reading, tasks, queries, keys, redis.keys),
  }
}

/** Whether a recorder's process has queries that begin a transaction: a look at each text, where each span would take long. */
const recordsTransactions = ({ store, attributes, recorded }: Reading): boolean =>
  recorded.includes(1) &&
  attributes.knows('db.query.text') &&
  store.strings.some(text => mentionsBegin.test(text))

function addWaits(waits: WaitDraft[], locks: InferredLocks): void {
  const holdOfWait = new Map<WaitDraft, number>()
  for (const wait of locks.waits) {
    const draft: WaitDraft = { ...wait, hold: -1 }
    holdOfWait.set(draft, wait.hold)
    waits.push(draft)
  }
  waits.sort((a, b) => a.startNs - b.startNs || a.row - b.row)
  for (const [index, wait] of waits.entries()) {
    const hold = holdOfWait.get(wait)
    if (hold !== undefined) locks.holds[hold]!.wait = index
  }
}

const joinLocks = (a: InferredLocks, b: InferredLocks): InferredLocks => ({
  holds: [...a.holds, ...b.holds],
  waits: [...a.waits, ...b.waits.map(wait => ({ ...wait, hold: wait.hold + a.holds.length }))],
})
