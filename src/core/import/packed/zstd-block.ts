/**
 * One compressed block of Zstandard, RFC 8878, 3.1.1.3: literals, then sequences "so many literals, then copy so much from
 * so far back". Never writes more than a block may hold, however it is damaged: work is bounded by what is put out.
 */
import {
  BackwardBits,
  type FseTable,
  fseOfOne,
  fseTable,
  type HuffmanTable,
  readFse,
  readHuffman,
  readHuffmanStream,
  ZstdError,
} from './zstd-entropy.ts'

export const maxBlockBytes = 128 * 1024

/** What one block leaves for the next of its frame. */
export class BlockState {
  huffman: HuffmanTable | null = null
  readonly tables: [FseTable | null, FseTable | null, FseTable | null] = [null, null, null]
  readonly offsets: [number, number, number] = [1, 4, 8]
}

/** Base values and extra bits by code, RFC 8878, 3.1.1.3.2.1.1; each base is the one before plus what its bits can add. */
function codes(first: number, extraBits: readonly number[]): { bases: Uint32Array; bits: Uint8Array } {
  const bases = new Uint32Array(extraBits.length)
  let base = first
  extraBits.forEach((bits, code) => {
    bases[code] = base
    base += 2 ** bits
  })
  return { bases, bits: Uint8Array.from(extraBits) }
}
const zeros = (count: number): number[] => new Array<number>(count).fill(0)
const literalLength = codes(0, [
  ...zeros(16),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
])
const matchLength = codes(3, [
  ...zeros(32),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
])

/** Literal lengths, offsets and match lengths, in the order their tables are written. 3.1.1.3.2.2. */
const kinds = [
  {
    maxLog: 9,
    maxSymbol: 35,
    standard: fseTable(
      6,
      [
        4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1,
        -1, -1, -1,
      ],
    ),
  },
  {
    maxLog: 8,
    maxSymbol: 31,
    standard: fseTable(
      5,
      [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1],
    ),
  },
  {
    maxLog: 9,
    maxSymbol: 52,
    standard: fseTable(
      6,
      [
        1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
      ],
    ),
  },
] as const

/** Decodes `block` behind the `at` bytes already in `out`, which has room for a block; returns where it ends. */
export function decodeBlock(block: Uint8Array, state: BlockState, out: Uint8Array, at: number): number {
  const { literals, end } = readLiterals(block, state)
  const { count, at: modesAt } = sequenceCount(block, end)
  if (count === 0) {
    out.set(literals, at)
    return at + literals.length
  }
  const tables = readTables(block, modesAt, state)
  return runSequences(block, tables.end, count, tables.tables, state, literals, out, at)
}

function readLiterals(block: Uint8Array, state: BlockState): { literals: Uint8Array; end: number } {
  if (block.length < 2) throw new ZstdError('a block ends early')
  const head = block[0]! | (block[1]! << 8) | ((block[2] ?? 0) << 16)
  const type = head & 3
  const format = (head >> 2) & 3
  if (type < 2) {
    const headBytes = [1, 2, 1, 3][format]!
    const size = headBytes === 1 ? (head & 0xff) >> 3 : (headBytes === 2 ? head & 0xffff : head) >> 4
    const end = headBytes + (type === 0 ? size : 1)
    if (size > maxBlockBytes || end > block.length) throw new ZstdError('literals end early')
    if (type === 0) return { literals: block.subarray(headBytes, end), end }
    return { literals: new Uint8Array(size).fill(block[headBytes]!), end }
  }
  const sizeBits = [10, 10, 14, 18][format]!
  const headBytes = [3, 3, 4, 5][format]!
  const sizes = head / 16 + (block[3] ?? 0) * 2 ** 20 + (block[4] ?? 0) * 2 ** 28
  const size = Math.floor(sizes) % 2 ** sizeBits
  const end = headBytes + (Math.floor(sizes / 2 ** sizeBits) % 2 ** sizeBits)
  if (size > maxBlockBytes || end > block.length) throw new ZstdError('literals end early')
  let from = headBytes
  if (type === 2) {
    const read = readHuffman(block.subarray(0, end), from)
    state.huffman = read.table
    from = read.end
  }
  if (!state.huffman) throw new ZstdError('literals without a Huffman table')
  const literals = new Uint8Array(size)
  if (format === 0) readHuffmanStream(state.huffman, block, from, end, literals)
  else readFourStreams(state.huffman, block, from, end, literals)
  return { literals, end }
}

