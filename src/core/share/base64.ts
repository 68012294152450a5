/** Base64 of any length: a whole file as arguments of one call would overflow the stack. */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = []
  const step = 0x8000
  for (let at = 0; at < bytes.length; at += step)
    parts.push(String.fromCharCode(...bytes.subarray(at, at + step)))
  return btoa(parts.join(''))
}
