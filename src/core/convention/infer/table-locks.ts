/** Which transactions lock rows of a table, from when, and when they end: told by their statements, or by the driver's ways. */
import { Kind, type Store } from '../../store/store.ts'
import { localRoot } from '../calls/work-site.ts'
import { implicitScopes } from '../presets/transactions.ts'
import { edgeOf, type Queries, type Query } from '../queries/queries.ts'
import type { Tasks } from '../tables/read-tasks.ts'
import type { Reading } from '../tables/reading.ts'

export interface Lock {
  readonly query: Query
  readonly task: number
  /** In this time its transaction ends: that of the statement which ends it, where there is one. */
  readonly end: { readonly startNs: number; readonly endNs: number }
}

/** First statement of each transaction that locks rows of a table, by database and table. */
export function locksByTable(reading: Reading, tasks: Tasks, queries: Queries): Map<string, Lock[]> {
  const { store, attributes } = reading
  const { spans } = store
  const out = new Map<string, Lock[]>()
  for (const [parent, siblings] of queries.byParent) {
    const implicit = parent >= 0 && beginsByItself(reading, siblings)
    let begun = implicit
    let taken = new Map<string, Query>()
    const endAt = (end: Lock['end']): void => {
      for (const [table, query] of taken) {
        const lock = { query, task: tasks.ofSpan[query.row]!, end }
        const list = out.get(table)
        if (list) list.push(lock)
        else out.set(table, [lock])
      }
      taken = new Map()
    }
    for (const query of siblings) {
      const edge = edgeOf(reading, query)
      if (edge === 'begin') {
        begun = true
        taken = new Map()
      } else if (edge === 'end') {
        endAt({ startNs: spans.startNs[query.row]!, endNs: spans.endNs[query.row]! })
        begun = false
      } else if (begun) {
        const { kind, table, locks } = query.statement
        const changes = kind === 'update' || kind === 'delete' || locks === 'exclusive'
        const key = `${attributes.text(spans, query.row, 'db.namespace')} ${table}`
        if (changes && table !== '' && spans.status[query.row] !== 2 && !taken.has(key)) taken.set(key, query)
      }
    }
    if (implicit && taken.size > 0) endAt(afterLastCall(store, localRoot(reading, parent)))
  }
  return out
}

/** No statement begins or ends a transaction, because the driver does both by itself. */
const beginsByItself = (reading: Reading, siblings: readonly Query[]): boolean =>
  implicitScopes.test(reading.store.strings[reading.store.spans.scope[siblings[0]!.row]!]!) &&
  siblings.every(query => edgeOf(reading, query) === '')

/** Most spans of one root that are looked at. */
const maxSpans = 256

/** From a root's last call to anybody to its own end: in that time a driver commits by itself. */
function afterLastCall({ spans }: Store, root: number): Lock['end'] {
  const endNs = spans.endNs[root]!
  let startNs = spans.startNs[root]!
  for (let row = root + 1; row < Math.min(spans.subtreeEnd[root]!, root + maxSpans); row++)
    if (spans.kind[row] === Kind.client) startNs = Math.max(startNs, spans.endNs[row]!)
  return { startNs: Math.min(startNs, endNs), endNs }
}
