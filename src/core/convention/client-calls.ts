/**
 * Calls of ordinary clients that can be compared with each other: one operation at one peer. `GET` alone is none: what takes
 * long at one address is nothing special at another.
 */
import { type Store, spanName } from '../store/store.ts'
import { AttributeReader } from './attribute-reader.ts'

/** Ask for rows of kind CLIENT. */
export function callNames(store: Store): (row: number) => string {
  const attributes = new AttributeReader(store)
  const { spans } = store
  return row => {
    const text = (key: string): string => attributes.text(spans, row, key)
    const name = spanName(store, row)
    if (waitsByDesign.test(name) || text('messaging.system.name') !== '') return ''
    const url = text('url.full').replace(/^[a-z]+:\/\/[^/]*/i, '')
    const target =
      text('url.template') || pathOf(url || text('url.path')) || statementOf(text('db.query.text'))
    const method = text('http.request.method')
    if (method !== '' && target === '') return ''
    return [name, text('server.address'), target].filter(part => part !== '').join(' ')
  }
}

/** Answers that mean "not yet" or "not so", as a client that polls expects them: no failure, although spans call them errors. */
export function notYetAnswers(store: Store): (row: number) => boolean {
  const attributes = new AttributeReader(store)
  return row => notYet.has(attributes.number(store.spans, row, 'http.response.status_code'))
}

/** Not found, conflict, locked, too early. */
const notYet: ReadonlySet<number> = new Set([404, 409, 423, 425])

/** Commands that return when something comes. */
const waitsByDesign =
  /^(?:redis[.: -])?(?:B(?:R|L|Z)\w*POP\w*|BLMOVE|BRPOPLPUSH|XREAD\w*|SUBSCRIBE|LISTEN)\b/i

const maxLength = 200

/** Without its query, and with `#` for what looks like an id. */
const pathOf = (path: string): string =>
  path
    .slice(0, maxLength)
    .replace(/[?#].*$/, '')
    .replace(/\/(?:[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}|\d+)(?=\/|$)/gi, '/#')

const statementOf = (statement: string): string =>
  statement.slice(0, maxLength).replace(/'[^']*'|\b\d+\b/g, '?')
