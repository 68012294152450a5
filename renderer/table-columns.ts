/**
 * Rows of a table as columns, to cross from the worker to the page. Objects would be cloned key by key; columns of numbers
 * move, and a text that repeats crosses once.
 *
 *     { task: 0, site: 'a', uses: [x] }        task   0 1 2          numbers
 *     { task: 1, site: 'b', uses: [] }    →    site   a b · 0 1 0    texts, and which of them
 *     { task: 2, site: 'a', uses: [y, z] }     uses   1 0 2 · x y z  lengths, and the rows of all lists as a table
 */
export interface TableColumns {
  readonly count: number
  readonly columns: readonly Column[]
}

type Column = { readonly name: string } & Cells

type Cells =
  | { readonly numbers: Float64Array }
  | { readonly texts: readonly string[]; readonly which: Int32Array }
  | { readonly lengths: Int32Array; readonly items: TableColumns }
  | { readonly values: readonly unknown[] }

type Row = Record<string, unknown>

/** null for anything but objects that all have the same keys. */
export function columnsOf(rows: readonly unknown[]): TableColumns | null {
  if (rows.length === 0 || !rows.every(isRow)) return null
  const names = Object.keys(rows[0]!)
  if (!rows.every(row => Object.keys(row).length === names.length)) return null
  const columns: Column[] = []
  for (const name of names) {
    const cells = rows.map(row => row[name])
    // As many keys, but not these.
    if (cells.includes(undefined)) return null
    columns.push({ name, ...cellsOf(cells) })
  }
  return { count: rows.length, columns }
}

export function rowsOf({ count, columns }: TableColumns): unknown[] {
  // All rows are copies of one: objects that grow key by key take several times as long.
  const first: Row = Object.fromEntries(columns.map(({ name }) => [name, null]))
  const rows = Array.from({ length: count }, (): Row => ({ ...first }))
  for (const column of columns) {
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
  if (cells.every(cell => typeof cell === 'number')) return { numbers: new Float64Array(cells) }
  if (cells.every(cell => typeof cell === 'string')) return textsOf(cells)
  // Deeper than lists of rows is nothing of a session: their own lists cross as they are.
  if (cells.every(cell => Array.isArray(cell))) {
    const items = columnsOf(cells.flat())
    if (items) return { lengths: new Int32Array(cells.map(cell => cell.length)), items }
  }
  return { values: cells }
}

function textsOf(cells: readonly string[]): Cells {
  const texts: string[] = []
  const known = new Map<string, number>()
  const which = new Int32Array(cells.length)
  for (const [at, cell] of cells.entries()) {
    let text = known.get(cell)
    if (text === undefined) {
      text = texts.push(cell) - 1
      known.set(cell, text)
    }
    which[at] = text
  }
  return { texts, which }
}
