/** What a query does, as far as its text tells without a parser: enough to name the row, and never a guess beyond it. */
import { keyColumn } from '../presets/accesses.ts'
import { rowLock } from '../presets/locks.ts'
import { beginSql, endSql } from '../presets/transactions.ts'

export interface Statement {
  readonly kind: 'begin' | 'end' | 'select' | 'insert' | 'update' | 'delete' | 'other'
  /** Lower case, without schema and quotes; `''` when there are several or none. */
  readonly table: string
  /** The column by which one row is meant, lower case; `''` when it is not one row. */
  readonly column: string
  /** Its value as written: `7`, `'a'`, or a parameter. */
  readonly value: string
  /** Index of the parameter, counted from 0; -1 when the value is written out. */
  readonly parameter: number
  /** Further conditions, `ON CONFLICT`: the write guards itself. */
  readonly guarded: boolean
  /** `n = n + 1`: the database does the sum. */
  readonly counts: boolean
  readonly locks: '' | 'exclusive' | 'shared'
}

/** Longer texts are read up to here. */
const maxText = 2000
const none: Statement = {
  kind: 'other',
  table: '',
  column: '',
  value: '',
  parameter: -1,
  guarded: false,
  counts: false,
  locks: '',
}

/** Linear in the text. */
export function readStatement(query: string): Statement {
  const text = query
    .slice(0, maxText)
    .replace(/\/\*[^*]*\*\//g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^ | ?;? ?$/g, '')
  if (text.includes(';')) return none
  if (beginSql.test(text)) return { ...none, kind: 'begin' }
  if (endSql.test(text)) return { ...none, kind: 'end' }
  const word = /^[a-z]+/i.exec(text)?.[0].toLowerCase()
  if (word === 'select') {
    const locks = rowLock.exec(text)
    const from = / from ("?[\w.$"]+)( as)?( \w+)?( where |$)/i.exec(text)
    const statement = { ...none, kind: 'select' as const, table: from ? tableOf(from[1]!) : '' }
    const mode = locks ? (/share$/i.test(locks[0]) ? 'shared' : 'exclusive') : ''
    return { ...statement, ...keyOf(text, statement.table), locks: mode }
  }
  if (word === 'update') {
    const match = /^update (only )?("?[\w.$"]+)( as \w+)? set (.*)$/i.exec(text)
    if (!match) return none
    const table = tableOf(match[2]!)
    const changes = match[4]!.split(/ where /i, 1)[0]!
    return {
      ...none,
      kind: 'update',
      table,
      ...keyOf(text, table),
      counts: /"?(\w+)"? = (coalesce\()?"?\1"?[ ,][^,]{0,40}[+-] ?/i.test(changes),
    }
  }
  if (word === 'delete') {
    const match = /^delete from ("?[\w.$"]+)/i.exec(text)
    const table = match ? tableOf(match[1]!) : ''
    return { ...none, kind: 'delete', table, ...keyOf(text, table) }
  }
  if (word === 'insert') return readInsert(text)
  return none
}

function readInsert(text: string): Statement {
  const match = /^insert into ("?[\w.$"]+) \(([^()]*)\) values ?\(([^()]*)\)(.*)$/i.exec(text)
  if (!match) return none
  const table = tableOf(match[1]!)
  const columns = match[2]!.split(',').map(column => unquoted(column.trim()))
  const values = match[3]!.split(',').map(value => value.trim())
  // Several rows, or values with commas of their own: not one row that can be named.
  if (columns.length !== values.length || /^ ?,/.test(match[4]!)) return { ...none, kind: 'insert', table }
  const named = columns.indexOf('id')
  const at = named >= 0 ? named : columns.findIndex(column => keyColumn.test(column))
  const guarded = /on conflict|on duplicate key|where not exists/i.test(match[4]!)
  if (at < 0 || !isValue(values[at]!)) return { ...none, kind: 'insert', table, guarded }
  const before = text.length - match[4]!.length - 1 - match[3]!.length
  return {
    ...none,
    kind: 'insert',
    table,
    column: columns[at]!,
    value: values[at]!,
    parameter: parameterOf(text, values[at]!, before + match[3]!.split(',').slice(0, at).join(',').length),
    guarded,
  }
}

type Found = Pick<Statement, 'column' | 'value' | 'parameter' | 'guarded'>

/** The one row that a WHERE clause means: `id = …` among conditions joined by AND. */
function keyOf(text: string, table: string): Found {
  const nothing: Found = { column: '', value: '', parameter: -1, guarded: false }
  const at = text.search(/ where /i)
  if (at < 0 || table === '') return nothing
  const clause = text
    .slice(at + 7)
    .replace(/ (order by|group by|limit|returning|for (no key )?(update|key share|share)|offset) ?.*$/i, '')
  if (/ (or|in|between|union|select|join) ?\b/i.test(` ${clause}`)) return nothing
  const conditions = clause.split(/ and /i)
  let offset = at + 7
  for (const condition of conditions) {
    const match = /^\(?(?:"?\w+"?\.)?"?(\w+)"? ?= ?(\S+?)\)?$/.exec(condition.trim())
    if (match && keyColumn.test(match[1]!) && isValue(match[2]!)) {
      return {
        column: match[1]!.toLowerCase(),
        value: match[2]!,
        parameter: parameterOf(text, match[2]!, offset),
        guarded: conditions.length > 1,
      }
    }
    offset += condition.length + 5
  }
  return nothing
}

const isValue = (text: string): boolean => /^('[^']{1,200}'|-?\d{1,30}|\$\d{1,4}|\?|%s)$/.test(text)

function parameterOf(text: string, value: string, offset: number): number {
  if (value.startsWith('$')) return Number(value.slice(1)) - 1
  if (value !== '?' && value !== '%s') return -1
  return text.slice(0, offset).split(value).length - 1
}

const unquoted = (name: string): string => name.replaceAll('"', '').toLowerCase()

/** `public."Jobs"` → `jobs`. */
function tableOf(name: string): string {
  const bare = unquoted(name)
  return bare.slice(bare.lastIndexOf('.') + 1)
}
