/**
 * Zstandard as it streams in, RFC 8878, in TypeScript because no library is safe to give a hostile file: JavaScript ones
 * do work no output stands for, WebAssembly ones do not stream or do not say when they fail. Dictionaries are refused;
 * checksums are not compared (JSON and protobuf readers notice).
 *
 *     frame: magic (4) · descriptor (1) · window (0|1) · dictionary (0…4) · content size (0…8) · blocks … · checksum (0|4)
 *     skippable frame: magic (4) · length (4) · bytes
 */
import { Unreadable } from '../importer.ts'
import { BlockState, decodeBlock, maxBlockBytes } from './zstd-block.ts'
import { ZstdError } from './zstd-entropy.ts'

/** What `zstd --long` needs; exporters write 8 MiB at most. */
const maxWindowBytes = 128 * 1024 * 1024

export class ZstdDecoder {
  /** What came and was not used, and how many bytes the next header or block takes at least. */
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #needed = 1
  /** Bytes to go over: skippable frames and checksums. */
  #skip = 0
  #frame: Frame | null = null

  /** Throws `ZstdError` when the data breaks off. */
  end(): void {
    if (this.#frame || this.#skip > 0 || this.#waitingBytes > 0) throw new ZstdError('the data breaks off')
  }

  /** What these bytes complete, block by block; throws `ZstdError` when damaged, `Unreadable` when it asks for too much. */
  *push(chunk: Uint8Array): Generator<Uint8Array> {
    this.#waiting.push(chunk)
    this.#waitingBytes += chunk.length
    if (this.#waitingBytes < this.#needed) {
      this.#waiting[this.#waiting.length - 1] = new Uint8Array(chunk)
      return
    }
    const bytes = this.#taken()
    let at = 0
    for (;;) {
      const skipped = Math.min(this.#skip, bytes.length - at)
      this.#skip -= skipped
      at += skipped
      const rest = bytes.subarray(at)
      const frame = this.#frame
      const length = frame ? blockLength(rest) : this.#header(rest)
      if (rest.length === 0 || length > rest.length) {
        this.#needed = rest.length === 0 ? 1 : length
        this.#waiting = [rest.slice()]
        this.#waitingBytes = rest.length
        return
      }
      if (frame) {
        yield frame.block(rest.subarray(0, length))
        if (frame.ended) {
          this.#skip = frame.checksumBytes
          this.#frame = null
        }
      }
      at += length
    }
  }

  #taken(): Uint8Array {
    if (this.#waiting.length === 1) return this.#waiting[0]!
    const bytes = new Uint8Array(this.#waitingBytes)
    let at = 0
    for (const part of this.#waiting) {
      bytes.set(part, at)
      at += part.length
    }
    return bytes
  }

  /** Length of the header these bytes begin with, as far as it can be told; takes it in when it is all there. */
  #header(bytes: Uint8Array): number {
    if (bytes.length < 8) return 8
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const magic = view.getUint32(0, true)
    if (magic >>> 4 === 0x184d2a5) {
      this.#skip = view.getUint32(4, true)
      return 8
    }
    if (magic !== 0xfd2fb528) throw new ZstdError('no frame where one should begin')
    const descriptor = bytes[4]!
    if ((descriptor & 8) !== 0) throw new ZstdError('a frame of an unknown kind')
    if ((descriptor & 3) !== 0) throw new Unreadable('zstd data that needs a dictionary; pack it without one')
    const isSingle = (descriptor & 0x20) !== 0
    const sizeAt = isSingle ? 5 : 6
    const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]!
    const length = sizeAt + sizeBytes
    if (bytes.length < length) return length
    const window = bytes[5]!
    const windowBytes = isSingle
      ? contentSize(view, sizeAt, sizeBytes)
      : 2 ** (10 + (window >> 3)) * (1 + (window & 7) / 8)
    if (windowBytes > maxWindowBytes) {
      throw new Unreadable(
        `a zstd frame asks for ${windowBytes} bytes of memory, at most ${maxWindowBytes} are given; it is damaged, or packed with more than --long=27`,
      )
    }
    this.#frame = new Frame(windowBytes, (descriptor & 4) === 0 ? 0 : 4)
    return length
  }
}

/** Blocks of one frame and the bytes they may copy from. */
class Frame {
  readonly checksumBytes: number
  ended = false
  readonly #windowBytes: number
  readonly #state = new BlockState()
  /** Grows with what is written, up to twice the window, then its second half moves to the front. */
  #out = new Uint8Array(0)
  #at = 0

  constructor(windowBytes: number, checksumBytes: number) {
    this.#windowBytes = windowBytes
    this.checksumBytes = checksumBytes
  }

  block(bytes: Uint8Array): Uint8Array {
    const head = blockHead(bytes)
    this.ended = (head & 1) === 1
    const size = head >> 3
    if (size > maxBlockBytes) throw new ZstdError('a block holds too much')
    this.#makeRoom()
    const from = this.#at
    const type = (head >> 1) & 3
    if (type === 0) {
      this.#out.set(bytes.subarray(3), from)
      this.#at += size
    } else if (type === 1) {
      this.#out.fill(bytes[3]!, from, from + size)
      this.#at += size
    } else {
      this.#at = decodeBlock(bytes.subarray(3), this.#state, this.#out, from)
    }
    return this.#out.slice(from, this.#at)
  }

  #makeRoom(): void {
    if (this.#at + maxBlockBytes <= this.#out.length) return
    if (this.#at >= 2 * this.#windowBytes) {
      this.#out.copyWithin(0, this.#at - this.#windowBytes, this.#at)
      this.#at = this.#windowBytes
    } else {
      const larger = new Uint8Array(Math.min(2 * this.#at, 2 * this.#windowBytes) + 2 * maxBlockBytes)
      larger.set(this.#out.subarray(0, this.#at))
      this.#out = larger
    }
  }
}

const blockHead = (bytes: Uint8Array): number => bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16)

/** Length of the block that begins these bytes, header included. */
function blockLength(bytes: Uint8Array): number {
  if (bytes.length < 3) return 3
  const head = blockHead(bytes)
  const type = (head >> 1) & 3
  if (type === 3) throw new ZstdError('a block of an unknown kind')
  return 3 + (type === 1 ? 1 : head >> 3)
}

function contentSize(view: DataView, at: number, bytes: number): number {
  if (bytes === 1) return view.getUint8(at)
  if (bytes === 2) return view.getUint16(at, true) + 256
  return bytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true))
}
