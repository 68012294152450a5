/** Bytes → lines of text, without their line ends; a line longer than the cap is cut, not kept in memory. */

import type { ImportContext } from './importer.ts'
import { decodeText } from './json/json-scan.ts'

const newline = 0x0a
const maxLine = 1024 * 1024

export interface TextLine {
  readonly text: string
  /** From 1. */
  readonly line: number
}

export async function* textLines(
  bytes: AsyncIterable<Uint8Array>,
  context: ImportContext,
): AsyncGenerator<TextLine> {
  const { issues } = context.builder
  const parts: Uint8Array[] = []
  let length = 0
  let line = 0
  const text = (): string => {
    const all = new Uint8Array(length)
    let at = 0
    for (const part of parts.splice(0)) {
      all.set(part, at)
      at += part.length
    }
    length = 0
    line++
    const bare = line === 1 && all[0] === 0xef && all[1] === 0xbb && all[2] === 0xbf ? all.subarray(3) : all
    const end = bare[bare.length - 1] === 0x0d ? bare.length - 1 : bare.length
    return decodeText(bare.subarray(0, end), () => issues.add('bad-utf8', () => context.place(line)))
  }
  const keep = (part: Uint8Array): void => {
    if (part.length === 0) return
    if (length + part.length <= maxLine) {
      parts.push(part)
      length += part.length
    } else issues.add('long-value', () => `${context.place(line + 1)}: a line of more than ${maxLine} bytes`)
  }
  for await (const chunk of bytes) {
    let at = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, at)) {
      keep(chunk.subarray(at, end))
      at = end + 1
      yield { text: text(), line }
    }
    // What is kept beyond a chunk is a copy.
    keep(new Uint8Array(chunk.subarray(at)))
    await context.breathe()
  }
  if (length > 0) yield { text: text(), line }
}
