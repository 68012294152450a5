/** Container runtimes put a prefix before every line; this takes it off. */
import { decode } from './json-scan.ts'

/** `2024-05-01T12:00:00.123456789Z stdout F {…}` (CRI), `[pod/x] {…}` (kubectl --prefix), `app-1  | {…}` (compose). */
const prefix = /^(?:\S+ (?:stdout|stderr) [FP] |\[[^\]\n]{1,200}\] |[\w.-]{1,80}\s+\| )(?=\s*[{[])/

/** The line without its prefix, or null when it has none that is known. */
export function unwrapLine(line: Uint8Array): Uint8Array | null {
  const match = prefix.exec(decode(line.subarray(0, 300)))
  return match ? line.subarray(new TextEncoder().encode(match[0]).length) : null
}
