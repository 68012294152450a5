/** Typed columns that grow; the builder fills them by index, so that each store goes to one kind of array, and says when. */
export type Typed =
  | Float64Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>

/** Its memory is given back at once where it moves or is dropped, not when garbage is collected: a trace is hardly there twice. */
class Column<T extends Typed> {
  data: T
  readonly #over: (buffer: ArrayBuffer) => T

  constructor(over: (buffer: ArrayBuffer) => T) {
    this.#over = over
    this.data = over(new ArrayBuffer(0))
  }

  /** Makes room for `length` elements; `data` may be another array afterwards, and the one before is of no use. */
  reserve(length: number): void {
    const { data } = this
    if (length > data.length) this.data = this.#over(data.buffer.transfer(length * data.BYTES_PER_ELEMENT))
  }

  /** The elements at these rows, `width` elements a row; the column is used up. */
  moved(rows: Int32Array, width = 1): T {
    const { data } = this
    const out = this.#over(new ArrayBuffer(rows.length * width * data.BYTES_PER_ELEMENT))
    if (width === 1) gather(data, rows, 1, out)
    // Ids go word by word.
    else gather(new Int32Array(data.buffer), rows, width / 4, new Int32Array(out.buffer))
    this.drop()
    return out
  }

  /** Gives the memory back. */
  drop(): void {
    this.data = this.#over(this.data.buffer.transfer(0))
  }
}

/** Copies the rows of `from`, `width` elements each, one after the other to `to`. */
export function gather<T extends Typed>(from: T, rows: Int32Array, width: number, to: T): T {
  for (let row = 0, at = 0; row < rows.length; row++) {
    const start = rows[row]! * width
    for (let i = 0; i < width; i++) to[at++] = from[start + i]!
  }
  return to
}

export type F64Column = Column<Float64Array<ArrayBuffer>>
export type I32Column = Column<Int32Array<ArrayBuffer>>
export type U16Column = Column<Uint16Array<ArrayBuffer>>
export type U8Column = Column<Uint8Array<ArrayBuffer>>

export const f64Column = (): F64Column => new Column(buffer => new Float64Array(buffer))
export const i32Column = (): I32Column => new Column(buffer => new Int32Array(buffer))
export const u16Column = (): U16Column => new Column(buffer => new Uint16Array(buffer))
export const u8Column = (): U8Column => new Column(buffer => new Uint8Array(buffer))
