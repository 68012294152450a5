/**
 * Names within a process (ids of tasks, loops, holds, waits) → index in a table; of two the first one counts. A name is the
 * number of its text (`AttributeReader.textNumber`), 0 for none: texts lie all over memory, and to find one in a `Map` takes
 * several looks at such places, where a slot of this table is one.
 *
 *     slot        0              1              2              3           at most half of them taken
 *     process     0              ·              0              ·
 *     name        17             ·              4              ·
 *     index + 1   3              0              1              0           0: free
 */
export class LocalNames {
  #slots = new Int32Array(slotInts * 64)
  #taken = 0
  /** Rows of one task stand together: where the name before is, the one again is. */
  #last = 0

  add(process: number, name: number, index: number): void {
    if (this.#taken * slotInts * 2 >= this.#slots.length) this.#grow()
    const at = this.#slotOf(process, name)
    if (this.#slots[at + 2] !== 0) return
    this.#slots[at] = process
    this.#slots[at + 1] = name
    this.#slots[at + 2] = index + 1
    this.#taken++
  }

  find(process: number, name: number): number {
    return name === 0 ? -1 : this.#slots[this.#slotOf(process, name) + 2]! - 1
  }

  /** Where the name is, or would be. */
  #slotOf(process: number, name: number): number {
    const slots = this.#slots
    if (slots[this.#last + 1] === name && slots[this.#last] === process && slots[this.#last + 2] !== 0)
      return this.#last
    const mask = slots.length / slotInts - 1
    const hash = Math.imul(Math.imul(process, 0x85ebca6b) ^ name, 0x9e3779b1)
    let slot = (hash ^ (hash >>> 15)) & mask
    for (; ; slot = (slot + 1) & mask) {
      const at = slot * slotInts
      if (slots[at + 2] === 0 || (slots[at + 1] === name && slots[at] === process)) {
        this.#last = at
        return at
      }
    }
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Int32Array(old.length * 2)
    this.#taken = 0
    for (let at = 0; at < old.length; at += slotInts)
      if (old[at + 2] !== 0) this.add(old[at]!, old[at + 1]!, old[at + 2]! - 1)
  }
}

/** Of a slot; the fourth is not used, so that no slot lies in two cache lines. */
const slotInts = 4
