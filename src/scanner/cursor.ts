/**
 * Where the scanner reads. Everything moves `at` forward; what is not JSON, or not plain enough, sets `failed` and moves to
 * the end, where nothing but zeros can be read, so that all loops end by themselves.
 *
 *     for (let more = enter(OPEN, CLOSE); more; more = next(CLOSE)) …     one element or member a turn
 */
export const QUOTE: u8 = 0x22
export const COMMA: u8 = 0x2c
export const OPEN_OBJECT: u8 = 0x7b
export const CLOSE_OBJECT: u8 = 0x7d
export const OPEN_LIST: u8 = 0x5b
export const CLOSE_LIST: u8 = 0x5d
const BACKSLASH: u8 = 0x5c
const COLON: u8 = 0x3a
const NEWLINE: u8 = 0x0a
const ZERO: u8 = 0x30
/** Deeper nesting is left to others. */
const MAX_DEPTH = 64

export let at: usize = 0
export let end: usize = 0
export let failed: bool = false
/** Set by `text`: whether it has escapes or is not ASCII. */
export let odd: bool = false

const inList = memory.data(MAX_DEPTH)

/** Newlines seen by `separated`. */
export let newlines: i32 = 0
/** Whether a value may not go over the end of its line. */
let onOneLine: bool = false

export function begin(from: usize, to: usize, oneLine: bool): void {
  at = from
  end = to
  failed = false
  newlines = 0
  onOneLine = oneLine
}

export function fail(): bool {
  failed = true
  at = end
  return false
}

export function moveTo(place: usize): void {
  at = place
}

export function peek(): u8 {
  return load<u8>(at)
}

/** Skips white space. */
export function space(): void {
  for (let byte = load<u8>(at); byte <= 0x20; byte = load<u8>(++at)) {
    if (byte === NEWLINE) {
      if (onOneLine) fail()
    } else if (byte !== 0x20 && byte !== 0x0d && byte !== 0x09) return
  }
}

/** Skips what may stand between values, and counts lines; returns where it stopped. */
export function separated(): usize {
  for (let byte = load<u8>(at); byte <= COMMA; byte = load<u8>(++at)) {
    if (byte === NEWLINE) newlines++
    else if (byte !== 0x20 && byte !== 0x0d && byte !== 0x09 && byte !== COMMA) break
  }
  return at
}

/** Takes one byte that must be there, and the white space behind it. */
export function take(byte: u8): bool {
  if (load<u8>(at) !== byte) return fail()
  at++
  if (load<u8>(at) <= 0x20) space()
  return true
}

/** Steps into an object or list; false when it is empty (then it is behind it). */
export function enter(open: u8, close: u8): bool {
  if (!take(open)) return false
  if (load<u8>(at) !== close) return true
  at++
  return false
}

/** Whether another element follows. Else it is behind the closing bracket. */
export function next(close: u8): bool {
  if (failed) return false
  if (load<u8>(at) <= 0x20) space()
  const byte = load<u8>(at)
  if (byte === COMMA) {
    at++
    if (load<u8>(at) <= 0x20) space()
    return true
  }
  if (byte !== close) return fail()
  at++
  return false
}

/** The closing quote of a string whose text begins at `from`; `odd` is set. 0 and failed when there is none. */
export function closingQuote(from: usize): usize {
  odd = false
  for (let place = from; place < end; place += 16) {
    const block = v128.load(place)
    // Signed, so that bytes beyond ASCII count as below 0x20.
    const marks = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(block, i8x16.splat(QUOTE)), i8x16.eq(block, i8x16.splat(BACKSLASH))),
        i8x16.lt_s(block, i8x16.splat(0x20)),
      ),
    )
    if (marks === 0) continue
    place += ctz(marks)
    if (place >= end) break
    return load<u8>(place) === QUOTE ? place : oddQuote(place)
  }
  fail()
  return 0
}

function oddQuote(from: usize): usize {
  odd = true
  for (let place = from; place < end; place++) {
    const byte = load<u8>(place)
    if (byte === QUOTE) return place
    if (byte < 0x20) break
    if (byte === BACKSLASH) place++
  }
  fail()
  return 0
}

/** Skips a string. */
export function skipText(): void {
  if (peek() !== QUOTE) {
    fail()
    return
  }
  const quote = closingQuote(at + 1)
  if (quote === 0) return
  // Escapes are only looked at by who decodes them, and what is skipped is decoded by nobody.
  if (odd) fail()
  else at = quote + 1
}

/** Digits as a number; how many there were in `digits`. */
export let digits: i32 = 0
export function wholeNumber(): f64 {
  let value: u64 = 0
  const from = at
  for (let digit = <u32>load<u8>(at) - ZERO; digit <= 9; digit = <u32>load<u8>(++at) - ZERO) {
    value = value * 10 + digit
  }
  digits = <i32>(at - from)
  if (digits === 0 || digits > 15 || (digits > 1 && load<u8>(from) === ZERO)) fail()
  return <f64>value
}

/** Any value. Only brackets, quotes and commas are looked at: whoever uses the bytes parses them. No recursion. */
export function skipValue(): void {
  let depth = 0
  for (;;) {
    const byte = peek()
    const list = byte === OPEN_LIST
    if (list || byte === OPEN_OBJECT) {
      if (enter(byte, list ? CLOSE_LIST : CLOSE_OBJECT)) {
        if (depth === MAX_DEPTH) fail()
        else store<u8>(inList + depth++, list)
        if (!list) skipKey()
        if (failed) return
        continue
      }
    } else if (byte === QUOTE) at = closingQuote(at + 1) + 1
    else skipWord()
    // What follows it.
    for (;;) {
      if (failed) {
        at = end
        return
      }
      if (depth === 0) return
      const inside = load<u8>(inList + depth - 1) !== 0
      if (next(inside ? CLOSE_LIST : CLOSE_OBJECT)) {
        if (!inside) skipKey()
        break
      }
      depth--
    }
  }
}

function skipKey(): void {
  if (peek() !== QUOTE) {
    fail()
    return
  }
  const quote = closingQuote(at + 1)
  if (quote === 0) return
  at = quote + 1
  space()
  take(COLON)
}

/** Numbers, true, false, null: their letters only. Whoever uses the value parses it. */
function skipWord(): void {
  const from = at
  for (let byte = peek(); at < end; byte = load<u8>(++at)) {
    const letter = byte | 0x20
    const inWord =
      (byte >= ZERO && byte <= 0x39) ||
      (letter >= 0x61 && letter <= 0x7a) ||
      byte === 0x2d ||
      byte === 0x2b ||
      byte === 0x2e
    if (!inWord) break
  }
  if (at === from) fail()
}
