/**
 * Strict JSON, read where it lies: positions in, positions out, -1 for everything that is not JSON or not plain enough.
 * Text goes from bytes to the string table without becoming a string on the way; four bytes are looked at together:
 *
 *     {"key":"http.route"        word: h t t p    none is  "  \  below 0x20  or above 0x7f   → hash, next word
 *             ↑ at               word: o u t e
 *                                word: " , " v    the lowest special byte is the closing quote
 */
import { hashSeed, type Interner, mixWord } from '../store/interner.ts'

const quote = 0x22
const backslash = 0x5c
const maxDepth = 64
/** Bytes that must be readable behind the end of what is scanned, so that words may be read without looking. */
export const slackBytes = 64

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Four ASCII characters as the word that `DataView.getInt32` reads. */
export function wordOf(text: string): number {
  let word = 0
  for (let i = 0; i < text.length; i++) word |= text.charCodeAt(i) << (i * 8)
  return word
}

export class JsonBytes {
  bytes: Uint8Array = new Uint8Array(slackBytes)
  view: DataView = new DataView(this.bytes.buffer)
  /** Where what is scanned ends. */
  limit = 0
  /** Set by `string`: hash of the text, or the text itself where it has escapes or is not ASCII. */
  hash = 0
  text: string | null = null
  /** Set by `intern`. */
  index = 0
  readonly #isArray = new Uint8Array(maxDepth)
  /** White space, or -1: no byte. */
  #newline = 0x0a

  /** `limit + slackBytes` must lie within the bytes. With `oneLine` a line feed is no white space. */
  over(bytes: Uint8Array, limit: number, oneLine: boolean): void {
    if (bytes !== this.bytes) {
      this.bytes = bytes
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    this.limit = limit
    this.#newline = oneLine ? -1 : 0x0a
  }

  /** First byte at or after `at` that is no white space of JSON. */
  space(at: number): number {
    return this.bytes[at]! > 0x20 ? at : this.#space(at)
  }

  #space(from: number): number {
    let at = from
    for (; at < this.limit; at++) {
      const byte = this.bytes[at]!
      if (byte !== 0x20 && byte !== this.#newline && byte !== 0x0d && byte !== 0x09) break
    }
    return at
  }

  /** Reads a string; `at` is behind its opening quote. Returns the closing quote's place; `hash` or `text` is set. */
  string(from: number): number {
    const { view } = this
    const last = this.limit
    let hash = hashSeed
    let at = from
    while (at < last) {
      const word = view.getInt32(at, true)
      const quotes = word ^ 0x22222222
      const slashes = word ^ 0x5c5c5c5c
      const special =
        (((quotes - 0x01010101) & ~quotes) |
          ((slashes - 0x01010101) & ~slashes) |
          ((word - 0x20202020) & ~word) |
          word) &
        0x80808080
      if (special === 0) {
        hash = mixWord(hash, word)
        at += 4
        continue
      }
      // Borrows only spoil higher bytes, so the lowest mark is right.
      const bits = 31 - Math.clz32(special & -special) - 7
      const end = at + (bits >> 3)
      if (this.bytes[end] !== quote) return this.#odd(from, end)
      hash = mixWord(hash, word & ((1 << bits) - 1))
      this.hash = mixWord(hash, end - from)
      this.text = null
      return end
    }
    return -1
  }

  /** The same for text with escapes or beyond ASCII. */
  #odd(from: number, oddAt: number): number {
    const { bytes } = this
    let escaped = false
    let at = oddAt
    for (; at < this.limit; at++) {
      const byte = bytes[at]!
      if (byte === quote) break
      if (byte < 0x20) return -1
      if (byte === backslash) {
        escaped = true
        at++
      }
    }
    if (at >= this.limit) return -1
    try {
      this.text = escaped
        ? (JSON.parse(strict.decode(bytes.subarray(from - 1, at + 1))) as string)
        : strict.decode(bytes.subarray(from, at))
    } catch {
      return -1
    }
    return at
  }

  /** Interns a string; `at` is behind its opening quote. Returns the place behind the closing one; `index` is set. */
  intern(at: number, table: Interner): number {
    const end = this.string(at)
    if (end < 0) return -1
    this.index = this.text === null ? table.addBytes(this.view, at, end, this.hash) : table.add(this.text)
    return end + 1
  }

  /** Text of bytes that are known to be UTF-8. */
  decode(from: number, to: number): string {
    return strict.decode(this.bytes.subarray(from, to))
  }

