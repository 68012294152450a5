/** Ids, one behind the other, as words of 32 bits; a column that grows has others afterwards. */
export interface IdWords {
  readonly words: Int32Array
}

export const traceWords = 4
export const spanWords = 2

/**
 * Open-addressing hash table from (trace id, span id) to a row: 4 bytes a slot, at most half full.
 */
export class SpanIndex {
  readonly #traceId: IdWords
  readonly #spanId: IdWords
  #slots: Int32Array
  #count = 0

  /** The columns may hold more rows than are inserted. */
  constructor(traceId: IdWords, spanId: IdWords, expected: number) {
    this.#traceId = traceId
    this.#spanId = spanId
    this.#slots = emptySlots(expected)
  }

  /** Inserts a row; returns the row that already has its id (and inserts nothing), or -1. */
  insert(row: number): number {
    if (this.#count * 2 >= this.#slots.length) this.#grow()
    const slot = this.#slotOf(this.#traceId.words, this.#spanId.words, row)
    const found = this.#slots[slot]!
    if (found !== -1) return found
    this.#slots[slot] = row
    this.#count++
    return -1
  }

  /** Row of the span whose ids stand at row `at` of these, or -1. */
  find(traceId: IdWords, spanId: IdWords, at: number): number {
    return this.#slots[this.#slotOf(traceId.words, spanId.words, at)]!
  }

  /** Whether that is the id of this row. */
  isOf(row: number, traceId: IdWords, spanId: IdWords, at: number): boolean {
    return (
      sameWords(this.#spanId.words, row, spanId.words, at, spanWords) &&
      sameWords(this.#traceId.words, row, traceId.words, at, traceWords)
    )
  }

  #slotOf(traceId: Int32Array, spanId: Int32Array, at: number): number {
    const mask = this.#slots.length - 1
    const spans = this.#spanId.words
    const traces = this.#traceId.words
    let slot = hashId(traceId, spanId, at) & mask
    for (;;) {
      const row = this.#slots[slot]!
      if (row === -1) return slot
      if (sameWords(spans, row, spanId, at, spanWords) && sameWords(traces, row, traceId, at, traceWords))
        return slot
      slot = (slot + 1) & mask
    }
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = emptySlots(old.length)
    for (const row of old) {
      if (row !== -1) this.#slots[this.#slotOf(this.#traceId.words, this.#spanId.words, row)] = row
    }
  }
}

function emptySlots(expected: number): Int32Array {
  let size = 16
  while (size < expected * 2) size *= 2
  return new Int32Array(size).fill(-1)
}

/** Whether two ids of `width` words are the same. */
export function sameWords(a: Int32Array, aAt: number, b: Int32Array, bAt: number, width: number): boolean {
  for (let i = 0; i < width; i++) if (a[aAt * width + i] !== b[bAt * width + i]) return false
  return true
}

/** Whether there is no id at that row: all zeros. */
export function isZero({ words }: IdWords, at: number, width: number): boolean {
  for (let i = at * width; i < (at + 1) * width; i++) if (words[i] !== 0) return false
  return true
}

/** 32-bit hash of an id pair; murmur3's mixing, so that counted-up ids spread as well as random ones. */
function hashId(traceId: Int32Array, spanId: Int32Array, at: number): number {
  let h = mix(0x9747b28c, spanId[at * spanWords]!)
  h = mix(h, spanId[at * spanWords + 1]!)
  for (let i = 0; i < traceWords; i++) h = mix(h, traceId[at * traceWords + i]!)
  return finish(h)
}

export const mix = (hash: number, value: number): number => mixScrambled(hash, scrambled(value))

/** The half of `mix` that does not depend on the hash. */
export function scrambled(value: number): number {
  const k = Math.imul(value, 0xcc9e2d51)
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593)
}

export function mixScrambled(hash: number, value: number): number {
  const h = hash ^ value
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0
}

export function finish(hash: number): number {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
