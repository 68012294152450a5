/**
 * Tables of spans: rows of JSON or lines of CSV whose columns say which span of which trace it was, when and how long.
 * ClickHouse, Honeycomb, New Relic, Elasticsearch, Application Insights, BigQuery, SigNoz, Grafana's table, and any other
 * that `span-columns.ts` knows the names of:
 *
 *     TraceId,SpanId,ParentSpanId,SpanName,ServiceName,Timestamp,Duration
 *     {"trace.trace_id":"5b8e…","trace.span_id":"eee1…","name":"checkout","duration_ms":120,"Timestamp":"2026-…"}
 *     {"hits":{"hits":[{"_source":{"trace":{"id":…},"span":{"id":…,"duration":{"us":120000}},…}}]}}
 *     {"tables":[{"columns":[{"name":"operation_Id"},…],"rows":[[…],…]}]}
 */

import type { Head, ImportContext, Importer } from '../importer.ts'
import type { JsonShape } from '../json/json-shape.ts'
import { jsonValues } from '../json/json-values.ts'
import { RowWriter } from '../row-writer.ts'
import { csvRows, delimiterOf, splitRow } from './csv.ts'
import { type Foreign, isObject, listOf, textOf } from './foreign.ts'
import { areSpanColumns, lackingColumns } from './span-columns.ts'
import { type Row, readSpanRow } from './span-row.ts'

const maxColumns = 2000
const maxNesting = 5
/** How deep in an answer its rows may lie. */
const maxDepth = 5

export const spanTable: Importer = {
  id: 'span-table',
  label: 'table of spans',
  sniff({ json, text }: Head): number {
    return columnLists(json, text).some(areSpanColumns) ? 0.7 : 0
  },
  async read(bytes: AsyncIterable<Uint8Array>, context: ImportContext): Promise<void> {
    const writer = new RowWriter(context)
    const delimiter = context.head.json ? null : delimiterOf(headLine(context.head.text))
    const rows = delimiter ? csvTable(bytes, delimiter, context) : jsonTable(bytes, context)
    let count = 0
    for await (const { row, line } of rows) {
      writer.at(line)
      if (row && areSpanColumns(row.keys())) readSpanRow(row, writer, context)
      else context.builder.issues.add('unknown-value', writer.place)
      if (++count % 1000 === 0) await context.breathe()
    }
  },
}

interface TableRow {
  /** Null: a value without rows. */
  readonly row: Row | null
  readonly line: number
}

/** When the head of a file names most of what a span needs: what is lacking; null when it is no such table. */
export function lackingOfSpans({ json, text }: Head): readonly string[] | null {
  return (
    columnLists(json, text)
      .map(lackingColumns)
      .find(lacking => lacking.length > 0 && lacking.length < 3 && !lacking.includes('a trace id')) ?? null
  )
}

/** Names of columns that may be those of rows of one kind. */
function columnLists(json: JsonShape | null, text: string): readonly string[][] {
  if (json) return [...rowColumns(json), declaredColumns(text)]
  const head = headLine(text)
  return [splitRow(head, delimiterOf(head) ?? ',') ?? []]
}

const headLine = (text: string): string =>
  text
    .replace(/^\ufeff?\s*/, '')
    .split(/\r?\n/, 1)[0]!
    .slice(0, 20_000)

async function* csvTable(
  bytes: AsyncIterable<Uint8Array>,
  delimiter: string,
  context: ImportContext,
): AsyncGenerator<TableRow> {
  let names: readonly string[] | null = null
  for await (const { fields, line } of csvRows(bytes, delimiter, context)) {
    if (names)
      yield { row: new Map(fields.map((field, at) => [names?.[at] ?? `column ${at + 1}`, field])), line }
    else names = fields.map(name => name.replace(/^\ufeff/, '').trim())
  }
}

async function* jsonTable(
  bytes: AsyncIterable<Uint8Array>,
  context: ImportContext,
): AsyncGenerator<TableRow> {
  for await (const { value, line } of jsonValues(bytes, context)) {
    let found = false
    for (const row of rowsIn(value)) {
      found = true
      yield { row, line }
    }
    if (!found) yield { row: null, line }
  }
}

/** What the objects of each list (and at the top) have. */
function rowColumns(json: JsonShape): readonly string[][] {
  const lists = new Map<string, string[]>()
  for (const path of json.paths) {
    const at = path.lastIndexOf('[].')
    const list = path.slice(0, at + 1)
    const column = at === -1 ? path : path.slice(at + 3)
    const columns = lists.get(list)
    if (columns) columns.push(column)
    else lists.set(list, [column])
  }
  return Array.from(lists.values())
}

/** Names of columns that stand beside their rows. */
const declaredColumns = (text: string): string[] =>
  /"(?:columns|meta|fields)"\s*:\s*\[/.test(text)
    ? Array.from(text.matchAll(/"name"\s*:\s*"([^"\\]{1,100})"/g), match => match[1]!)
    : []

interface Place {
  readonly value: unknown
  readonly depth: number
  /** What New Relic's batches say once for all their spans. */
  readonly common: Foreign
}

/** Rows anywhere in an answer, without recursion. */
function* rowsIn(root: unknown): Generator<Row> {
  const todo: Place[] = [{ value: root, depth: 0, common: {} }]
  for (let next = todo.pop(); next; next = todo.pop()) {
    const { value, depth } = next
    let { common } = next
    if (isObject(value)) {
      if (isObject(value.common) && isObject(value.common.attributes)) common = value.common.attributes
      const row = flat({ ...common, ...value })
      if (areSpanColumns(row.keys())) {
        yield row
        continue
      }
      const table = tableIn(value)
      if (table) {
        yield* table
        continue
      }
    } else if (!Array.isArray(value)) continue
    if (depth === maxDepth) continue
    // From the last to the first: they are taken from the end.
    const members = Object.values(value)
    for (let at = members.length - 1; at >= 0; at--)
      if (typeof members[at] === 'object') todo.push({ value: members[at], depth: depth + 1, common })
  }
}

/** Members of members under their joined names; lists stay whole. */
function flat(value: Foreign): Map<string, unknown> {
  const row = new Map<string, unknown>()
  const todo: { readonly prefix: string; readonly from: Foreign; readonly depth: number }[] = [
    { prefix: '', from: value, depth: 1 },
  ]
  for (let next = todo.pop(); next; next = todo.pop()) {
    for (const [key, member] of Object.entries(next.from)) {
      if (row.size >= maxColumns) return row
      const name = `${next.prefix}${key}`
      if (isObject(member) && next.depth < maxNesting)
        todo.push({ prefix: `${name}.`, from: member, depth: next.depth + 1 })
      else row.set(name, member)
    }
  }
  return row
}

/** Rows as lists beside the names of their columns, or columns as lists (Grafana's frames); null when it is no such table. */
function tableIn(value: Foreign): Row[] | null {
  const { schema, data } = value
  const names = listOf(value.columns ?? value.meta ?? (isObject(schema) ? schema.fields : undefined)).map(
    column => (isObject(column) ? textOf(column.name) : textOf(column)),
  )
  if (!areSpanColumns(names)) return null
  const columns = isObject(data) ? listOf(data.values) : []
  const rows: readonly unknown[] =
    columns.length > 0
      ? listOf(columns[0]).map((_, row) => columns.map(column => listOf(column)[row]))
      : listOf(value.rows ?? data)
  // Rows that name their own columns are found as such.
  if (!rows.every(Array.isArray)) return null
  return rows.map(row => new Map(listOf(row).map((field, at) => [names[at] ?? `column ${at + 1}`, field])))
}
