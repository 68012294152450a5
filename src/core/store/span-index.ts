/** Ids, one behind the other; a column that grows has other `data` afterwards. */
interface IdColumn {
  readonly data: Uint8Array
}

/**
 * Open-addressing hash table from (trace id, span id) to a row: 4 bytes a slot, at most half full.
 */
export class SpanIndex {
  readonly #traceId: IdColumn
  readonly #spanId: IdColumn
  #slots: Int32Array
  #count = 0

  /** The columns may hold more rows than are inserted. */
  constructor(traceId: IdColumn, spanId: IdColumn, expected: number) {
    this.#traceId = traceId
    this.#spanId = spanId
    this.#slots = emptySlots(expected)
  }

  /** Inserts a row; returns the row that already has its id (and inserts nothing), or -1. */
  insert(row: number): number {
    if (this.#count * 2 >= this.#slots.length) this.#grow()
    const slot = this.#slotOf(this.#traceId.data, row * 16, this.#spanId.data, row * 8)
    const found = this.#slots[slot]!
    if (found !== -1) return found
    this.#slots[slot] = row
    this.#count++
    return -1
  }

  /** Row of the span with these id bytes, or -1. */
  find(traceId: Uint8Array, traceAt: number, spanId: Uint8Array, spanAt: number): number {
    return this.#slots[this.#slotOf(traceId, traceAt, spanId, spanAt)]!
  }

  #slotOf(traceId: Uint8Array, traceAt: number, spanId: Uint8Array, spanAt: number): number {
    const mask = this.#slots.length - 1
    const spans = this.#spanId.data
    const traces = this.#traceId.data
    let slot = hashId(traceId, traceAt, spanId, spanAt) & mask
    for (;;) {
      const row = this.#slots[slot]!
      if (row === -1) return slot
      if (sameBytes(spans, row * 8, spanId, spanAt, 8) && sameBytes(traces, row * 16, traceId, traceAt, 16))
        return slot
      slot = (slot + 1) & mask
    }
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = emptySlots(old.length)
    for (const row of old) {
      if (row !== -1)
        this.#slots[this.#slotOf(this.#traceId.data, row * 16, this.#spanId.data, row * 8)] = row
    }
  }
}

function emptySlots(expected: number): Int32Array {
  let size = 16
  while (size < expected * 2) size *= 2
  return new Int32Array(size).fill(-1)
}

export function sameBytes(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[aAt + i] !== b[bAt + i]) return false
  return true
}

export function isZero(bytes: Uint8Array, at: number, length: number): boolean {
  for (let i = at; i < at + length; i++) if (bytes[i] !== 0) return false
  return true
}

const word = (bytes: Uint8Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)

/** 32-bit hash of an id pair; murmur3's mixing, so that counted-up ids spread as well as random ones. */
function hashId(traceId: Uint8Array, traceAt: number, spanId: Uint8Array, spanAt: number): number {
  let h = mix(0x9747b28c, word(spanId, spanAt))
  h = mix(h, word(spanId, spanAt + 4))
  for (let i = 0; i < 16; i += 4) h = mix(h, word(traceId, traceAt + i))
  return finish(h)
}

export function mix(hash: number, value: number): number {
  let k = Math.imul(value, 0xcc9e2d51)
  k = (k << 15) | (k >>> 17)
  let h = hash ^ Math.imul(k, 0x1b873593)
  h = (h << 13) | (h >>> 19)
  return (Math.imul(h, 5) + 0xe6546b64) | 0
}

export function finish(hash: number): number {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
