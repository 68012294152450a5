/**
 * Rows that two wanted to create, as a database tells it: the check found nothing, and yet the insert came second.
 *
 *     POST /pay  SELECT ├┤ none      INSERT ├──┤
 *     POST /pay    SELECT ├┤ none       INSERT ├──✕  Key (request_id)=(k0) already exists
 */
import { Kind, Status, type Store } from '../../store/store.ts'
import { readerOf } from '../attributes/attribute-reader.ts'
import { failureTexts } from '../calls/failure-texts.ts'
import { readStatement, type Statement } from './sql.ts'

export interface ToldConflict {
  /** Span rows of the insert that failed and of the one that came first. */
  readonly lostRow: number
  readonly wonRow: number
  /** `payments.request_id k0` */
  readonly entity: string
}

/** PostgreSQL, MySQL, SQLite: column, and value where it is told. */
const conflictWords = [
  /Key \((?<column>\w+)\)=\((?<value>[^)]{1,100})\) already exists/,
  // Without its detail, which instrumentation leaves out: the name PostgreSQL gives to the constraint of a column.
  /duplicate key value violates unique constraint "(?<column>\w+)_key"/,
  /Duplicate entry '(?<value>[^']{1,100})' for key '(?:\w+\.)?(?<column>\w+)'/,
  /UNIQUE constraint failed: (?:\w+\.)?(?<column>\w+)/,
]

/** Statements looked at before, in order of time. */
const maxLook = 2000
/** More refused inserts than this tell nothing new. */
const maxLost = 500

/** Of client spans only. Without a check before it, a row may have been there long before; that is no race. */
export function toldConflicts(store: Store, taskOfSpan: Int32Array): ToldConflict[] {
  const { spans } = store
  const textOf = failureTexts(store)
  const lost: { readonly row: number; readonly column: string; readonly value: string }[] = []
  for (let row = 0; row < spans.count && lost.length < maxLost; row++) {
    if (spans.status[row] !== Status.error || spans.kind[row] !== Kind.client || taskOfSpan[row]! < 0)
      continue
    const text = textOf(row)
    const groups = conflictWords.map(words => words.exec(text)?.groups).find(found => found)
    if (groups) lost.push({ row, column: groups.column!, value: groups.value ?? '' })
  }
  if (lost.length === 0) return []

  const attributes = readerOf(store)
  const sqlOf = (row: number): string => attributes.text(spans, row, 'db.query.text')
  const queries: number[] = []
  for (let row = 0; row < spans.count; row++)
    if (spans.kind[row] === Kind.client && sqlOf(row) !== '') queries.push(row)
  queries.sort((a, b) => spans.endNs[a]! - spans.endNs[b]! || a - b)
  const place = new Map(queries.map((row, at) => [row, at]))
  const known = new Map<string, Statement>()
  const statementOf = (text: string): Statement => {
    const statement = known.get(text) ?? readStatement(text)
    known.set(text, statement)
    return statement
  }

  return lost.flatMap(({ row, column, value }) => {
    const { kind, table } = statementOf(sqlOf(row))
    const bare = column.startsWith(`${table}_`) ? column.slice(table.length + 1) : column
    const from = place.get(row) ?? -1
    if (kind !== 'insert' || table === '' || from < 0) return []
    let wonRow = -1
    // Back in time: the insert that came first, then the check that had not seen it.
    for (let at = from - 1; at >= Math.max(0, from - maxLook); at--) {
      const other = queries[at]!
      const text = sqlOf(other)
      const statement = statementOf(text)
      if (statement.table !== table) continue
      const own = taskOfSpan[other] === taskOfSpan[row]
      if (!own && wonRow < 0 && statement.kind === 'insert' && spans.status[other] !== Status.error)
        wonRow = other
      if (own && statement.kind === 'select' && new RegExp(`\\b${bare}\\b`, 'i').test(text))
        return wonRow < 0 ? [] : [{ lostRow: row, wonRow, entity: `${table}.${bare} ${value}`.trimEnd() }]
    }
    return []
  })
}
