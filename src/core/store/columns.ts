/** Typed columns that grow; the builder fills them by index, so that each store goes to one kind of array, and says when. */
export type Typed =
  | Float64Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>

/** Its memory is given back at once where it moves or is dropped, not when garbage is collected: a trace is hardly there twice. */
class Column<T extends Typed> {
  data: T
  readonly #over: (buffer: ArrayBuffer, length?: number) => T

  constructor(over: (buffer: ArrayBuffer, length?: number) => T) {
    this.#over = over
    this.data = over(new ArrayBuffer(0))
  }

  /** Makes room for `length` elements; `data` may be another array afterwards, and the one before is of no use. */
  reserve(length: number): void {
    const { data } = this
    if (length <= data.length) return
    // Not `transfer(length)`, which writes zeros to what is new: memory that is never used would be taken from the machine.
    this.data = this.#over(new ArrayBuffer(length * data.BYTES_PER_ELEMENT))
    this.data.set(data)
    data.buffer.transfer(0)
  }

  /** The first elements, which may stay where they are; the column is used up. */
  first(count: number): T {
    const { data } = this
    return data.length > count * 1.2 ? (data.slice(0, count) as T) : this.#over(data.buffer, count)
  }

  /** The elements at these rows, `width` elements a row; the column is used up. */
  moved(rows: Int32Array, spare: SpareBuffers, width = 1): T {
    const { data } = this
    const length = rows.length * width
    const buffer = spare.take(length * data.BYTES_PER_ELEMENT)
    gather(data.buffer, rows, width * data.BYTES_PER_ELEMENT, buffer)
    this.drop(spare)
    return this.#over(buffer, length)
  }

  /** Gives the memory back. */
  drop(spare: SpareBuffers): void {
    spare.give(this.data.buffer)
    this.data = this.#over(new ArrayBuffer(0))
  }
}

/** Span and trace ids: bytes, and the words they are compared by. */
class IdColumn extends Column<Uint8Array<ArrayBuffer>> {
  words = new Int32Array(0)

  constructor() {
    super((buffer, length) => new Uint8Array(buffer, 0, length))
  }

  override reserve(length: number): void {
    super.reserve(length)
    if (this.words.buffer !== this.data.buffer) this.words = new Int32Array(this.data.buffer)
  }
}

/** Memory that columns left, for the next ones: fresh memory costs a fault a page. */
export class SpareBuffers {
  #buffers: ArrayBuffer[] = []

  /** One of at least so many bytes, and not many more. */
  take(bytes: number): ArrayBuffer {
    const fits = this.#buffers.findIndex(
      ({ byteLength }) => byteLength >= bytes && byteLength <= bytes * 1.05 + 64,
    )
    return fits === -1 ? new ArrayBuffer(bytes) : this.#buffers.splice(fits, 1)[0]!
  }

  give(buffer: ArrayBuffer): void {
    this.#buffers.push(buffer)
  }

  /** So many integers, of any value. */
  integers(count: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.take(count * 4), 0, count)
  }

  /** Gives all back. */
  clear(): void {
    for (const buffer of this.#buffers) buffer.transfer(0)
    this.#buffers = []
  }
}

/** Copies the rows of `from`, `width` bytes each, one after the other to `to`. A loop for each kind of array is quicker than one for all. */
export function gather(from: ArrayBuffer, rows: Int32Array, width: number, to: ArrayBuffer): void {
  if (width === 1) gatherBytes(new Uint8Array(from), rows, new Uint8Array(to))
  else if (width === 2) gatherPairs(pairsIn(from), rows, pairsIn(to))
  else gatherWords(wordsIn(from), rows, width / 4, wordsIn(to))
}

const pairsIn = (buffer: ArrayBuffer): Uint16Array => new Uint16Array(buffer, 0, buffer.byteLength >>> 1)
const wordsIn = (buffer: ArrayBuffer): Int32Array => new Int32Array(buffer, 0, buffer.byteLength >>> 2)

function gatherBytes(from: Uint8Array, rows: Int32Array, to: Uint8Array): void {
  for (let row = 0; row < rows.length; row++) to[row] = from[rows[row]!]!
}

function gatherPairs(from: Uint16Array, rows: Int32Array, to: Uint16Array): void {
  for (let row = 0; row < rows.length; row++) to[row] = from[rows[row]!]!
}

function gatherWords(from: Int32Array, rows: Int32Array, width: number, to: Int32Array): void {
  for (let row = 0, at = 0; row < rows.length; row++) {
    for (let start = rows[row]! * width, i = 0; i < width; i++) to[at++] = from[start + i]!
  }
}

export type { IdColumn }
export type F64Column = Column<Float64Array<ArrayBuffer>>
export type I32Column = Column<Int32Array<ArrayBuffer>>
export type U16Column = Column<Uint16Array<ArrayBuffer>>
export type U8Column = Column<Uint8Array<ArrayBuffer>>

export const f64Column = (): F64Column => new Column((buffer, length) => new Float64Array(buffer, 0, length))
export const i32Column = (): I32Column => new Column((buffer, length) => new Int32Array(buffer, 0, length))
export const u16Column = (): U16Column => new Column((buffer, length) => new Uint16Array(buffer, 0, length))
export const u8Column = (): U8Column => new Column((buffer, length) => new Uint8Array(buffer, 0, length))
export const idColumn = (): IdColumn => new IdColumn()

/** A number of each row. `Float64Array.from` makes a list of the rows and an object for each turn before it begins. */
export function numbersOf<Row>(rows: ArrayLike<Row>, of: (row: Row) => number): Float64Array<ArrayBuffer> {
  const numbers = new Float64Array(rows.length)
  for (let at = 0; at < rows.length; at++) numbers[at] = of(rows[at]!)
  return numbers
}

/** The times at these rows, in memory of a column that is done with. */
export function timesAt(
  times: Float64Array<ArrayBuffer>,
  rows: Int32Array,
  spare: SpareBuffers,
): Float64Array<ArrayBuffer> {
  const column = f64Column()
  column.data = times
  return column.moved(rows, spare)
}
