/** Database spans of processes that no recorder speaks for, with what their text says, grouped as their caller made them. */
import type { Reading } from './reading.ts'
import { readStatement, type Statement } from './sql.ts'

export interface Query {
  readonly row: number
  readonly text: string
  readonly statement: Statement
}

export interface Queries {
  readonly all: readonly Query[]
  /** Of one parent span, by start: one caller's sequence. Spans without parent belong to nobody's sequence. */
  readonly byParent: ReadonlyMap<number, readonly Query[]>
}

const internal = 1
const client = 3
const other: Statement = readStatement('')

export function readQueries({ store, attributes, recorded }: Reading): Queries {
  const { spans, strings } = store
  const all: Query[] = []
  const byParent = new Map<number, Query[]>()
  const known = new Map<string, Statement>()
  // otelsql and oracledb tell transactions and releases by name.
  const named = /^(sql\.(conn\.begin_tx|tx\.(commit|rollback))|oracledb\.Connection\.)/
  const byName = strings.some(text => named.test(text))
  if (!byName && !attributes.knows('db.query.text')) return { all, byParent }
  for (let row = 0; row < spans.count; row++) {
    const kind = spans.kind[row]!
    if ((kind !== client && kind !== internal) || recorded[spans.process[row]!]) continue
    const text = attributes.text(spans, row, 'db.query.text')
    if (text === '' && !(byName && named.test(strings[spans.name[row]!]!))) continue
    let statement = known.get(text)
    if (!statement) {
      statement = text === '' || attributes.system(spans, row) === 'redis' ? other : readStatement(text)
      known.set(text, statement)
    }
    const query = { row, text, statement }
    all.push(query)
    const parent = spans.parent[row]!
    if (parent === -1) continue
    const siblings = byParent.get(parent)
    if (siblings) siblings.push(query)
    else byParent.set(parent, [query])
  }
  const order = (a: Query, b: Query): number =>
    spans.startNs[a.row]! - spans.startNs[b.row]! ||
    spans.endNs[a.row]! - spans.endNs[b.row]! ||
    a.row - b.row
  for (const siblings of byParent.values()) siblings.sort(order)
  return { all: all.sort(order), byParent }
}
