import { gather, type Typed } from '../store/columns.ts'
import { orderOf } from '../store/sort-by-key.ts'
import type { ItemKind, LaneItems } from './lane.ts'
import { itemKinds } from './lane.ts'

const kindCode = new Map<ItemKind, number>(itemKinds.map((kind, code) => [kind, code]))

/** Code of an item kind in `LaneItems.kind`. */
export const codeOf = (kind: ItemKind): number => kindCode.get(kind)!

export const kindOf = (items: LaneItems, item: number): ItemKind => itemKinds[items.kind[item]!]!

/** Growable columns; `finish` sorts them by start and freezes them as `LaneItems`. */
export class ItemBuilder {
  #start: Float64Array<ArrayBuffer>
  #end: Float64Array<ArrayBuffer>
  #kind: Uint8Array<ArrayBuffer>
  #row: Uint16Array<ArrayBuffer>
  #ref: Int32Array<ArrayBuffer>
  #span: Int32Array<ArrayBuffer>
  #flags: Uint8Array<ArrayBuffer>
  #count = 0
  #sorted = true

  /** `expected`: how many items there will be, as far as it is known. */
  constructor(expected = 16) {
    const size = Math.max(1, expected)
    this.#start = new Float64Array(size)
    this.#end = new Float64Array(size)
    this.#kind = new Uint8Array(size)
    this.#row = new Uint16Array(size)
    this.#ref = new Int32Array(size)
    this.#span = new Int32Array(size)
    this.#flags = new Uint8Array(size)
  }

  get count(): number {
    return this.#count
  }

  push(
    kind: ItemKind,
    ref: number,
    span: number,
    startNs: number,
    endNs: number,
    row: number,
    flags: number,
  ): void {
    const at = this.#count
    if (at === this.#start.length) this.#grow()
    if (at > 0 && startNs < this.#start[at - 1]!) this.#sorted = false
    this.#start[at] = startNs
    this.#end[at] = Math.max(startNs, endNs)
    this.#kind[at] = codeOf(kind)
    this.#row[at] = row
    this.#ref[at] = ref
    this.#span[at] = span
    this.#flags[at] = flags
    this.#count = at + 1
  }

  finish(): LaneItems {
    const count = this.#count
    const order = this.#sorted ? null : orderOf(this.#start.subarray(0, count))
    return {
      count,
      startNs: finished(this.#start, count, order),
      endNs: finished(this.#end, count, order),
      kind: finished(this.#kind, count, order),
      row: finished(this.#row, count, order),
      ref: finished(this.#ref, count, order),
      span: finished(this.#span, count, order),
      flags: finished(this.#flags, count, order),
    }
  }

  #grow(): void {
    const size = this.#start.length * 2
    this.#start = copy(new Float64Array(size), this.#start)
    this.#end = copy(new Float64Array(size), this.#end)
    this.#kind = copy(new Uint8Array(size), this.#kind)
    this.#row = copy(new Uint16Array(size), this.#row)
    this.#ref = copy(new Int32Array(size), this.#ref)
    this.#span = copy(new Int32Array(size), this.#span)
    this.#flags = copy(new Uint8Array(size), this.#flags)
  }
}

/** The first `count` entries of a column, by `order` if there is one. */
function finished<T extends Typed>(column: T, count: number, order: Int32Array | null): T {
  const out = column.slice(0, count) as T
  if (order) gather(column.buffer, order, column.BYTES_PER_ELEMENT, out.buffer)
  return out
}

function copy<T extends { set(from: T): void }>(to: T, from: T): T {
  to.set(from)
  return to
}
