/**
 * Stable pseudonyms: the same original is the same `#3` wherever it stands, so that relations stay readable and values do not.
 */

/** E-mail addresses, quoted values, UUIDs, long hex, tokens, numbers: what identifies one instance of a kind. */
const IDENTIFIER = new RegExp(
  [
    /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/,
    /'[^']*'/,
    /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/,
    /\b[0-9a-f]{16,}\b/,
    /\b(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{20,}\b/,
    /#?\d+(?!\d| ?(?:ns|µs|us|ms|s|min|%)\b)/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gi',
)
/** Words of a note that are looked for together. */
const LONGEST_PHRASE = 12

export class Pseudonyms {
  readonly #names: Map<string, string>

  constructor(names: Iterable<readonly [original: string, pseudonym: string]> = []) {
    this.#names = new Map(names)
  }

  entries = (): readonly (readonly [string, string])[] => [...this.#names]

  of(original: string): string {
    if (original === '') return ''
    let name = this.#names.get(original)
    if (name === undefined) {
      name = `#${this.#names.size + 1}`
      this.#names.set(original, name)
    }
    return name
  }

  /** The same with letters: of somebody, not of the nth thing. Detectors take `page 1`, `page 2` for one thing in turns. */
  ofParty(original: string): string {
    let letters = ''
    for (let rest = this.#names.size; ; rest = Math.floor(rest / 26) - 1) {
      letters = String.fromCharCode(65 + (rest % 26)) + letters
      if (rest < 26) break
    }
    const name = this.#names.get(original) ?? `#${letters}`
    this.#names.set(original, name)
    return name
  }

  /** A name with the identifiers inside it replaced, and words that are `parties`; `counters` are kept. */
  inName(text: string, counters: ReadonlySet<string>, parties: ReadonlySet<string>): string {
    return text
      .split(/([\p{L}\p{N}_]+)/u)
      .map((part, at) => (at % 2 === 1 && parties.has(part) ? `\u0000${this.of(part)}\u0000` : part))
      .join('')
      .split('\u0000')
      .map((part, at) => (at % 2 === 1 ? part : this.#withoutIds(part, counters)))
      .join('')
  }

  #withoutIds(text: string, counters: ReadonlySet<string>): string {
    return text.replace(IDENTIFIER, (id, offset: number) => {
      const counter =
        /[a-z]$/i.test(text.slice(0, offset)) && counters.has(text.slice(offset - 1, offset) + id)
      return counter ? id : this.of(id.replace(/^#/, ''))
    })
  }

  /** What a person wrote: everything this trace calls an identifier or a value is replaced, the rest stays. */
  inText(text: string): string {
    // Words and what stands between them in turns; a phrase is an odd number of parts.
    const parts = text.split(/([\p{L}\p{N}_@.+-]*[\p{L}\p{N}_])/u)
    const out: string[] = []
    for (let at = 0; at < parts.length; ) {
      const { length, name } = at % 2 === 1 ? this.#phraseAt(parts, at) : { length: 1, name: parts[at]! }
      out.push(name)
      at += length
    }
    return out.join('')
  }

  /** The longest known original that begins at this word, else the word. */
  #phraseAt(parts: readonly string[], at: number): { readonly length: number; readonly name: string } {
    for (let words = LONGEST_PHRASE; words >= 1; words--) {
      const length = words * 2 - 1
      if (at + length > parts.length) continue
      const name = this.#names.get(parts.slice(at, at + length).join(''))
      if (name !== undefined) return { length, name }
    }
    return { length: 1, name: this.#word(parts[at]!) }
  }

  /** A word that is no known value: what looks like an id of somewhere is replaced, a short number stays. */
  #word(word: string): string {
    return word.replace(IDENTIFIER, id => this.#names.get(id) ?? (/^#?\d{1,6}$/.test(id) ? id : this.of(id)))
  }
}
