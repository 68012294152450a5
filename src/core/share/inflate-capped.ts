import type { Gunzip, Unzlib } from 'fflate'

const STEP_BYTES = 64 * 1024

export const CUT_SHORT = 'it is cut short'

/**
 * Inflates piece by piece, so that a bomb is noticed before it is in memory. Returns the size of all parts; throws one
 * line. fflate does not notice every cut: what holds a size or a checksum has to be checked against it.
 */
export function inflateCapped(
  stream: Gunzip | Unzlib,
  bytes: Uint8Array,
  maxBytes: number,
  onPart: (part: Uint8Array) => void,
): number {
  let size = 0
  stream.ondata = part => {
    size += part.length
    if (size > maxBytes)
      throw new RangeError(`it inflates to more than ${Math.round(maxBytes / 2 ** 20)} MiB`)
    onPart(part)
  }
  try {
    for (let at = 0; at < bytes.length; at += STEP_BYTES) {
      stream.push(bytes.subarray(at, at + STEP_BYTES), at + STEP_BYTES >= bytes.length)
    }
  } catch (error) {
    const { message } = error as Error
    throw new RangeError(message === 'unexpected EOF' ? CUT_SHORT : message)
  }
  return size
}
