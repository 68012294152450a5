/** Database spans of processes that no recorder speaks for, with what their text says, grouped as their caller made them. */
import { Kind } from '../../store/store.ts'
import type { RuleRole } from '../presets/preset.ts'
import type { Reading } from '../tables/reading.ts'
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

const other: Statement = readStatement('')

const edges: ReadonlySet<RuleRole | undefined> = new Set(['begin', 'end', 'release'])

/**
 * `everywhere`: also of processes that a recorder speaks for. Its spans have no parent, so their task is the caller; such a
 * sequence has a key below -1.
 */
export function readQueries(
  { store, attributes, recorded, rules }: Reading,
  everywhere?: { readonly taskOfSpan: Int32Array },
): Queries {
  const { spans } = store
  const all: Query[] = []
  const byParent = new Map<number, Query[]>()
  const known = new Map<string, Statement>()
  /** A wrapper's query (knex, an ORM) stands around the driver's own, with the same text. */
  const textOf = new Map<number, string>()
  for (let row = 0; row < spans.count; row++) {
    const kind = spans.kind[row]!
    if ((kind !== Kind.client && kind !== Kind.internal) || (!everywhere && recorded[spans.process[row]!]))
      continue
    const text = attributes.text(spans, row, 'db.query.text')
    if (text === '' && !edges.has(rules.of(row)?.rule.role)) continue
    const parent = spans.parent[row]!
    if (text !== '' && parent !== -1 && textOf.get(parent) === text) continue
    textOf.set(row, text)
    let statement = known.get(text)
    if (!statement) {
      statement =
        text === '' || attributes.text(spans, row, 'db.system.name') === 'redis' ? other : readStatement(text)
      known.set(text, statement)
    }
    const query = { row, text, statement }
    all.push(query)
    const task = everywhere ? everywhere.taskOfSpan[row]! : -1
    if (parent === -1 && task === -1) continue
    const caller = parent === -1 ? -2 - task : parent
    const siblings = byParent.get(caller)
    if (siblings) siblings.push(query)
    else byParent.set(caller, [query])
  }
  const order = (a: Query, b: Query): number =>
    spans.startNs[a.row]! - spans.startNs[b.row]! ||
    spans.endNs[a.row]! - spans.endNs[b.row]! ||
    a.row - b.row
  for (const siblings of byParent.values()) siblings.sort(order)
  return { all: all.sort(order), byParent }
}

/** Whether a query begins or ends its caller's transaction. */
export function edgeOf({ rules }: Reading, query: Query): 'begin' | 'end' | '' {
  const { kind } = query.statement
  if (kind === 'begin' || kind === 'end') return kind
  if (query.text !== '') return ''
  const role = rules.of(query.row)?.rule.role
  return role === 'begin' || role === 'end' ? role : ''
}
