/**
 * A picture that reopens its view: JSON, deflated, in one iTXt chunk of the PNG with the keyword `interleave`.
 *
 *     89 'PNG' 0D 0A 1A 0A │ len │ 'IHDR' │ … │ crc │ … │ len │ 'iTXt' │ keyword 0 1 0 lang 0 translated 0 zlib… │ crc │ IEND
 *
 * Chunk layout: PNG specification (third edition) §5.3 and §11.3.3.4. All chunks are looked at: other tools write text
 * chunks of their own, before or after ours.
 */
import { strFromU8, strToU8, Unzlib, zlibSync } from 'fflate'
import { concatBytes } from '../concat-bytes.ts'
import { inflateCapped } from './inflate-capped.ts'

export const PNG_KEYWORD = 'interleave'

/** A picture's text may be large (it carries a slice of the trace), but not without end. */
export const MAX_COMPRESSED_BYTES = 64 * 1024 * 1024
export const MAX_INFLATED_BYTES = 256 * 1024 * 1024

export type Extracted =
  | { readonly kind: 'ok'; readonly json: string }
  /** A PNG without our chunk: an ordinary picture. */
  | { readonly kind: 'none' }
  /** Our chunk is there and cannot be read. */
  | { readonly kind: 'broken'; readonly why: string }
  | { readonly kind: 'not-png' }

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

export const isPng = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, at) => bytes[at] === byte)

/** The same picture with the JSON inside, in place of an earlier one. Throws a RangeError when `png` is no whole PNG. */
export function embedPayload(png: Uint8Array, json: string): Uint8Array {
  const kept: Uint8Array[] = [png.subarray(0, 8)]
  let ended = false
  for (const chunk of chunks(png)) {
    if (chunk.type === 'iTXt' && keywordOf(chunk.data) === PNG_KEYWORD) continue
    if (chunk.type === 'IEND') {
      kept.push(encodeChunk('iTXt', encodeText(json)))
      ended = true
    }
    kept.push(chunk.whole)
  }
  if (!ended) throw new RangeError('not a whole PNG: it has no end chunk')
  return concatBytes(kept)
}

/** What a PNG carries for us. Never throws. */
export function extractPayload(png: Uint8Array): Extracted {
  if (!isPng(png)) return { kind: 'not-png' }
  for (const { type, data, whole } of chunks(png)) {
    if (type !== 'iTXt' || keywordOf(data) !== PNG_KEYWORD) continue
    if (!checksumHolds(whole))
      return { kind: 'broken', why: 'its checksum is wrong: the picture was damaged on its way' }
    return decodeText(data)
  }
  return { kind: 'none' }
}

interface Chunk {
  readonly type: string
  readonly data: Uint8Array
  /** With length, type and checksum. */
  readonly whole: Uint8Array
}

function* chunks(png: Uint8Array): Generator<Chunk> {
  if (!isPng(png)) return
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  let at = 8
  while (at + 12 <= png.length) {
    const length = view.getUint32(at)
    const end = at + 12 + length
    if (end > png.length) return
    yield {
      type: strFromU8(png.subarray(at + 4, at + 8), true),
      data: png.subarray(at + 8, at + 8 + length),
      whole: png.subarray(at, end),
    }
    at = end
  }
}

const keywordOf = (data: Uint8Array): string =>
  strFromU8(data.subarray(0, Math.max(0, data.indexOf(0))), true)

function encodeText(json: string): Uint8Array {
  // keyword, NUL, compressed = 1, method = 0 (zlib), no language, no translated keyword
  return concatBytes([strToU8(`${PNG_KEYWORD}\0\x01\0\0\0`, true), zlibSync(strToU8(json), { level: 9 })])
}

function decodeText(data: Uint8Array): Extracted {
  const flags = PNG_KEYWORD.length + 1
  const compressed = data[flags] === 1
  const languageEnd = data.indexOf(0, flags + 2)
  const textAt = data.indexOf(0, languageEnd + 1) + 1
  if (languageEnd < 0 || textAt === 0) return { kind: 'broken', why: 'its text chunk is cut short' }
  const text = data.subarray(textAt)
  if (text.length > MAX_COMPRESSED_BYTES)
    return { kind: 'broken', why: 'its text chunk is larger than 64 MiB' }
  try {
    return { kind: 'ok', json: strFromU8(compressed ? inflated(text) : text) }
  } catch (error) {
    return { kind: 'broken', why: (error as Error).message }
  }
}

function inflated(deflated: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = []
  inflateCapped(new Unzlib(), deflated, MAX_INFLATED_BYTES, part => parts.push(part))
  return concatBytes(parts)
}

function encodeChunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + data.length)
  const view = new DataView(out.buffer)
  view.setUint32(0, data.length)
  out.set(strToU8(type, true), 4)
  out.set(data, 8)
  view.setUint32(8 + data.length, crc32(out.subarray(4, 8 + data.length)))
  return out
}

function checksumHolds(whole: Uint8Array): boolean {
  const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength)
  return view.getUint32(whole.length - 4) === crc32(whole.subarray(4, whole.length - 4))
}

/** CRC-32 as PNG has it (annex D of its specification). */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let crc = n
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1
  return crc
})
