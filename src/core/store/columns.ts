/** Typed columns that grow; the builder fills them by index, so that each store goes to one kind of array, and says when. */
type Typed = Float64Array | Int32Array | Uint16Array | Uint8Array

class Column<T extends Typed> {
  data: T
  readonly #make: (length: number) => T

  constructor(make: (length: number) => T) {
    this.#make = make
    this.data = make(0)
  }

  /** Makes room for `length` elements; `data` may be another array afterwards. */
  reserve(length: number): void {
    const { data } = this
    if (length <= data.length) return
    const grown = this.#make(length)
    grown.set(data)
    this.data = grown
  }

  /** Gives the memory back; the column is used up. */
  release(): T {
    const { data } = this
    this.data = this.#make(0)
    return data
  }
}

export type F64Column = Column<Float64Array>
export type I32Column = Column<Int32Array>
export type U16Column = Column<Uint16Array>
export type U8Column = Column<Uint8Array>

export const f64Column = (): F64Column => new Column(n => new Float64Array(n))
export const i32Column = (): I32Column => new Column(n => new Int32Array(n))
export const u16Column = (): U16Column => new Column(n => new Uint16Array(n))
export const u8Column = (): U8Column => new Column(n => new Uint8Array(n))
