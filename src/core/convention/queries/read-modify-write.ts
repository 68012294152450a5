/**
 * Whether a query writes what an earlier one of the same caller has read, with nothing in the text that would notice a change in
 * between: `SELECT balance … ` then `UPDATE … SET balance = 120`, `GET stock:7` then `SET stock:7 3`. Such a value was made
 * from the one that was read; of other columns (`SET last_seen = now()`) nobody can say so.
 */
import type { Store } from '../../store/store.ts'
import { readerOf } from '../attributes/attribute-reader.ts'

/** Ask for rows of a read and of a write of the same thing. */
export function modifiesWhatItRead(store: Store): (read: number, write: number) => boolean {
  const attributes = readerOf(store)
  // Whoever lets the database or Redis look after it need not be told.
  if (store.strings.some(text => text.length < maxText && looksAfterIt.test(text))) return () => false
  const textOf = (row: number): string => attributes.text(store.spans, row, 'db.query.text').slice(0, maxText)
  return (read, write) => {
    const asked = textOf(read)
    const written = textOf(write)
    if (/^GET /i.test(asked)) return plainSet.test(written)
    if (rowsLocked.test(asked)) return false
    const columns = asked.replace(/\s+/g, ' ').match(/^ ?select (.*?) from /i)?.[1]
    const changes = written.replace(/\s+/g, ' ').match(/^ ?update .*? set (.*?)(?: where |$)/i)?.[1]
    if (columns === undefined || changes === undefined) return false
    return changes.split(',').some(change => {
      const [, column] = assigned.exec(change) ?? []
      return (
        column !== undefined && quantity.test(column) && (columns.includes('*') || wordIn(columns, column))
      )
    })
  }
}

const maxText = 2000
const looksAfterIt = /\b(?:SERIALIZABLE|REPEATABLE READ)\b|^WATCH /i
const rowsLocked = /\bFOR (?:NO KEY )?UPDATE\b/i
/** Without an expiry, which an entry of a cache or a session has. */
const plainSet = /^SET \S+ (?:\[1 other arguments?\]|\S+)$/i
/** One value as it is; a sum is done by the database. */
const assigned = /^\s*"?(?:\w+"?\."?)?(\w+)"? ?= ?(?:-?\d[\d.]*|\$\d+|\?|%s|%\(\w+\)s|:\w+|@\w+)\s*$/
/** What is counted up and down; a name or a state is just set. */
const quantity =
  /balance|stock|quantit|qty|count|total|amount|seat|remaining|available|point|credit|score|view|like|inventor|budget|quota|usage|counter|capacity|left$|number/i

const wordIn = (text: string, word: string): boolean => new RegExp(`\\b${word}\\b`, 'i').test(text)
