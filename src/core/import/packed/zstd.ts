/**
 * Zstandard, as the Collector writes it: a whole file (possibly of many frames), or the older framing with one frame per
 * message behind a big-endian length, which is no valid .zst file.
 */

import { Unreadable } from '../importer.ts'
import type { IssueLog } from '../issues.ts'
import { checkRatio } from './gzip.ts'
import { ZstdDecoder } from './zstd-decoder.ts'
import { ZstdError } from './zstd-entropy.ts'

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
  let read = 0
  let written = 0
  const decoder = new ZstdDecoder()
  try {
    for await (const chunk of bytes) {
      read += chunk.length
      for (const part of decoder.push(chunk)) {
        written += part.length
        checkRatio(read, written)
        yield part
      }
    }
    decoder.end()
  } catch (error) {
    if (!(error instanceof ZstdError)) throw error
    if (written === 0) throw new Unreadable(`zstd data is broken near byte ${read}: ${error.message}`)
    issues.add('truncated-zstd', () => `${file}: ${error.message} near compressed byte ${read}`)
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
  const parts: Uint8Array[] = []
  let length = 0
  try {
    const decoder = new ZstdDecoder()
    for (const part of decoder.push(bytes)) {
      parts.push(part)
      length += part.length
      checkRatio(at + bytes.length, length)
    }
    decoder.end()
  } catch (error) {
    if (!(error instanceof ZstdError)) throw error
    return null
  }
  const isText = parts[0]?.[0] === 0x7b
  const out = new Uint8Array(length + (isText ? 1 : 4))
  if (isText) out[length] = 0x0a
  else new DataView(out.buffer).setUint32(0, length)
  let to = isText ? 0 : 4
  for (const part of parts) {
    out.set(part, to)
    to += part.length
  }
  return out
}
