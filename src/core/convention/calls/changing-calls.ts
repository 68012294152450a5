/** What a request changes elsewhere, as its calls tell: rows it inserts, and what it posts to others. */
import { Kind, type Store } from '../../store/store.ts'
import { readerOf } from '../attributes/attribute-reader.ts'
import { callNames } from './client-calls.ts'

/** Spans below a request that are looked at. */
const maxSpans = 256

/** Ask for a request's row. Names of the calls that went well, each once. */
export function changingCalls(store: Store): (row: number) => Set<string> {
  const attributes = readerOf(store)
  const { spans } = store
  const nameOf = callNames(store)
  const text = (row: number, key: string): string => attributes.text(spans, row, key)
  const changes = (row: number): boolean =>
    /^\s*INSERT\b/i.test(text(row, 'db.query.text')) || text(row, 'http.request.method') === 'POST'
  return root => {
    const out = new Set<string>()
    const end = Math.min(spans.subtreeEnd[root]!, root + maxSpans)
    for (let row = root + 1; row < end; row++)
      if (spans.kind[row] === Kind.client && spans.status[row] !== 2 && changes(row)) out.add(nameOf(row))
    return out
  }
}
