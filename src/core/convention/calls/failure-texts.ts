/** What a failed span says of its failure, wherever its instrumentation puts it. */
import type { Store } from '../../store/store.ts'
import { readerOf } from '../attributes/attribute-reader.ts'

/**
 * Ask for rows with an error: status message, exception (Java and .NET tell it only there), error type and the code of a
 * database's answer, as far as there are any, one per line.
 */
export function failureTexts(store: Store): (row: number) => string {
  const attributes = readerOf(store)
  const { spans, records, strings } = store
  let exceptions: Map<number, string> | null = null
  const exceptionsOf = (row: number): string => {
    if (!exceptions) {
      exceptions = new Map()
      for (let at = 0; at < records.count; at++) {
        const span = records.span[at]!
        if (span < 0 || strings[records.name[at]!] !== 'exception') continue
        const text = `${attributes.text(records, at, 'exception.type')} ${attributes.text(records, at, 'exception.message')}`
        exceptions.set(span, text.trim())
      }
    }
    return exceptions.get(row) ?? ''
  }
  return row =>
    [
      strings[spans.statusMessage[row]!]!,
      exceptionsOf(row),
      attributes.text(spans, row, 'error.type'),
      attributes.text(spans, row, 'db.response.status_code'),
    ]
      .filter(text => text !== '')
      .join('\n')
}
