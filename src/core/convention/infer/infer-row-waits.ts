/**
 * Row locks whose keys no span tells (L3), from the one thing that gives them away: a statement that waited ends at the very
 * moment at which another transaction, which had changed that table before, is over.
 *
 *     A  BEGIN  UPDATE t ├┤                      COMMIT ├┤
 *     B           BEGIN  UPDATE t ├──────────────────────┤ …   let through by A's commit
 *     a row of t       ####################################    held by A, waited for by B
 */

import { countUntil } from '../count-until.ts'
import { lockRules } from '../presets/locks.ts'
import type { Queries } from '../queries/queries.ts'
import type { Tasks } from '../tables/read-tasks.ts'
import type { Reading } from '../tables/reading.ts'
import type { ResourceBook } from '../tables/resource-book.ts'
import { holdOf, type InferredLocks } from './infer-transactions.ts'
import { type Lock, locksByTable } from './table-locks.ts'

/** Shorter statements may just be slow. */
const minWaitNs = 100e6
/** From the end of a transaction to the answer that others get. */
const letThroughNs = 20e6
/**
 * Where transactions end all the time, every statement ends close to one. It counts only when so close an end was this
 * unlikely, given how many ended while the statement ran.
 */
const chance = 0.05
/** Where rows are waited for, most of what is slow waits for them; of many slow statements one fits by chance. */
const waitersShare = 1 / 3

export function inferRowWaits(
  reading: Reading,
  tasks: Tasks,
  resources: ResourceBook,
  queries: Queries,
): InferredLocks {
  const { spans, processes } = reading.store
  const { startNs, endNs } = spans
  const out: InferredLocks = { holds: [], waits: [] }
  for (const locks of locksByTable(reading, tasks, queries).values()) {
    const waited = locks
      .filter(({ query: { row } }) => spans.endNs[row]! - spans.startNs[row]! >= minWaitNs)
      .sort((a, b) => spans.endNs[a.query.row]! - spans.endNs[b.query.row]!)
    if (waited.length === 0) continue
    const byEnd = [...locks].sort((a, b) => endOf(a) - endOf(b))
    const longestEndNs = byEnd.reduce((most, { end }) => Math.max(most, end.endNs - end.startNs), 0)
    /** Whoever stands in one queue is after one row. */
    const rowOf = new Map<Lock, number>()
    const holders = new Map<Lock, Lock>()
    for (const lock of waited) {
      const holder = letBy(lock, byEnd, longestEndNs)
      if (holder) holders.set(lock, holder)
    }
    if (holders.size < waitersShare * waited.length) continue
    for (const [lock, holder] of holders) {
      const row = rowOf.get(holder) ?? rowOf.get(lock) ?? rowOf.size
      rowOf.set(holder, row)
      rowOf.set(lock, row)
    }
    const { table } = waited[0]!.query.statement
    for (const [lock, row] of rowOf) {
      const resource = resources.add({
        process: spans.process[lock.query.row]!,
        id: `row ${table} ${row}`,
        name: `a row of ${table}`,
        type: 'transaction',
        scope: 'cluster',
        capacity: -1,
      })
      const holder = holders.get(lock)
      const inferred = {
        rule: 'L3',
        reason: holder
          ? 'inferred from its time: the statement ended as the transaction of another was over'
          : 'inferred from its time: as the transaction was over, the statement of another ended',
        confidence: lockRules.L3.confidence,
      }
      const { row: at } = lock.query
      const kept = holdOf(reading, tasks, at, resource, spans.endNs[at]!, lock.end.endNs, inferred)
      const hold = { ...kept, site: kept.site || (tasks.table[lock.task]?.site ?? '') }
      if (holder)
        out.waits.push({
          startNs: spans.startNs[at]!,
          endNs: spans.endNs[at]!,
          open: false,
          row: at,
          inferred,
          id: '',
          task: lock.task,
          resource,
          mode: 'exclusive',
          permits: 1,
          outcome: 'acquired',
          queueLength: -1,
          hold: out.holds.length,
          site: hold.site,
        })
      out.holds.push(hold)
    }
  }
  return out

  /**
   * The transaction that had the table's row before, and whose end let this one through. Only those are looked at that end
   * about then: no statement that ends one takes longer than `longestEndNs`.
   */
  function letBy({ query, task }: Lock, byEnd: readonly Lock[], longestEndNs: number): Lock | undefined {
    const fromNs = startNs[query.row]!
    const atNs = endNs[query.row]!
    const marginNs = processes[spans.process[query.row]!]?.uncertaintyNs ?? 0
    const endedBefore = (timeNs: number): number => countUntil(byEnd, timeNs, endOf)
    const overMeanwhile = endedBefore(atNs + marginNs) - endedBefore(fromNs)
    for (
      let at = endedBefore(atNs + marginNs + longestEndNs) - 1;
      at >= 0 && endOf(byEnd[at]!) + letThroughNs + marginNs >= atNs;
      at--
    ) {
      const other = byEnd[at]!
      const otherNs = endNs[other.query.row]! - startNs[other.query.row]!
      const closeNs = Math.max(0, atNs - other.end.endNs) + other.end.endNs - other.end.startNs + marginNs
      if (
        other.task !== task &&
        atNs >= other.end.startNs - marginNs &&
        endNs[other.query.row]! < atNs - minWaitNs / 2 &&
        endOf(other) - fromNs >= minWaitNs / 2 &&
        // Who asked later and got it at once had no queue before it.
        (startNs[other.query.row]! <= fromNs + marginNs || otherNs >= minWaitNs / 2) &&
        Math.max(1, overMeanwhile) * closeNs <= chance * (atNs - fromNs)
      )
        return other
    }
    return undefined
  }
}

const endOf = ({ end }: Lock): number => end.endNs
