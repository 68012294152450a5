/**
 * String table: each text once, index 0 is the empty string.
 *
 * ASCII text is kept as bytes, four to a word, and found by hashing the words, so that a scanner can ask for text that
 * never was a JavaScript string; strings are made at the end, many at a time. Other text lives in a map.
 *
 *     arena  │na│me│h t│tp.│met│hod│ …      start[index] = word, length[index] = bytes, padded with zeros
 *     slots  │ -1 │ 7 │ -1 │ 3 │ …          open addressing, at most half full
 */

const initialEntries = 1024
/** Texts asked for as strings, remembered so that repeated ones need no hashing. */
const recentTexts = 4096
/** Bytes that become strings at once. */
const decodeBytes = 1 << 16

/** Starts every hash: differs from run to run, so that no file can be made to collide. */
const hashSeed = (Math.random() * 2 ** 32) | 0

/** One step of the hash over 32-bit words. */
function mixWord(hash: number, word: number): number {
  const h = Math.imul(hash ^ word, 0x9e3779b1)
  return h ^ (h >>> 15)
}

const decoder = new TextDecoder()

export class Interner {
  readonly #strings: string[] = ['']
  #count = 1
  #arena = new Int32Array(initialEntries * 4)
  #arenaEnd = 0
  #start = new Int32Array(initialEntries)
  /** Bytes; -1 for text that is not ASCII. */
  #length = new Int32Array(initialEntries)
  #hash = new Int32Array(initialEntries)
  #slots = new Int32Array(initialEntries * 2).fill(-1)
  readonly #wide = new Map<string, number>()
  readonly #recent = new Map<string, number>([['', 0]])
  /** Words of the text that `add` looks for. */
  #words = new Int32Array(64)

  get count(): number {
    return this.#count
  }

  /** All texts by index. Costs nothing when there is nothing new. */
  get strings(): readonly string[] {
    if (this.#strings.length < this.#count) this.#decode()
    return this.#strings
  }

  add(text: string): number {
    const recent = this.#recent.get(text)
    if (recent !== undefined) return recent
    let index = this.#lookUp(text)
    if (index === -1) {
      index = this.#count
      if (this.#wordsEnd === -1) {
        this.#room(0)
        this.#length[index] = -1
        this.#wide.set(text, index)
        this.#decode()
        this.#count++
        this.#strings.push(text)
      } else {
        // The string is here already: it need not be made of bytes again.
        const complete = this.#strings.length === this.#count
        this.#insert(this.#words, text.length, this.#wordsHash)
        if (complete) this.#strings.push(text)
      }
    }
    if (this.#recent.size >= recentTexts) this.#recent.clear()
    if (text.length <= 256) this.#recent.set(text, index)
    return index
  }

  /** Index of a text that is already there, -1 when it is not. */
  find(text: string): number {
    return this.#recent.get(text) ?? this.#lookUp(text)
  }

  /** Index of ASCII text given as the bytes `from`…`to` of `view`. */
  addBytes(view: DataView, from: number, to: number): number {
    const length = to - from
    if (length === 0) return 0
    const words = (length + 3) >> 2
    if (this.#words.length < words) this.#words = new Int32Array(words * 2)
    const into = this.#words
    const whole = length >> 2
    let hash = hashSeed
    for (let i = 0; i < whole; i++) {
      into[i] = view.getInt32(from + i * 4, true)
      hash = mixWord(hash, into[i]!)
    }
    if (whole < words) into[whole] = tailOf(view, from + whole * 4, length & 3)
    hash = mixWord(mixWord(hash, whole < words ? into[whole]! : 0), length)
    const index = this.#indexOf(into, length, hash)
    return index === -1 ? this.#insert(into, length, hash) : index
  }

  /** Set by `#lookUp`: words of the text and their hash; -1 when it is not ASCII. */
  #wordsEnd = 0
  #wordsHash = 0

  #lookUp(text: string): number {
    const { length } = text
    if (length === 0) return 0
    const words = (length + 3) >> 2
    if (this.#words.length < words) this.#words = new Int32Array(words * 2)
    const into = this.#words
    let hash = hashSeed
    for (let i = 0, at = 0; i < words; i++) {
      let word = 0
      for (let shift = 0; shift < 32 && at < length; shift += 8, at++) {
        const code = text.charCodeAt(at)
        if (code > 0x7f) {
          this.#wordsEnd = -1
          return this.#wide.get(text) ?? -1
        }
        word |= code << shift
      }
      into[i] = word
      hash = mixWord(hash, word)
    }
    if ((length & 3) === 0) hash = mixWord(hash, 0)
    hash = mixWord(hash, length)
    this.#wordsEnd = words
    this.#wordsHash = hash
    return this.#indexOf(into, length, hash)
  }

  /** Index of the text of these words, -1 when it is new. */
  #indexOf(words: Int32Array, length: number, hash: number): number {
    const count = (length + 3) >> 2
    const mask = this.#slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const index = this.#slots[slot]!
      if (index === -1) return -1
      if (this.#hash[index] !== hash || this.#length[index] !== length) continue
      let same = 0
      for (const start = this.#start[index]!; same < count; same++) {
        if (this.#arena[start + same] !== words[same]) break
      }
      if (same === count) return index
    }
  }

  #insert(words: Int32Array, length: number, hash: number): number {
    const count = (length + 3) >> 2
    this.#room(count)
    const index = this.#count++
    this.#start[index] = this.#arenaEnd
    this.#length[index] = length
    this.#hash[index] = hash
    for (let i = 0; i < count; i++) this.#arena[this.#arenaEnd + i] = words[i]!
    this.#arenaEnd += count
    this.#place(index)
    return index
  }

  #place(index: number): void {
    const mask = this.#slots.length - 1
    let slot = this.#hash[index]! & mask
    while (this.#slots[slot] !== -1) slot = (slot + 1) & mask
    this.#slots[slot] = index
  }

  /** Makes room for one more text of so many words. */
  #room(words: number): void {
    if (this.#arenaEnd + words > this.#arena.length) this.#arena = grown(this.#arena, this.#arenaEnd + words)
    if (this.#count < this.#start.length) return
    this.#start = grown(this.#start, 0)
    this.#length = grown(this.#length, 0)
    this.#hash = grown(this.#hash, 0)
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1)
    for (let index = 1; index < this.#count; index++) if (this.#length[index] !== -1) this.#place(index)
  }

  /** Makes the strings that are missing. */
  #decode(): void {
    const strings = this.#strings
    while (strings.length < this.#count) {
      const first = strings.length
      const from = this.#start[first]!
      let next = first
      while (next < this.#count && (this.#start[next]! - from) * 4 < decodeBytes) next++
      const end = this.#start[next - 1]! * 4 + this.#length[next - 1]!
      const text = decoder.decode(new Uint8Array(this.#arena.buffer, from * 4, end - from * 4))
      for (let index = first; index < next; index++) {
        const at = (this.#start[index]! - from) * 4
        strings.push(text.slice(at, at + this.#length[index]!))
      }
    }
  }
}

/** The last one to three bytes of a text as a word. */
function tailOf(view: DataView, at: number, bytes: number): number {
  if (at + 4 <= view.byteLength) return view.getInt32(at, true) & ((1 << (bytes * 8)) - 1)
  let word = 0
  for (let i = 0; i < bytes; i++) word |= view.getUint8(at + i) << (i * 8)
  return word
}

function grown(from: Int32Array<ArrayBuffer>, least: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(Math.max(least, from.length * 2))
  to.set(from)
  return to
}
