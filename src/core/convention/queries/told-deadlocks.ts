/** Deadlocks that a database broke up itself, as its clients tell: whose statement was sacrificed, and whom that set free. */
import { Kind, Status, type Store, spanName } from '../../store/store.ts'
import { readerOf } from '../attributes/attribute-reader.ts'
import { failureTexts } from '../calls/failure-texts.ts'
import { workSite } from '../calls/work-site.ts'
import { readStatement } from './sql.ts'

export interface ToldDeadlock {
  readonly victim: Statement
  /** Waited meanwhile, and was let through when the victim was rolled back; null when no trace shows it. */
  readonly partner: Statement | null
  /** `rows of accounts`, else the database. */
  readonly subject: string
  /** What the database said, verbatim. */
  readonly text: string
}

export interface Statement {
  /** Span row of the statement that waited. */
  readonly row: number
  /** Of the statement before it in the same transaction, which took what the other one waited for; -1 unknown. */
  readonly lockedRow: number
  /** What waited, and what it had done before: short texts, `''` unknown. */
  readonly text: string
  readonly lockedText: string
  readonly site: string
}

/** PostgreSQL 40P01, MySQL 1213, SQL Server 1205, Oracle ORA-00060, SQLite's and others' words. */
const deadlockWords =
  /\bdeadlock (?:detected|found|victim)|\bdeadlocked on\b|DeadlockDetected|\b40P01\b|ER_LOCK_DEADLOCK|ORA-00060|\bchosen as the deadlock victim\b/i

/** The other one goes on when the victim's transaction is gone: within a round trip or two. */
const letThroughNs = 250e6
/** Statements looked at before and after, in order of time. */
const maxLook = 2000

/** Of client spans only: two layers of one library tell one deadlock once, the innermost. */
export function toldDeadlocks(store: Store, taskOfSpan: Int32Array): ToldDeadlock[] {
  const { spans } = store
  const attributes = readerOf(store)
  const textOf = failureTexts(store)
  const says = (row: number): string =>
    textOf(row)
      .split('\n')
      .find(text => deadlockWords.test(text)) ?? ''
  const victims: number[] = []
  for (let row = 0; row < spans.count; row++)
    if (spans.status[row] === Status.error && spans.kind[row] === Kind.client && says(row) !== '') {
      if (victims.at(-1) === spans.parent[row]) victims.pop()
      victims.push(row)
    }
  if (victims.length === 0) return []

  const queries: number[] = []
  for (let row = 0; row < spans.count; row++)
    if (spans.kind[row] === Kind.client && attributes.text(spans, row, 'db.query.text') !== '')
      queries.push(row)
  queries.sort((a, b) => spans.startNs[a]! - spans.startNs[b]! || a - b)
  const place = new Map(queries.map((row, at) => [row, at]))
  const sqlOf = (row: number): string => attributes.text(spans, row, 'db.query.text')
  const statement = (row: number): Statement => {
    const lockedRow = lockedBefore(row)
    return {
      row,
      lockedRow,
      text: sqlOf(row) || spanName(store, row),
      lockedText: lockedRow < 0 ? '' : sqlOf(lockedRow),
      site: workSite({ store, attributes }, row),
    }
  }
  const lockedBefore = (row: number): number => {
    const from = place.get(row) ?? -1
    for (let at = from - 1; at >= Math.max(0, from - maxLook); at--) {
      const other = queries[at]!
      if (taskOfSpan[other] !== taskOfSpan[row] || spans.endNs[other]! > spans.startNs[row]!) continue
      const { kind, locks } = readStatement(sqlOf(other))
      if (kind === 'begin' || kind === 'end') return -1
      if (kind === 'update' || kind === 'delete' || kind === 'insert' || locks !== '') return other
    }
    return -1
  }
  const partnerOf = (victim: number): number => {
    const endNs = spans.endNs[victim]!
    const from = place.get(victim) ?? -1
    let best = -1
    for (let at = Math.max(0, from - maxLook); at < Math.min(queries.length, from + maxLook); at++) {
      const other = queries[at]!
      const otherEndNs = spans.endNs[other]!
      if (spans.startNs[other]! >= endNs || otherEndNs < endNs - 1e6 || otherEndNs > endNs + letThroughNs)
        continue
      if (taskOfSpan[other] === taskOfSpan[victim] || other === victim) continue
      if (best < 0 || otherEndNs < spans.endNs[best]!) best = other
    }
    return best
  }
  return victims.map(row => {
    const partner = partnerOf(row)
    const { table } = readStatement(sqlOf(row))
    return {
      victim: statement(row),
      partner: partner < 0 ? null : statement(partner),
      subject:
        table !== ''
          ? `rows of ${table}`
          : attributes.text(spans, row, 'db.namespace') ||
            attributes.text(spans, row, 'db.system.name') ||
            'database',
      text: says(row),
    }
  })
}
