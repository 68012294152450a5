/**
 * A scanner over JSON bytes that knows nothing but brackets and strings. It finds where values end without building
 * them, survives any nesting (its state is one counter and one small stack) and any chunk boundary.
 */
import { backslash, closeBrace, closeBracket, openBrace, openBracket, quote } from './json-bytes.ts'

export const isSpace = (byte: number): boolean =>
  byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0x1e

/** Finds the end of one object or array, chunk by chunk. */
export class ValueScanner {
  depth = 0
  inString = false
  #escaped = false

  /** Index after the byte that completes the value, or -1 when it goes on after `bytes`. Begin at its first bracket. */
  end(bytes: Uint8Array, from: number): number {
    // Fields are slow to touch at every byte.
    let { depth, inString } = this
    let escaped = this.#escaped
    let at = from
    let end = -1
    while (at < bytes.length) {
      const byte = bytes[at++]!
      if (inString) {
        if (escaped) escaped = false
        else if (byte === backslash) escaped = true
        else if (byte === quote) inString = false
      } else if (byte === quote) inString = true
      else if (byte === openBrace || byte === openBracket) depth++
      else if ((byte === closeBrace || byte === closeBracket) && --depth <= 0) {
        depth = 0
        end = at
        break
      }
    }
    this.depth = depth
    this.inString = inString
    this.#escaped = escaped
    return end
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: false })

export const decode = (bytes: Uint8Array): string => decoder.decode(bytes)

const strict = new TextDecoder('utf-8', { fatal: true })
const latin = new TextDecoder('windows-1252')

/**
 * Text of bytes that should be UTF-8. What is not is read as Windows-1252 when that explains all of it, else with
 * replacement characters; either way `onRepair` is called.
 */
export function decodeText(bytes: Uint8Array, onRepair: () => void): string {
  try {
    return strict.decode(bytes)
  } catch {
    onRepair()
    const lenient = decode(bytes)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
    return /^[\u0000-\u007f\ufffd]*$/.test(lenient) ? latin.decode(bytes) : lenient
  }
}
