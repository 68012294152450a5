/** Bytes that were read and not used yet, one behind the other in a buffer that is used again. */
const smallest = 1 << 16

export class JsonWindow {
  #all = new Uint8Array(0)
  #from = 0
  #to = 0
  /** A new view whenever something changed: whoever has seen this one has seen these bytes. */
  bytes: Uint8Array = this.#all

  append(chunk: Uint8Array): void {
    const length = this.#to - this.#from + chunk.length
    if (this.#to + chunk.length > this.#all.length) {
      const larger = length > this.#all.length
      const to = larger ? new Uint8Array(Math.max(smallest, Math.ceil(length * 1.25))) : this.#all
      if (larger) to.set(this.bytes)
      else to.copyWithin(0, this.#from, this.#to)
      this.#all = to
      this.#to -= this.#from
      this.#from = 0
    }
    this.#all.set(chunk, this.#to)
    this.#to += chunk.length
    this.#look()
  }

  /** So many bytes at the start are done with. */
  drop(count: number): void {
    this.#from += count
    this.#look()
  }

  /** Puts `front`, which is not longer, in the place of so many bytes at the start. */
  replace(count: number, front: Uint8Array): void {
    this.#from += count - front.length
    this.#all.set(front, this.#from)
    this.#look()
  }

  #look(): void {
    this.bytes = this.#all.subarray(this.#from, this.#to)
  }
}
