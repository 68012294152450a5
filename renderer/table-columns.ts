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
  if (rows.length === 0 || !rows.every(isRow)) return null
  const names = Object.keys(rows[0]!)
  if (!rows.every(row => hasKeys(row, names))) return null
  const count = rows.length
  // One buffer for all numbers: each that moves costs more than what is in it.
  const numeric = names.filter(name => typeof rows[0]![name] === 'number').length
  const room = new Float64Array(numeric * count)
  let taken = 0
  const take = (): Float64Array => {
    taken += count
    return room.subarray(taken - count, taken)
  }
  return { count, columns: names.map(name => ({ name, ...cellsOf(rows, name, take) })) }
}

/** Without a list of its own for each row, as `Object.keys` makes one: that would be most of the garbage of a session. */
function hasKeys(row: Row, names: readonly string[]): boolean {
  let seen = 0
  for (const name in row) {
    if (name !== names[seen] && !names.includes(name)) return false
    seen++
  }
  return seen === names.length
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

function cellsOf(rows: readonly Row[], name: string, take: () => Float64Array): Cells {
  const first = rows[0]![name]
  // An object in all rows is theirs together: one each would be as many after crossing.
  if ((typeof first !== 'object' || first === null) && rows.every(row => Object.is(row[name], first)))
    return { every: first }
  const numbers = typeof first === 'number' ? numbersOf(rows, name, take()) : null
  if (numbers) return { numbers }
  const cells = rows.map(row => row[name])
  if (cells.every(cell => typeof cell === 'string')) return textsOf(cells)
  // Deeper than lists of rows is nothing of a session: their own lists cross as they are.
  if (cells.every(cell => Array.isArray(cell))) {
    const items = columnsOf(cells.flat())
    if (items) return { lengths: Int32Array.from(cells, cell => cell.length), items }
  }
  return { values: cells }
}

/** null where one of them is none. */
function numbersOf(rows: readonly Row[], name: string, numbers: Float64Array): Float64Array | null {
  for (let at = 0; at < rows.length; at++) {
    const cell = rows[at]![name]
    if (typeof cell !== 'number') return null
    numbers[at] = cell
  }
  return numbers
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
