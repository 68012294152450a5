/**
 * Rows that carry the same attribute keys in the same order have one shape, as the spans of one call site do. A trace has
 * few shapes, so where a key stands is found once for each of them and is a table lookup for all other rows.
 *
 *     row  keys                        shape   offset of loop.id
 *     0    task.id loop.id route         1             1
 *     1    task.id loop.id route         1             1
 *     2    route                         2            -1
 */
import type { AttributeTable, WithAttributes } from '../../store/store.ts'

/** Of wild data only so many are told apart: `noShape` for all others. */
const mostShapes = 4096
export const noShape = mostShapes

/** Shapes are the nodes of a tree whose edges are keys; 0 is the row without attributes. */
export class RowShapes {
  readonly #key: Int32Array
  /** Edges, found by hashing: twice as many slots as there can be. */
  readonly #slots = new Int32Array(mostShapes * 2)
  readonly #from = new Int32Array(mostShapes)
  readonly #by = new Int32Array(mostShapes)
  #count = 1

  constructor({ key }: AttributeTable) {
    this.#key = key
  }

  /** Shapes of a table's rows; those of several tables are the same where the keys are. */
  of({ count, attrStart, attrEnd }: WithAttributes & { readonly count: number }): Uint16Array {
    const shapes = new Uint16Array(count)
    for (let row = 0; row < count; row++) {
      const end = attrEnd[row]!
      let shape = 0
      for (let at = attrStart[row]!; at < end && shape !== noShape; at++)
        shape = this.#next(shape, this.#key[at]!)
      shapes[row] = shape
    }
    return shapes
  }

  #next(shape: number, name: number): number {
    const mask = this.#slots.length - 1
    let slot = (Math.imul(shape, 0x9e3779b1) ^ Math.imul(name, 0x85ebca6b)) >>> 19
    for (let known = this.#slots[slot]!; known !== 0; known = this.#slots[slot]!) {
      if (this.#from[known] === shape && this.#by[known] === name) return known
      slot = (slot + 1) & mask
    }
    if (this.#count === mostShapes) return noShape
    const made = this.#count++
    this.#slots[slot] = made
    this.#from[made] = shape
    this.#by[made] = name
    return made
  }
}
