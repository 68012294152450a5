/**
 * Looks at Zstandard frames as they go by: a header may ask for gigabytes of memory, and damaged ones do. RFC 8878, 3.1.1.
 *
 *     magic (4) · descriptor (1) · window (0|1) · dictionary (0…4) · content size (0…8) · blocks … · checksum (0|4)
 */
import { Unreadable } from './importer.ts'

/** What `zstd --long` needs; exporters write 8 MiB at most. */
const maxWindowBytes = 128 * 1024 * 1024

/** Walks from frame to frame, chunk by chunk; `push` throws `Unreadable` before a decoder would take the memory. */
export class ZstdFrames {
  #pending: Uint8Array = new Uint8Array(0)
  /** Bytes to go over before the next header of a frame or block. */
  #skip = 0
  #inFrame = false
  #checksumBytes = 0

  push(chunk: Uint8Array): void {
    let bytes = chunk
    if (this.#pending.length > 0) {
      bytes = new Uint8Array(this.#pending.length + chunk.length)
      bytes.set(this.#pending)
      bytes.set(chunk, this.#pending.length)
    }
    let at = this.#skip
    while (at < bytes.length) {
      const length = this.#inFrame ? this.#block(bytes.subarray(at)) : this.#header(bytes.subarray(at))
      if (length === 0) break
      at += length
    }
    this.#skip = Math.max(0, at - bytes.length)
    this.#pending = bytes.slice(at)
  }

  /** Length of the block that begins these bytes, 0 when its header is not all there. */
  #block(bytes: Uint8Array): number {
    if (bytes.length < 3) return 0
    const head = bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16)
    const repeats = ((head >> 1) & 3) === 1
    this.#inFrame = (head & 1) === 0
    return 3 + (repeats ? 1 : head >> 3) + (this.#inFrame ? 0 : this.#checksumBytes)
  }

  /** Length of the frame's header, 0 when it is not all there. */
  #header(bytes: Uint8Array): number {
    if (bytes.length < 8) return 0
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    if (view.getUint32(0, true) >>> 4 === 0x184d2a5) return 8 + view.getUint32(4, true)
    const descriptor = bytes[4]!
    const isSingle = (descriptor & 0x20) !== 0
    const sizeAt = 5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]!
    const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]!
    if (bytes.length < sizeAt + sizeBytes) return 0
    const window = bytes[5]!
    const asked = isSingle
      ? contentSize(view, sizeAt, sizeBytes)
      : 2 ** (10 + (window >> 3)) * (1 + (window & 7) / 8)
    if (asked > maxWindowBytes) {
      throw new Unreadable(
        `a zstd frame asks for ${asked} bytes of memory, at most ${maxWindowBytes} are given; it is damaged, or packed with more than --long=27`,
      )
    }
    this.#inFrame = true
    this.#checksumBytes = (descriptor & 4) === 0 ? 0 : 4
    return sizeAt + sizeBytes
  }
}

function contentSize(view: DataView, at: number, bytes: number): number {
  if (bytes === 1) return view.getUint8(at)
  if (bytes === 2) return view.getUint16(at, true) + 256
  return bytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true))
}