function readFourStreams(
  table: HuffmanTable,
  block: Uint8Array,
  from: number,
  end: number,
  literals: Uint8Array,
): void {
  const quarter = (literals.length + 3) >> 2
  let start = from + 6
  for (let nth = 0; nth < 4; nth++) {
    const length = block[from + 2 * nth]! | (block[from + 2 * nth + 1]! << 8)
    const stop = nth === 3 ? end : start + length
    if (stop > end) throw new ZstdError('literals end early')
    readHuffmanStream(
      table,
      block,
      start,
      stop,
      literals.subarray(nth * quarter, nth < 3 ? (nth + 1) * quarter : undefined),
    )
    start = stop
  }
}

function sequenceCount(block: Uint8Array, at: number): { count: number; at: number } {
  const first = block[at]
  if (first === undefined) throw new ZstdError('a block ends early')
  if (first < 128) return { count: first, at: at + 1 }
  if (first < 255) return { count: ((first - 128) << 8) + (block[at + 1] ?? 0), at: at + 2 }
  return { count: (block[at + 1] ?? 0) + ((block[at + 2] ?? 0) << 8) + 0x7f00, at: at + 3 }
}

type Tables = readonly [FseTable, FseTable, FseTable]

function readTables(block: Uint8Array, modesAt: number, state: BlockState): { tables: Tables; end: number } {
  const modes = block[modesAt] ?? 3
  if ((modes & 3) !== 0) throw new ZstdError('sequences of an unknown kind')
  let end = modesAt + 1
  const tables = kinds.map(({ maxLog, maxSymbol, standard }, nth) => {
    const mode = (modes >> (6 - 2 * nth)) & 3
    let table = state.tables[nth]!
    if (mode === 0) table = standard
    else if (mode === 1) {
      const symbol = block[end++] ?? 255
      if (symbol > maxSymbol) throw new ZstdError('an unknown code')
      table = fseOfOne(symbol)
    } else if (mode === 2) {
      const read = readFse(block, end, maxLog, maxSymbol)
      table = read.table
      end = read.end
    } else if (table === null) throw new ZstdError('sequences without a table')
    state.tables[nth] = table
    return table
  })
  return { tables: tables as unknown as Tables, end }
}

function runSequences(
  block: Uint8Array,
  from: number,
  count: number,
  [literalTable, offsetTable, matchTable]: Tables,
  { offsets }: BlockState,
  literals: Uint8Array,
  out: Uint8Array,
  start: number,
): number {
  const stream = new BackwardBits(block, from, block.length)
  const limit = start + maxBlockBytes
  let literalState = stream.read(literalTable.log)
  let offsetState = stream.read(offsetTable.log)
  let matchState = stream.read(matchTable.log)
  let literalAt = 0
  let at = start
  for (let nth = 0; nth < count; nth++) {
    const offsetCode = offsetTable.symbols[offsetState]!
    const offsetValue = 2 ** offsetCode + stream.read(offsetCode)
    const matchCode = matchTable.symbols[matchState]!
    const length = matchLength.bases[matchCode]! + stream.read(matchLength.bits[matchCode]!)
    const literalCode = literalTable.symbols[literalState]!
    const literalEnd =
      literalAt + literalLength.bases[literalCode]! + stream.read(literalLength.bits[literalCode]!)
    if (nth < count - 1) {
      literalState = literalTable.bases[literalState]! + stream.read(literalTable.bits[literalState]!)
      matchState = matchTable.bases[matchState]! + stream.read(matchTable.bits[matchState]!)
      offsetState = offsetTable.bases[offsetState]! + stream.read(offsetTable.bits[offsetState]!)
    }
    const offset = offsetOf(offsetValue, literalEnd === literalAt, offsets)
    if (stream.left < 0 || literalEnd > literals.length || at + literalEnd - literalAt + length > limit)
      throw new ZstdError('sequences reach too far')
    while (literalAt < literalEnd) out[at++] = literals[literalAt++]!
    if (offset < 1 || offset > at) throw new ZstdError('a copy from before the start')
    if (length > 64 && offset >= length) {
      out.copyWithin(at, at - offset, at - offset + length)
      at += length
    } else for (const stop = at + length; at < stop; at++) out[at] = out[at - offset]!
  }
  if (stream.left !== 0) throw new ZstdError('sequences do not end where their bits do')
  const rest = literals.subarray(literalAt)
  if (at + rest.length > limit) throw new ZstdError('a block holds too much')
  out.set(rest, at)
  return at + rest.length
}

/** Values 1 to 3 name one of the last three offsets, or without literals the next of them. RFC 8878, 3.1.1.5. */
function offsetOf(value: number, noLiterals: boolean, last: [number, number, number]): number {
  const nth = value > 3 ? 4 : value + (noLiterals ? 1 : 0)
  if (nth === 1) return last[0]
  const offset = value > 3 ? value - 3 : nth === 4 ? last[0] - 1 : last[nth - 1]!
  if (nth > 2) last[2] = last[1]
  last[1] = last[0]
  last[0] = offset
  return offset
}
