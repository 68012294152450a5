/** The `.interleave` file: gzip of the same JSON that a picture carries. */
import { Gunzip, gzipSync, strFromU8, strToU8 } from 'fflate'
import { CUT_SHORT, inflateCapped } from './inflate-capped.ts'
import { type ReadPayload, readPayload, type SharePayload, writePayload } from './payload.ts'

/** As long as one string may be, in V8. */
const MAX_INFLATED_BYTES = 2 ** 29 - 25

export const writeBundle = (payload: SharePayload): Uint8Array =>
  // A fixed time keeps the same work the same bytes.
  gzipSync(strToU8(writePayload(payload)), { level: 9, mtime: 0 })

/** True for gzip whose text begins as a bundle does: tells a bundle from any other gzip by content, not by name. */
export function looksLikeBundle(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return false
  let head = ''
  try {
    const gunzip = new Gunzip(part => {
      head += strFromU8(part, true)
    })
    gunzip.push(bytes.subarray(0, 4096))
  } catch {
    return false
  }
  return /^\s*\{\s*"version"\s*:\s*\d+\s*,\s*"notebook"/.test(head)
}

/** Reads a bundle. Never throws. */
export function readBundle(bytes: Uint8Array): ReadPayload {
  const parts: string[] = []
  const decoder = new TextDecoder()
  try {
    const size = inflateCapped(new Gunzip(), bytes, MAX_INFLATED_BYTES, part => {
      parts.push(decoder.decode(part, { stream: true }))
    })
    // The last four bytes of a gzip are the size of what is in it.
    const end = bytes.length - 4
    if (end < 0 || new DataView(bytes.buffer, bytes.byteOffset + end).getUint32(0, true) !== size)
      throw new RangeError(CUT_SHORT)
  } catch (error) {
    return { kind: 'broken', why: (error as Error).message }
  }
  return readPayload(parts.join(''))
}
