/**
 * Rows of a table as columns, to cross from the worker to the page. Objects would be cloned key by key; columns of numbers
 * move, and a text that repeats crosses once.
 *
 *     { task: 0, site: 'a', uses: [x] }        task   0 1 2          numbers; of one for all only that
 *     { task: 1, site: 'b', uses: [] }    →    site   a b · 0 1 0    texts, and which of them
 *     { task: 2, site: 'a', uses: [y, z] }     uses   1 0 2 · x y z  lengths, and the rows of all lists as a table
 */
export interface TableColumns {
  readonly count: number
  readonly columns: readonly Column[]
}

type Column = { readonly name: string } & Cells

type Cells =
  | { readonly every: unknown }
  | { readonly numbers: Float64Array }
  | { readonly texts: readonly string[]; readonly which: Int32Array }
  | { readonly lengths: Int32Array; readonly items: TableColumns }
  | { readonly values: readonly unknown[] }

type Row = Record<string, unknown>

/** null for anything but objects that all have the same keys. */
export function columnsOf(rows: readonly unknown[]): TableColumns | null {
  const first = rows[0]
  if (!isRow(first)) return null
  const names = Object.keys(first)
  const table = names.map((): unknown[] => [])
  for (const row of rows) {
    if (!isRow(row)) return null
    const keys = Object.keys(row)
    if (keys.length !== names.length) return null
    // All values of a row at once, where they stand in the same order: asking for each by its name takes three times as long.
    const values = keys.every((key, nth) => key === names[nth])
      ? Object.values(row)
      : names.map(name => row[name])
    for (let nth = 0; nth < names.length; nth++) table[nth]!.push(values[nth])
  }
  const columns: Column[] = []
  for (const [nth, cells] of table.entries()) {
    // As many keys, but not these.
    if (cells.includes(undefined)) return null
    columns.push({ name: names[nth]!, ...cellsOf(cells) })
  }
  return { count: rows.length, columns }
}

export function rowsOf({ count, columns }: TableColumns): unknown[] {
  // All rows are copies of one: objects that grow key by key take several times as long.
  const first: Row = Object.fromEntries(
    columns.map(column => [column.name, 'every' in column ? column.every : null]),
  )
  const rows = Array.from({ length: count }, (): Row => ({ ...first }))
  for (const column of columns) {
    if ('every' in column) continue
    const { name } = column
    if ('numbers' in column) for (let at = 0; at < count; at++) rows[at]![name] = column.numbers[at]
    else if ('texts' in column)
      for (let at = 0; at < count; at++) rows[at]![name] = column.texts[column.which[at]!]
    else if ('values' in column) for (let at = 0; at < count; at++) rows[at]![name] = column.values[at]
    else {
      const items = rowsOf(column.items)
      for (let at = 0, from = 0; at < count; at++) {
        const to = from + column.lengths[at]!
        rows[at]![name] = items.slice(from, to)
        from = to
      }
    }
  }
  return rows
}

const isRow = (row: unknown): row is Row => typeof row === 'object' && row !== null && !Array.isArray(row)

function cellsOf(cells: readonly unknown[]): Cells {
  const [first] = cells
  // An object in all rows is theirs together: one each would be as many after crossing.
  if ((typeof first !== 'object' || first === null) && cells.every(cell => Object.is(cell, first)))
    return { every: first }
  if (typeof first === 'number' && cells.every(cell => typeof cell === 'number'))
    return { numbers: Float64Array.from(cells) }
  if (typeof first === 'string' && cells.every(cell => typeof cell === 'string')) return textsOf(cells)
  // Deeper than lists of rows is nothing of a session: their own lists cross as they are.
  if (Array.isArray(first) && cells.every(cell => Array.isArray(cell))) {
    const items = columnsOf(cells.flat())
    if (items) return { lengths: new Int32Array(cells.map(cell => cell.length)), items }
  }
  return { values: cells }
}

/** Of so many texts it is seen whether they repeat. */
const FEW = 128

function textsOf(cells: readonly string[]): Cells {
  const texts: string[] = []
  const known = new Map<string, number>()
  const which = new Int32Array(cells.length)
  for (let at = 0; at < cells.length; at++) {
    const cell = cells[at]!
    let text = at > 0 && cell === cells[at - 1] ? which[at - 1] : known.get(cell)
    if (text === undefined) {
      text = texts.push(cell) - 1
      known.set(cell, text)
      if (text === FEW && at < FEW * 2) return { values: cells }
    }
    which[at] = text
  }
  return { texts, which }
}
