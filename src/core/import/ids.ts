/**
 * Trace and span ids as people write them: hex of any case (OTLP), base64 (protojson, Tempo), `0x…` (Python),
 * UUIDs, 64-bit ids where 128 are meant, hex of hex and base64 of hex.
 */

/** How an id was written: `odd` ones were hashed, `empty` ones are all zero. */
export type IdForm = 'hex' | 'base64' | 'odd' | 'empty'

/** Reads an id into `out` (8 or 16 bytes), right-aligned. Never fails: text that is no id is hashed, so equal texts still meet. */
export function parseId(text: string, out: Uint8Array): IdForm {
  const size = out.length
  if (text.length === size * 2 && readHex(text, out)) return 'hex'
  out.fill(0)
  let id = text.trim()
  if (id === '') return 'empty'
  if (id.startsWith('0x') || id.startsWith('0X')) id = id.slice(2)
  if (id.length === 36 && id[8] === '-') id = id.replaceAll('-', '')
  if (/^[0-9a-fA-F]+$/.test(id) && id.length <= size * 2) {
    readHex(id.padStart(size * 2, '0'), out)
    return 'hex'
  }
  // A 128-bit id where 64 are meant (or longer): the low half is the one that tools agree on.
  if (/^[0-9a-fA-F]+$/.test(id) && id.length === 32 && size === 8) {
    readHex(id.slice(16), out)
    return 'hex'
  }
  const bytes = fromBase64(id)
  if (bytes && bytes.length === size) {
    out.set(bytes)
    return 'base64'
  }
  if (bytes && bytes.length === size * 2) {
    const inner = String.fromCharCode(...bytes)
    if (readHex(inner, out)) return 'base64'
  }
  hashInto(text, out)
  return 'odd'
}

function readHex(text: string, out: Uint8Array): boolean {
  for (let i = 0; i < out.length; i++) {
    const high = hexDigit(text.charCodeAt(i * 2))
    const low = hexDigit(text.charCodeAt(i * 2 + 1))
    if (high < 0 || low < 0) return false
    out[i] = (high << 4) | low
  }
  return true
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const lower = code | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}

/** Bytes of standard or URL-safe base64, padded or not; null when the text is neither. */
function fromBase64(text: string): Uint8Array | null {
  const bare = text.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/')
  if (bare.length > 88 || bare.length % 4 === 1 || !/^[A-Za-z0-9+/]+$/.test(bare)) return null
  return Uint8Array.from(atob(bare), c => c.charCodeAt(0))
}

/** FNV-1a in 32-bit lanes. */
function hashInto(text: string, out: Uint8Array): void {
  for (let lane = 0; lane < out.length; lane += 4) {
    let hash = 0x811c9dc5 ^ lane
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
    for (let i = 0; i < 4; i++) out[lane + i] = hash >>> (i * 8)
  }
  if (out.every(b => b === 0)) out[0] = 1
}
