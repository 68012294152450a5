/**
 * Typed columns that grow by doubling. The builder fills them; `freeze` copies them into exact-length arrays.
 */
type Typed = Float64Array | Int32Array | Uint16Array | Uint8Array

class Column<T extends Typed> {
  data: T
  length = 0
  readonly #make: (length: number) => T

  constructor(make: (length: number) => T, capacity = 1024) {
    this.#make = make
    this.data = make(capacity)
  }

  push(value: number): void {
    if (this.length === this.data.length) this.reserve(this.length + 1)
    this.data[this.length++] = value
  }

  /** Appends `count` bytes of `from`; a missing tail reads as zero. */
  pushAll(from: ArrayLike<number>, at: number, count: number): void {
    this.reserve(this.length + count)
    for (let i = 0; i < count; i++) this.data[this.length + i] = from[at + i] ?? 0
    this.length += count
  }

  reserve(length: number): void {
    if (length <= this.data.length) return
    const grown = this.#make(Math.max(length, this.data.length * 2))
    grown.set(this.data)
    this.data = grown
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

/** String table: each text once, index 0 is the empty string. */
export class Interner {
  readonly strings: string[] = ['']
  readonly #index = new Map<string, number>([['', 0]])

  add(text: string): number {
    const known = this.#index.get(text)
    if (known !== undefined) return known
    const index = this.strings.length
    this.strings.push(text)
    this.#index.set(text, index)
    return index
  }

  /** Index of a text that is already there, -1 when it is not. */
  find(text: string): number {
    return this.#index.get(text) ?? -1
  }
}
