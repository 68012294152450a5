/** The parts one after the other; of all of them the first `most` bytes. */
export function concatBytes(parts: readonly Uint8Array[], most = Number.POSITIVE_INFINITY): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const out = new Uint8Array(Math.min(length, most))
  let at = 0
  for (const part of parts) {
    out.set(part.subarray(0, out.length - at), at)
    at += part.length
    if (at >= out.length) break
  }
  return out
}
