/**
 * Rows of a table as columns, to cross from the worker to the page. Objects would be cloned key by key; columns of numbers
 * move, and a text that repeats crosses once. The page keeps them as columns: a row there is an object that looks its cells
 * up, and of a million spans nobody ever asks most of them.
 *
 *     { task: 0, site: 'a', uses: [x] }        task   0 1 2          numbers; of one for all only that
 *     { task: 1, site: 'b', uses: [] }    →    site   a b · 0 1 0    texts, and which of them
 *     { task: 2, site: 'a', uses: [y, z] }     uses   1 0 2 · x y z  lengths, and what is in all lists, rows as a table
 */
export interface TableColumns {
  readonly count: number
  readonly columns: readonly Column[]
}

type Column = { readonly name: string } & Cells

type Cells =
  | { readonly every: unknown }
  | { readonly numbers: Float64Array | Int32Array }
  | { readonly texts: readonly string[]; readonly which: Int32Array }
  | { readonly lengths: Int32Array; readonly items: TableColumns | readonly unknown[] }
  | { readonly values: readonly unknown[] }

type Row = Record<string, unknown>

/** null for anything but objects that all have the same keys. */
export function columnsOf(rows: readonly unknown[]): TableColumns | null {
  if (rows.length === 0 || !rows.every(isRow)) return null
  const names = Object.keys(rows[0]!)
  if (!rows.every(row => hasKeys(row, names))) return null
  return { count: rows.length, columns: names.map(name => ({ name, ...cellsOf(rows, name) })) }
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

/** Rows with these cells, for reading: keys are found by name and by `in`, but are not the objects' own. */
export function rowsOf({ count, columns }: TableColumns): unknown[] {
  const RowOf = rowClass(columns.map(({ name }) => name))
  const readers = columns.map(readerOf)
  return Array.from({ length: count }, (_, at) => new RowOf(readers, at))
}

/** Cell of a row. */
type Reader = (at: number) => unknown

type RowClass = new (readers: readonly Reader[], at: number) => object

/** By keys: rows of one class are read fastest, and sessions have a few dozen kinds of rows. */
const rowClasses = new Map<string, RowClass>()

function rowClass(names: readonly string[]): RowClass {
  const key = names.join()
  const known = rowClasses.get(key)
  if (known) return known
  class RowOf {
    readonly #readers: readonly Reader[]
    readonly #at: number

    constructor(readers: readonly Reader[], at: number) {
      this.#readers = readers
      this.#at = at
    }

    static {
      for (const [nth, name] of names.entries()) {
        const get = function (this: RowOf): unknown {
          return this.#readers[nth]!(this.#at)
        }
        Object.defineProperty(RowOf.prototype, name, { enumerable: true, get })
      }
    }
  }
  rowClasses.set(key, RowOf)
  return RowOf
}

function readerOf(column: Column): Reader {
  if ('every' in column) return () => column.every
  if ('numbers' in column) return at => column.numbers[at]
  if ('texts' in column) return at => column.texts[column.which[at]!]
  if ('values' in column) return at => column.values[at]
  let lists: unknown[][] | undefined
  return at => {
    const { lengths, items } = column
    lists ??= listsOf(lengths, 'columns' in items ? rowsOf(items) : items)
    return lists[at]
  }
}

function listsOf(lengths: Int32Array, items: readonly unknown[]): unknown[][] {
  let from = 0
  return Array.from(lengths, length => {
    from += length
    return items.slice(from - length, from)
  })
}

const isRow = (row: unknown): row is Row => typeof row === 'object' && row !== null && !Array.isArray(row)

function cellsOf(rows: readonly Row[], name: string): Cells {
  const first = rows[0]![name]
  // An object in all rows is theirs together: one each would be as many after crossing.
  if ((typeof first !== 'object' || first === null) && rows.every(row => Object.is(row[name], first)))
    return { every: first }
  const numbers = typeof first === 'number' ? numbersOf(rows, name) : null
  if (numbers) return { numbers }
  const cells = rows.map(row => row[name])
  if (cells.every(cell => typeof cell === 'string')) return textsOf(cells)
  if (cells.every(cell => Array.isArray(cell))) {
    const items: readonly unknown[] = cells.flat()
    return { lengths: Int32Array.from(cells, cell => cell.length), items: columnsOf(items) ?? items }
  }
  return { values: cells }
}

/** As small as they fit; null where one of them is no number. */
function numbersOf(rows: readonly Row[], name: string): Float64Array | Int32Array | null {
  const whole = new Int32Array(rows.length)
  for (let at = 0; at < rows.length; at++) {
    const cell = rows[at]![name]
    if (typeof cell !== 'number') return null
    whole[at] = cell
    if (!Object.is(whole[at], cell)) return doublesOf(rows, name)
  }
  return whole
}

function doublesOf(rows: readonly Row[], name: string): Float64Array | null {
  const numbers = new Float64Array(rows.length)
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
