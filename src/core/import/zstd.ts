/**
 * Zstandard, as the Collector writes it: a whole file (possibly of many frames), or the older framing with one frame per
 * message behind a big-endian length, which is no valid .zst file.
 */
import { Decompress, decompress } from 'fzstd'
import { checkRatio } from './gzip.ts'
import { Unreadable } from './importer.ts'
import type { IssueLog } from './issues.ts'
import { ZstdFrames } from './zstd-frames.ts'

const magicAt = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === 0x28 && bytes[at + 1] === 0xb5 && bytes[at + 2] === 0x2f && bytes[at + 3] === 0xfd

export const isZstd = (head: Uint8Array): boolean => magicAt(head, 0)

/** A length that fits, then a frame. */
export function isFramedZstd(head: Uint8Array): boolean {
  if (!magicAt(head, 4)) return false
  return new DataView(head.buffer, head.byteOffset, 4).getUint32(0) < maxFrameBytes
}

const maxFrameBytes = 64 * 1024 * 1024

export async function* unzstd(
  bytes: AsyncIterable<Uint8Array>,
  issues: IssueLog,
  file: string,
): AsyncGenerator<Uint8Array> {
  const out: Uint8Array[] = []
  let read = 0
  let written = 0
  const stream = new Decompress(chunk => {
    if (chunk.length > 0) out.push(chunk.slice())
    written += chunk.length
  })
  const frames = new ZstdFrames()
  try {
    for await (const chunk of bytes) {
      read += chunk.length
      frames.push(chunk)
      stream.push(chunk)
      checkRatio(read, written)
      yield* out.splice(0)
    }
    stream.push(new Uint8Array(0), true)
    yield* out.splice(0)
  } catch (error) {
    if (error instanceof Unreadable || (error instanceof DOMException && error.name === 'AbortError'))
      throw error
    yield* out.splice(0)
    if (written === 0) throw new Unreadable(`zstd data is broken near byte ${read}`)
    issues.add('truncated-zstd', () => `${file}: zstd data breaks off near compressed byte ${read}`)
  }
}

/**
 * One frame per message. Protobuf messages keep their length in front, so that what follows reads them as usual; JSON
 * messages become lines.
 */
export async function* unzstdFrames(
  bytes: AsyncIterable<Uint8Array>,
  issues: IssueLog,
  file: string,
): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0)
  let read = 0
  for await (const chunk of bytes) {
    const joined = new Uint8Array(rest.length + chunk.length)
    joined.set(rest)
    joined.set(chunk, rest.length)
    rest = joined
    while (rest.length >= 4) {
      const length = new DataView(rest.buffer, rest.byteOffset, 4).getUint32(0)
      if (length > maxFrameBytes)
        throw new Unreadable(
          `a zstd frame of ${length} bytes at byte ${read} is more than any exporter writes`,
        )
      if (rest.length < 4 + length) break
      const message = frame(rest.subarray(4, 4 + length), read)
      if (message === null) issues.add('bad-line', () => `${file} byte ${read}: broken zstd frame`)
      else yield message
      rest = rest.subarray(4 + length)
      read += 4 + length
    }
  }
  if (rest.length > 0)
    issues.add('truncated-tail', () => `${file} byte ${read}: the file ends inside a frame`)
}

function frame(bytes: Uint8Array, at: number): Uint8Array | null {
  let message: Uint8Array
  new ZstdFrames().push(bytes)
  try {
    message = decompress(bytes)
  } catch {
    return null
  }
  checkRatio(at + bytes.length, message.length)
  const isText = message[0] === 0x7b
  const out = new Uint8Array(message.length + (isText ? 1 : 4))
  if (isText) {
    out.set(message)
    out[message.length] = 0x0a
  } else {
    new DataView(out.buffer).setUint32(0, message.length)
    out.set(message, 4)
  }
  return out
}
