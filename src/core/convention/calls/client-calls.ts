/**
 * Calls of ordinary clients that can be compared with each other: one operation at one peer. `GET` alone is none: what takes
 * long at one address is nothing special at another.
 */
import { type Store, spanName } from '../../store/store.ts'
import { readerOf } from '../attributes/attribute-reader.ts'

/** Ask for rows of kind CLIENT. */
export function callNames(store: Store): (row: number) => string {
  const attributes = readerOf(store)
  const { spans } = store
  return row => {
    const text = (key: string): string => attributes.text(spans, row, key)
    const name = spanName(store, row)
    if (waitsByDesign.test(name) || text('messaging.system.name') !== '') return ''
    const url = text('url.full').replace(/^[a-z]+:\/\/[^/]*/i, '')
    const address = text('server.address')
    const path = text('url.template') || pathOf(url || text('url.path'))
    const statement = path === '' ? statementOf(text('db.query.text')) : ''
    // `SELECT shop` says less than the statement that it was made of.
    if (statement !== '' && verbOf(statement) === verbOf(name)) return `${address} ${statement}`.trimStart()
    const target = path || statement
    const method = text('http.request.method')
    if (method !== '' && target === '') return ''
    return [name, address, target].filter(part => part !== '').join(' ')
  }
}

/** Ask for rows of kind CLIENT. */
export function isDatabaseCall(store: Store): (row: number) => boolean {
  const attributes = readerOf(store)
  return row => attributes.text(store.spans, row, 'db.system.name') !== ''
}

/** A call over a connection that nobody else can use meanwhile; Redis and its like take many at a time over one. Ask for rows of kind CLIENT. */
export function isPooledDatabase(store: Store): (row: number) => boolean {
  const attributes = readerOf(store)
  return row => oneAtATime.test(attributes.text(store.spans, row, 'db.system.name'))
}

const oneAtATime = /postgres|mysql|mariadb|sql_?server|mssql|oracle|db2|cockroach|redshift|mongo/

/** What a call asked for, as far as its attributes tell. */
export interface Lookup {
  /** As written: tells two apart that ask for different things; `''` when what it asked for is not in the trace. */
  readonly asked: string
}

/**
 * Calls that read one of many things, by its key: a row, an address. null for writes, which have an order, for pages, each
 * of which names the next, and for what asks the same again and again.
 */
export function lookups(store: Store): (row: number) => Lookup | null {
  const attributes = readerOf(store)
  const { spans } = store
  return row => {
    const text = (key: string): string => attributes.text(spans, row, key)
    // Arguments are hardly ever told.
    if (readsOne.test(text('rpc.method').replace(/^.*\//, '')) || readsOne.test(bareOperation(text)))
      return { asked: '' }
    const statement = text('db.query.text').slice(0, maxLength)
    if (statement !== '') {
      if (!readsByKey.test(statement) || pages.test(statement)) return null
      return { asked: hidesKey.test(statement) ? '' : statement }
    }
    const url = text('url.full') || text('url.path')
    if (!/^(GET|HEAD)$/i.test(text('http.request.method')) || pagesUrl.test(url)) return null
    return url === '' ? null : { asked: url.slice(0, maxLength) }
  }
}

/**
 * What a call reads, as written: two that are alike ask for the same thing. `''` for writes, for locks, and where the keys
 * are not in the trace.
 */
export function questions(store: Store): (row: number) => string {
  const attributes = readerOf(store)
  const { spans } = store
  return row => {
    const text = (key: string): string => attributes.text(spans, row, key)
    const statement = text('db.query.text')
    if (statement !== '')
      return /^\s*SELECT\b/i.test(statement) &&
        !hidesKey.test(statement) &&
        !/\bFOR (?:UPDATE|SHARE)\b/i.test(statement)
        ? statement
        : ''
    return /^(GET|HEAD)$/i.test(text('http.request.method')) ? text('url.full') : ''
  }
}

/** What a store without SQL was asked to do; in a statement there is more to it. */
const bareOperation = (text: (key: string) => string): string =>
  /mongo|dynamo|firestore|cassandra|couch/.test(text('db.system.name')) ? text('db.operation.name') : ''
/** By its name: one thing, not a batch, a page or a change. */
const readsOne =
  /^(?:get(?!more|all|batch|list|next)|find(?!all|many|and)|fetch(?!all|next)|lookup|load|describe|read)/i
/** A row by its columns, or a key of a store. */
const readsByKey = /^\s*(?:SELECT\b[^;]*\bWHERE\b[^;]*=|(?:GET|HGET|HGETALL|SMEMBERS|JSON\.GET)\s+\S)/i
/** Parts of a list: where one ends, the next begins. */
const pages = /\bOFFSET\b|\bFETCH NEXT\b|[^<>=!-][<>]=?[^<>=]|\bSKIP LOCKED\b|\bFOR UPDATE\b/i
const pagesUrl =
  /[?&](?:page\w*|offset|cursor|after|before|since|skip|start\w*|from|continuation\w*|\w*token)=/i
const hidesKey = /\$\d|\?|%s|%\(\w+\)s|:\w+|@\w+/

/** Answers that mean "not yet" or "not so", as a client that polls expects them: no failure, although spans call them errors. */
export function notYetAnswers(store: Store): (row: number) => boolean {
  const attributes = readerOf(store)
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

/** `?` for values; places for them (`$1`) stay. */
const statementOf = (statement: string): string =>
  statement.slice(0, maxLength).replace(/'[^']*'|(?<![\w$])\d+\b/g, '?')

const verbOf = (text: string): string => (/^\s*(\w+)/.exec(text)?.[1] ?? '').toUpperCase()