  /** End of a number, by the letter of the grammar. */
  number(from: number): number {
    const { bytes } = this
    let at = bytes[from] === 0x2d ? from + 1 : from
    if (bytes[at] === 0x30) at++
    else {
      const end = this.#digits(at)
      if (end === at) return -1
      at = end
    }
    if (bytes[at] === 0x2e) {
      const end = this.#digits(at + 1)
      if (end === at + 1) return -1
      at = end
    }
    if ((bytes[at]! | 0x20) === 0x65) {
      const sign = bytes[at + 1] === 0x2b || bytes[at + 1] === 0x2d ? 2 : 1
      const end = this.#digits(at + sign)
      if (end === at + sign) return -1
      at = end
    }
    return at
  }

  #digits(from: number): number {
    let at = from
    while (at < this.limit && this.bytes[at]! >= 0x30 && this.bytes[at]! <= 0x39) at++
    return at
  }

  /** End of any value, -1 when it is broken or nested deeper than 64. No recursion. */
  skip(from: number): number {
    const { bytes } = this
    let depth = 0
    let at = from
    for (;;) {
      // A value.
      const byte = at < this.limit ? bytes[at]! : 0
      if (byte === 0x7b || byte === 0x5b) {
        const isArray = byte === 0x5b
        at = this.space(at + 1)
        if (bytes[at] === (isArray ? 0x5d : 0x7d)) at++
        else {
          if (depth === maxDepth) return -1
          this.#isArray[depth++] = isArray ? 1 : 0
          if (!isArray) at = this.#key(at)
          if (at < 0) return -1
          continue
        }
      } else if (byte === quote) {
        at = this.string(at + 1) + 1
        if (at === 0) return -1
      } else if (byte === 0x74) at = this.#word(at, wordOf('true'), 4)
      else if (byte === 0x6e) at = this.#word(at, wordOf('null'), 4)
      else if (byte === 0x66) at = this.#word(at + 1, wordOf('alse'), 4)
      else at = this.number(at)
      if (at < 0) return -1
      // What follows it.
      for (;;) {
        if (depth === 0) return at
        at = this.space(at)
        const next = at < this.limit ? bytes[at]! : 0
        const isArray = this.#isArray[depth - 1] === 1
        if (next === (isArray ? 0x5d : 0x7d)) {
          at++
          depth--
          continue
        }
        if (next !== 0x2c) return -1
        at = this.space(at + 1)
        if (!isArray) at = this.#key(at)
        if (at < 0) return -1
        break
      }
    }
  }

  /** `"key" :` → place of the value. */
  #key(from: number): number {
    if (this.bytes[from] !== quote) return -1
    const end = this.string(from + 1)
    if (end < 0) return -1
    const at = this.space(end + 1)
    return this.bytes[at] === 0x3a ? this.space(at + 1) : -1
  }

  #word(at: number, word: number, length: number): number {
    return this.view.getInt32(at, true) === word ? at + length : -1
  }
}

/** The member names one kind of object may have, recognised as `"name":` in bytes; the usual successor is tried first. */
export class FieldSet {
  /** Bytes of `"name":`, by field. */
  readonly length: Int32Array
  readonly #words: readonly Int32Array[]
  readonly #tailMask: Int32Array
  readonly #next: Uint8Array

  constructor(names: readonly string[], contexts = names.length + 1) {
    const literals = names.map(name => `"${name}":`)
    this.length = Int32Array.from(literals, literal => literal.length)
    this.#words = literals.map(literal =>
      Int32Array.from({ length: Math.ceil(literal.length / 4) }, (_, i) =>
        wordOf(literal.slice(i * 4, i * 4 + 4)),
      ),
    )
    this.#tailMask = this.length.map(length => (length % 4 === 0 ? -1 : (1 << ((length % 4) * 8)) - 1))
    this.#next = new Uint8Array(contexts)
  }

  /** The field whose name begins at `at`, -1 when it is none of these. `context`: whatever hints at which it is. */
  find(view: DataView, at: number, context: number): number {
    const likely = this.#next[context]!
    if (this.#is(likely, view, at)) return likely
    for (let field = 0; field < this.#words.length; field++) {
      if (!this.#is(field, view, at)) continue
      this.#next[context] = field
      return field
    }
    return -1
  }

  #is(field: number, view: DataView, from: number): boolean {
    const words = this.#words[field]!
    const last = words.length - 1
    let at = from
    for (let i = 0; i < last; i++, at += 4) if (words[i] !== view.getInt32(at, true)) return false
    return words[last] === (view.getInt32(at, true) & this.#tailMask[field]!)
  }
}
