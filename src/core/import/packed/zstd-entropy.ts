/** The two entropy codes of Zstandard, RFC 8878, 4: finite state entropy (FSE) and Huffman. Damaged ones throw `ZstdError`. */

export class ZstdError extends Error {}

/** Reads a stream of bits from its end to its start, as entropy-coded data is written. */
export class BackwardBits {
  readonly #bytes: Uint8Array
  readonly #from: number
  /** Bits not read yet; negative when more were asked for than there are. */
  left: number

  constructor(bytes: Uint8Array, from: number, to: number) {
    const last = to > from ? bytes[to - 1]! : 0
    if (last === 0) throw new ZstdError('bits without an end mark')
    this.#bytes = bytes
    this.#from = from
    this.left = (to - from) * 8 - Math.clz32(last) + 23
  }

  /** The next `count` (≤ 31) bits as a number; zeros before the start. */
  read(count: number): number {
    if (count > 24) return ((this.read(count - 16) << 16) | this.read(16)) >>> 0
    this.left -= count
    const at = this.left
    if (at < 0) return at <= -count ? 0 : (this.#word(this.#from) << -at) & ((1 << count) - 1)
    return (this.#word(this.#from + (at >> 3)) >>> (at & 7)) & ((1 << count) - 1)
  }

  #word(at: number): number {
    const bytes = this.#bytes
    return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
  }
}

/** By state: the symbol it stands for, and how the next state is made of bits. */
export interface FseTable {
  readonly log: number
  readonly symbols: Uint8Array
  readonly bits: Uint8Array
  readonly bases: Uint16Array
}

/** Table of these probabilities out of 2^log, where -1 is "less than one". */
export function fseTable(log: number, probabilities: readonly number[]): FseTable {
  const size = 1 << log
  const symbols = new Uint8Array(size)
  const next = probabilities.map(Math.abs)
  let high = size
  probabilities.forEach((probability, symbol) => {
    if (probability === -1) symbols[--high] = symbol
  })
  const step = (size >> 1) + (size >> 3) + 3
  let at = 0
  probabilities.forEach((probability, symbol) => {
    for (let nth = 0; nth < probability; nth++) {
      symbols[at] = symbol
      do at = (at + step) & (size - 1)
      while (at >= high)
    }
  })
  const bits = new Uint8Array(size)
  const bases = new Uint16Array(size)
  for (let state = 0; state < size; state++) {
    const nth = next[symbols[state]!]!++
    bits[state] = log - (31 - Math.clz32(nth))
    bases[state] = (nth << bits[state]!) - size
  }
  return { log, symbols, bits, bases }
}

/** The table of one symbol that takes no bits. */
export const fseOfOne = (symbol: number): FseTable => ({
  log: 0,
  symbols: Uint8Array.of(symbol),
  bits: new Uint8Array(1),
  bases: new Uint16Array(1),
})

/** Reads a table's description, RFC 8878, 4.1.1; returns where it ends. */
export function readFse(
  bytes: Uint8Array,
  from: number,
  maxLog: number,
  maxSymbol: number,
): { table: FseTable; end: number } {
  let at = from * 8
  const peek = (count: number): number => {
    const byte = at >> 3
    const word = bytes[byte]! | (bytes[byte + 1]! << 8) | (bytes[byte + 2]! << 16)
    return (word >>> (at & 7)) & ((1 << count) - 1)
  }
  const log = peek(4) + 5
  at += 4
  if (log > maxLog) throw new ZstdError('an FSE table is too large')
  const probabilities: number[] = []
  for (let left = 1 << log; left > 0; ) {
    const bits = 32 - Math.clz32(left + 1)
    const half = (1 << (bits - 1)) - 1
    const short = (1 << bits) - 1 - (left + 1)
    let value = peek(bits)
    if ((value & half) < short) {
      value &= half
      at += bits - 1
    } else {
      if (value > half) value -= short
      at += bits
    }
    probabilities.push(value - 1)
    left -= Math.abs(value - 1)
    if (value === 1) {
      let zeros: number
      do {
        zeros = peek(2)
        at += 2
        for (let nth = 0; nth < zeros; nth++) probabilities.push(0)
      } while (zeros === 3 && probabilities.length <= maxSymbol)
    }
    if (left < 0 || probabilities.length > maxSymbol + 1) throw new ZstdError('an FSE table does not add up')
  }
  const end = (at + 7) >> 3
  if (end > bytes.length) throw new ZstdError('an FSE table ends early')
  return { table: fseTable(log, probabilities), end }
}

/** By the next `log` bits: the symbol they begin with and how many of them it takes. */
export interface HuffmanTable {
  readonly log: number
  readonly symbols: Uint8Array
  readonly bits: Uint8Array
}

const maxHuffmanLog = 11

/** Reads the table before compressed literals, RFC 8878, 4.2.1; returns where it ends. */
export function readHuffman(bytes: Uint8Array, from: number): { table: HuffmanTable; end: number } {
  const head = bytes[from]!
  const weights: number[] = []
  let end: number
  if (head >= 128) {
    const count = head - 127
    end = from + 1 + ((count + 1) >> 1)
    for (let nth = 0; nth < count; nth++)
      weights.push((bytes[from + 1 + (nth >> 1)]! >> ((nth & 1) === 0 ? 4 : 0)) & 15)
  } else {
    end = from + 1 + head
    readWeights(bytes.subarray(0, end), from + 1, weights)
  }
  if (end > bytes.length) throw new ZstdError('a Huffman table ends early')
  return { table: huffmanTable(weights), end }
}

/** Weights written by two FSE states that take turns until the bits run out. */
function readWeights(bytes: Uint8Array, from: number, weights: number[]): void {
  const { table, end } = readFse(bytes, from, 6, maxHuffmanLog + 1)
  const stream = new BackwardBits(bytes, end, bytes.length)
  let one = stream.read(table.log)
  let other = stream.read(table.log)
  while (weights.length < 255) {
    weights.push(table.symbols[one]!)
    const next = table.bases[one]! + stream.read(table.bits[one]!)
    one = other
    other = next
    if (stream.left < 0) {
      weights.push(table.symbols[one]!)
      return
    }
  }
  throw new ZstdError('a Huffman table has too many weights')
}

/** The last symbol's weight is what makes the sum a power of two. */
function huffmanTable(weights: number[]): HuffmanTable {
  const sum = weights.reduce((total, weight) => total + ((1 << weight) >> 1), 0)
  const log = 32 - Math.clz32(sum)
  const rest = (1 << log) - sum
  if (sum === 0 || log > maxHuffmanLog || (rest & (rest - 1)) !== 0)
    throw new ZstdError('a Huffman table does not add up')
  weights.push(32 - Math.clz32(rest))
  const symbols = new Uint8Array(1 << log)
  const bits = new Uint8Array(1 << log)
  let at = 0
  for (let weight = 1; weight <= log; weight++) {
    weights.forEach((own, symbol) => {
      if (own !== weight) return
      const next = at + (1 << (weight - 1))
      symbols.fill(symbol, at, next)
      bits.fill(log + 1 - weight, at, next)
      at = next
    })
  }
  return { log, symbols, bits }
}

/** Decodes the stream in [from, to) into all of `out`. */
export function readHuffmanStream(
  { log, symbols, bits }: HuffmanTable,
  bytes: Uint8Array,
  from: number,
  to: number,
  out: Uint8Array,
): void {
  const stream = new BackwardBits(bytes, from, to)
  const mask = (1 << log) - 1
  let { left } = stream
  for (let nth = 0; nth < out.length; nth++) {
    const low = left - log
    const at = from + (low > 0 ? low >> 3 : 0)
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)
    const code = (low >= 0 ? word >>> (low & 7) : word << -low) & mask
    out[nth] = symbols[code]!
    left -= bits[code]!
    if (left < 0) throw new ZstdError('literals end early')
  }
  if (left !== 0) throw new ZstdError('literals do not end where their bits do')
}
