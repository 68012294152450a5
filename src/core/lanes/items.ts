import type { ItemKind, LaneItems } from './lane.ts'
import { itemKinds } from './lane.ts'

const kindCode = new Map<ItemKind, number>(itemKinds.map((kind, code) => [kind, code]))

/** Code of an item kind in `LaneItems.kind`. */
export const codeOf = (kind: ItemKind): number => kindCode.get(kind)!

export const kindOf = (items: LaneItems, item: number): ItemKind => itemKinds[items.kind[item]!]!

/** Growable columns; `finish` sorts them by start and freezes them as `LaneItems`. */
export class ItemBuilder {
  #start = new Float64Array(16)
  #end = new Float64Array(16)
  #kind = new Uint8Array(16)
  #row = new Uint16Array(16)
  #ref = new Int32Array(16)
  #span = new Int32Array(16)
  #flags = new Uint8Array(16)
  #count = 0
  #sorted = true

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
    const items = {
      count,
      startNs: this.#start.slice(0, count),
      endNs: this.#end.slice(0, count),
      kind: this.#kind.slice(0, count),
      row: this.#row.slice(0, count),
      ref: this.#ref.slice(0, count),
      span: this.#span.slice(0, count),
      flags: this.#flags.slice(0, count),
    }
    if (this.#sorted) return items
    const start = items.startNs
    const order = new Uint32Array(count).map((_, index) => index)
    order.sort((a, b) => start[a]! - start[b]! || a - b)
    for (let at = 0; at < count; at++) {
      const from = order[at]!
      items.endNs[at] = this.#end[from]!
      items.kind[at] = this.#kind[from]!
      items.row[at] = this.#row[from]!
      items.ref[at] = this.#ref[from]!
      items.span[at] = this.#span[from]!
      items.flags[at] = this.#flags[from]!
    }
    items.startNs.sort()
    return items
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

function copy<T extends { set(from: T): void }>(to: T, from: T): T {
  to.set(from)
  return to
}
