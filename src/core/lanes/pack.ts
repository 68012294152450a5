/**
 * Packs intervals and trees of intervals into as few sub-rows as concurrency needs (first fit).
 *
 *     row 0   AAAAAAA   DDDD
 *     row 1      BBBBBBBBB
 *     row 2        CC
 *
 * Rows are capped by the caller; what does not fit goes to the last row, where drawing merges it. The cap also
 * bounds the search, so that packing is linear in the number of intervals.
 */
export class RowPacker {
  readonly #ends: number[] = []
  readonly #maxRows: number

  constructor(maxRows: number) {
    this.#maxRows = Math.max(1, maxRows)
  }

  /** Rows used so far. */
  get rows(): number {
    return this.#ends.length
  }

  /** Lowest sub-row with `height` free rows from `startNs` on; call in order of start. */
  place(startNs: number, endNs: number, height = 1): number {
    const tall = Math.min(height, this.#maxRows)
    let free = 0
    for (let row = 0; row < this.#ends.length; row++) {
      free = this.#ends[row]! <= startNs ? free + 1 : 0
      if (free === tall) return this.#take(row - tall + 1, tall, endNs)
    }
    const first = Math.min(this.#ends.length - free, this.#maxRows - tall)
    return this.#take(first, tall, endNs)
  }

  #take(first: number, height: number, endNs: number): number {
    for (let row = first; row < first + height; row++) {
      this.#ends[row] = Math.max(endNs, this.#ends[row] ?? 0)
    }
    return first
  }
}

/** The rows of one tree of spans below its root: each child below its parent, siblings that overlap in rows of their own. */
export class TreePacker {
  readonly #ends: number[] = []
  readonly #maxRows: number

  constructor(maxRows: number) {
    this.#maxRows = maxRows
  }

  get rows(): number {
    return this.#ends.length
  }

  /** Lowest free row at or below `minRow`; call in pre-order. */
  place(startNs: number, endNs: number, minRow: number): number {
    const last = this.#maxRows - 1
    let row = Math.min(minRow, last)
    while (row < last && row < this.#ends.length && this.#ends[row]! > startNs) row++
    while (this.#ends.length <= row) this.#ends.push(0)
    this.#ends[row] = Math.max(this.#ends[row]!, endNs)
    return row
  }
}
