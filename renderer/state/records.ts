/** Log records and span events as a person reads them. */
import { attribute, type Store } from '../../src/core/store/store.ts'

/** Severity as its emitter said it, `''` where it did not: OTLP numbers come in steps of four, `INFO` to `INFO4`. */
export const severityWord = (severity: number): string =>
  ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'][Math.floor((severity - 1) / 4)] ?? ''

/** What a record says in a line, and all of it where that is more: of an exception the stack. */
export function recordText(store: Store, record: number): { readonly title: string; readonly whole: string } {
  const { records, strings } = store
  const told = (key: string): string => String(attribute(store, records, record, key) ?? '')
  const stack = told('exception.stacktrace')
  const exception = [told('exception.type'), told('exception.message')].filter(Boolean).join(': ')
  const body = strings[records.body[record]!]!
  const title = firstLine(exception) || firstLine(body) || firstLine(stack) || strings[records.name[record]!]!
  return { title, whole: stack || body || exception || title }
}

const firstLine = (text: string): string => text.split('\n', 1)[0]!

/** Logs and events of a span by time, without those of the recorder: they are drawn as what they tell. */
export function recordsOfSpan({ records, strings }: Store, row: number): readonly number[] {
  const found: number[] = []
  for (let at = records.span.indexOf(row); at >= 0; at = records.span.indexOf(row, at + 1))
    if (!strings[records.name[at]!]!.startsWith('interleave.')) found.push(at)
  return found.sort((a, b) => records.timeNs[a]! - records.timeNs[b]!)
}
