/**
 * What the other side calls. Memory, from the start: what the compiler laid out, texts, the rows of one value, its bytes.
 *
 *     reserve(bytes, rows) → where the bytes go;   scan(length) → rows in the batch, or why not
 */
import { clearBatch, crowded, placeBatch } from './batch'
import { at, begin, failed } from './cursor'
import { readRequest } from './request'
import { clearTexts, full, placeTexts } from './texts'
import { forgetGuesses, prepareHex } from './values'

export * from './batch'
export { count as textCount, entries as textEntries } from './texts'

/** Zeros behind the bytes, so that words may be read without looking. */
const SLACK = 64
const PAGE = 65536
/** `scan` gives up: not plain OTLP; or no room: clear the texts and reserve more rows. */
const OTHER = -1
const NO_ROOM = -2

let input: usize = 0
let texts: usize = 0
let afterTexts: usize = 0

/** Makes room for a value of so many bytes with so many rows of each kind; returns where its bytes go. Memory may move. */
export function reserve(bytes: i32, rows: i32): usize {
  if (texts === 0) {
    prepareHex()
    texts = (__heap_base + 15) & ~15
    afterTexts = placeTexts(texts)
  }
  input = placeBatch((afterTexts + 15) & ~15, rows)
  const pages = (<i32>(input + bytes + SLACK) + PAGE - 1) / PAGE
  if (pages > memory.size() && memory.grow(pages - memory.size()) < 0) return 0
  return input
}

export function clear(): void {
  clearTexts()
  forgetGuesses()
}

/** Reads the value that begins the reserved bytes; returns its length, or `OTHER` or `NO_ROOM`. */
export function scan(length: i32): i32 {
  memory.fill(input + length, 0, SLACK)
  clearBatch()
  begin(input, input + length)
  readRequest()
  if (!failed) return <i32>(at - input)
  return full || crowded ? NO_ROOM : OTHER
}
