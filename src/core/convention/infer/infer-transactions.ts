/**
 * Transactions and the locks taken in them, from the queries of one caller (H1, H2, L1):
 *
 *     BEGIN ├┤  SELECT … FOR UPDATE ├──┤  UPDATE ├┤  COMMIT ├┤
 *     transaction ##########################################
 *     row:jobs/4521                    ░░####################
 */
import { spanName } from '../../store/store.ts'
import { workSite } from '../calls/work-site.ts'
import type { Inferred, Wait } from '../model.ts'
import { advisoryLock, advisoryUnlock, lockRules } from '../presets/locks.ts'
import { transactionRules } from '../presets/transactions.ts'
import { edgeOf, type Queries, type Query } from '../queries/queries.ts'
import type { RowKeys } from '../queries/row-keys.ts'
import type { Tasks } from '../tables/read-tasks.ts'
import type { Reading } from '../tables/reading.ts'
import type { ResourceBook } from '../tables/resource-book.ts'
import type { HoldDraft } from './infer-pool-holds.ts'

export interface InferredLocks {
  readonly holds: HoldDraft[]
  /** `hold` is the index in `holds`. */
  readonly waits: Wait[]
}

/** Locks of one caller at a time; nobody holds more by hand. */
const maxTaken = 256

interface Kept {
  readonly lock: Taken
  readonly endNs: number
}

interface Taken {
  readonly query: Query
  readonly type: 'transaction' | 'advisory_lock'
  readonly name: string
  readonly mode: 'exclusive' | 'shared'
  readonly inTransaction: boolean
}

export function inferTransactions(
  reading: Reading,
  tasks: Tasks,
  resources: ResourceBook,
  queries: Queries,
  keys: RowKeys,
): InferredLocks {
  const { spans } = reading.store
  const out: InferredLocks = { holds: [], waits: [] }
  const locks: Kept[] = []
  for (const siblings of queries.byParent.values()) {
    let begin: Query | null = null
    let ambiguous = false
    let taken: Taken[] = []
    for (const query of siblings) {
      const edge = edgeOf(reading, query)
      if (edge === 'begin') {
        // Two transactions of one caller at a time: nobody can tell which query belongs to which.
        ambiguous = begin !== null
        begin = query
        if (ambiguous) taken = []
        continue
      }
      if (edge === 'end') {
        if (begin && !ambiguous) {
          addTransaction(reading, tasks, resources, out, begin, query)
          for (const lock of taken)
            if (lock.inTransaction) locks.push({ lock, endNs: spans.endNs[query.row]! })
        }
        taken = taken.filter(lock => !lock.inTransaction)
        begin = null
        continue
      }
      if (ambiguous) continue
      const unlock = advisoryUnlock.exec(query.text)
      if (unlock) {
        const at = taken.findLastIndex(lock => lock.name === unlock[1] && !lock.inTransaction)
        if (at >= 0) locks.push({ lock: taken.splice(at, 1)[0]!, endNs: spans.startNs[query.row]! })
        continue
      }
      const lock = lockOf(query, keys)
      if (lock && (begin || !lock.inTransaction) && taken.length < maxTaken) taken.push(lock)
    }
  }
  // A lock that nobody else ever asks for keeps nobody out; a resource for each such row would only be many.
  const tasksOf = new Map<string, Set<number>>()
  for (const { lock } of locks) {
    const asked = tasksOf.get(lock.name) ?? new Set()
    tasksOf.set(lock.name, asked.add(tasks.ofSpan[lock.query.row]!))
  }
  for (const { lock, endNs } of locks)
    if (tasksOf.get(lock.name)!.size > 1) addLock(reading, tasks, resources, out, lock, endNs)
  return out
}

function lockOf(query: Query, keys: RowKeys): Taken | null {
  const advisory = advisoryLock.exec(query.text)
  // A parameter as name says nothing about which lock it is.
  if (advisory && !/[$?]/.test(advisory[3]!)) {
    return {
      query,
      type: 'advisory_lock',
      name: advisory[3]!,
      mode: advisory[2] ? 'shared' : 'exclusive',
      inTransaction: advisory[1] !== undefined,
    }
  }
  const { kind, locks } = query.statement
  if (kind !== 'select' || locks === '') return null
  const row = keys.of(query)
  return row && { query, type: 'transaction', name: row.key, mode: locks, inTransaction: true }
}

function addTransaction(
  reading: Reading,
  tasks: Tasks,
  resources: ResourceBook,
  out: InferredLocks,
  begin: Query,
  end: Query,
): void {
  const { store, attributes } = reading
  const { spans } = store
  const rule = begin.text === '' ? 'H1' : 'H2'
  const database =
    attributes.text(spans, begin.row, 'db.namespace') || attributes.text(spans, begin.row, 'db.system.name')
  const name = database === '' ? 'transactions' : `transactions on ${database}`
  // Many at a time are usual: what a transaction excludes are the rows it locks, and these are resources of their own.
  const resource = resources.add({
    process: spans.process[begin.row]!,
    id: name,
    name,
    type: 'custom',
    scope: 'process',
    capacity: -1,
  })
  out.holds.push(
    holdOf(reading, tasks, begin.row, resource, spans.endNs[begin.row]!, spans.endNs[end.row]!, {
      rule,
      reason: `inferred from ${spanName(store, begin.row)} and ${spanName(store, end.row)}`,
      confidence: transactionRules[rule].confidence,
    }),
  )
}

function addLock(
  reading: Reading,
  tasks: Tasks,
  resources: ResourceBook,
  out: InferredLocks,
  { query, type, name, mode }: Taken,
  endNs: number,
): void {
  const { store, attributes } = reading
  const { spans } = store
  if (spans.status[query.row] === 2) return
  const database = attributes.text(spans, query.row, 'db.namespace')
  const resource = resources.add({
    process: spans.process[query.row]!,
    id: `${database} ${name}`,
    name: type === 'advisory_lock' ? `advisory lock ${name}` : name,
    type,
    scope: 'cluster',
    capacity: -1,
  })
  const inferred = {
    rule: 'L1',
    reason: `inferred from ${spanName(store, query.row)}: ${type === 'advisory_lock' ? 'it takes a lock by name' : 'it locks the row'}`,
    confidence: lockRules.L1.confidence,
  }
  const hold = holdOf(reading, tasks, query.row, resource, spans.endNs[query.row]!, endNs, inferred)
  out.waits.push({
    startNs: spans.startNs[query.row]!,
    endNs: spans.endNs[query.row]!,
    open: false,
    row: query.row,
    inferred,
    id: '',
    task: hold.task,
    resource,
    mode,
    permits: 1,
    outcome: 'acquired',
    queueLength: -1,
    hold: out.holds.length,
    site: hold.site,
  })
  out.holds.push({ ...hold, mode })
}

export function holdOf(
  reading: Reading,
  tasks: Tasks,
  row: number,
  resource: number,
  startNs: number,
  endNs: number,
  inferred: Inferred,
): HoldDraft {
  return {
    startNs,
    endNs: Math.max(startNs, endNs),
    open: false,
    row,
    inferred,
    id: '',
    task: tasks.ofSpan[row]!,
    resource,
    mode: 'exclusive',
    permits: 1,
    releaseType: '',
    wait: -1,
    uses: [],
    usefulNs: 0,
    lastUseNs: -1,
    site: workSite(reading, row),
  }
}
