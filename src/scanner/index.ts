/**
 * What the other side calls. Memory, from the start: what the compiler laid out, texts, rows, bytes.
 *
 *     reserve(bytes, rows) → where the bytes go; put them there; loaded(length)
 *     scan(from, …) → values read into the rows; look at texts that are new and write their meanings; settle; copy the rows
 */
import { beginValue, clearBatch, forgetValue, line, placeBatch, records, spans } from './batch'
import { at, begin, failed, newlines, OPEN_OBJECT, peek, separated } from './cursor'
import { readRequest } from './request'
import { clearTexts, doubtful, placeTexts, trust } from './texts'
import { forgetGuesses, prepareHex } from './values'

export * from './batch'
export { count as textCount, entries as textEntries, full as textsFull } from './texts'

/** Zeros behind the bytes, so that words may be read without looking. */
const SLACK = 64
const PAGE = 65536
/** Rows after which `scan` ends, so that they are copied while they are near. */
const MANY_ROWS = 1024

let input: usize = 0
let inputEnd: usize = 0
let texts: usize = 0
let afterTexts: usize = 0
/** Where the values that were read end, the last one begins, and the line after them. */
export let doneAt: i32 = 0
export let lastAt: i32 = 0
export let doneLine: i32 = 0

/** Makes room for so many bytes and rows of each kind; returns where the bytes go. Memory may move. */
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

/** So many bytes have been put there. */
export function loaded(length: i32): void {
  inputEnd = input + length
  memory.fill(inputEnd, 0, SLACK)
}

export function clear(): void {
  clearTexts()
  forgetGuesses()
}

/**
 * Reads values that begin at `from`, as many as are plain OTLP and lie on one line each (`several`), or one. Ends early where
 * texts have to be looked at or there are many rows. Tells by `doneAt` how far it came; when that is `from`, `crowded` and
 * `textsFull` say whether more room would have helped.
 */
export function scan(from: i32, firstLine: i32, several: bool): void {
  clearBatch()
  trust()
  doneAt = from
  doneLine = firstLine
  begin(input + from, inputEnd, several)
  for (;;) {
    const value = several ? separated() : at
    if (peek() !== OPEN_OBJECT) return
    beginValue(firstLine + newlines)
    readRequest()
    if (failed) {
      forgetValue()
      return
    }
    lastAt = <i32>(value - input)
    doneAt = <i32>(at - input)
    doneLine = line
    if (!several || doubtful || spans + records > MANY_ROWS) return
  }
}

/** Takes back the value that was read last. */
export function dropLast(): void {
  forgetValue()
  doneAt = lastAt
}
