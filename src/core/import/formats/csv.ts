/** Lines of a table: fields between commas, semicolons or tabs; quoted ones may hold all of these, quotes as `""`, and line ends. */
import type { ImportContext } from '../importer.ts'
import { textLines } from '../text-lines.ts'

export interface CsvRow {
  readonly fields: readonly string[]
  readonly line: number
}

/** A row of more characters has a quote too many. */
const maxLength = 1 << 22

/** What separates the names of a head line; null when it is none. */
export function delimiterOf(head: string): string | null {
  const counts = [',', ';', '\t'].map(delimiter => splitRow(head, delimiter)?.length ?? 0)
  const most = Math.max(...counts)
  return most >= 3 ? [',', ';', '\t'][counts.indexOf(most)]! : null
}

export async function* csvRows(
  bytes: AsyncIterable<Uint8Array>,
  delimiter: string,
  context: ImportContext,
): AsyncGenerator<CsvRow> {
  let waiting: string[] = []
  let length = 0
  let quotes = 0
  for await (const { text, line } of textLines(bytes, context)) {
    if (waiting.length === 0 && text.trim() === '') continue
    waiting.push(text)
    length += text.length
    quotes += text.split('"').length - 1
    // A quoted field that has not ended goes on in the next line.
    const fields = quotes % 2 === 0 ? splitRow(waiting.join('\n'), delimiter) : null
    if (!fields && quotes % 2 === 1 && length < maxLength) continue
    const first = line - waiting.length + 1
    if (fields) yield { fields, line: first }
    else context.builder.issues.add('bad-line', () => `${context.place(first)}: a quote too many`)
    waiting = []
    length = 0
    quotes = 0
  }
  if (waiting.length > 0)
    context.builder.issues.add('truncated-tail', () => `${context.file}: the file ends inside a quoted field`)
}

/** Null when the text ends inside a quoted field. */
export function splitRow(text: string, delimiter: string): string[] | null {
  const fields: string[] = []
  for (let at = 0; ; at++) {
    if (text[at] === '"') {
      let field = ''
      for (let from = at + 1; ; ) {
        const end = text.indexOf('"', from)
        if (end === -1) return null
        field += text.slice(from, end)
        at = end + 1
        if (text[at] !== '"') break
        field += '"'
        from = at + 1
      }
      fields.push(field)
      // What stands between the quote and the delimiter is nothing.
      at = text.indexOf(delimiter, at)
    } else {
      const end = text.indexOf(delimiter, at)
      fields.push(end === -1 ? text.slice(at) : text.slice(at, end))
      at = end
    }
    if (at === -1) return fields
  }
}
