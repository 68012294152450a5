/**
 * Ids, times, texts, attributes. Keys and values repeat: the key that followed a key last time, and the value a key had last
 * time, are compared before anything is hashed.
 */
import { addAttribute, BOOL_TYPE, INT_TYPE, STRING_TYPE, VALUE_TYPE } from './batch'
import {
  at,
  CLOSE_LIST,
  CLOSE_OBJECT,
  closingQuote,
  digits,
  end,
  enter,
  fail,
  failed,
  moveTo,
  next,
  OPEN_LIST,
  OPEN_OBJECT,
  odd,
  peek,
  QUOTE,
  skipValue,
  space,
  take,
  wholeNumber,
} from './cursor'
import { member, names } from './names'
import { lengthOf, ODD, PLAIN, standsAt, textOf, VALUE } from './texts'

const keyName = names('key')
const valueName = names('value')
const typeNames = names('stringValue intValue boolValue')
const STRING = 0
const INT = 1
const BOOL = 2

/** Guesses are kept for this many texts, by the low bits of their index. */
const GUESSES = 4096
const keyAfter = memory.data(GUESSES * 4, 4)
const valueAfter = memory.data(GUESSES * 4, 4)
let lastText: i32 = 0

/** Set by `anyValue`. */
export let valueType: u8 = 0
export let value: f64 = 0

export function forgetGuesses(): void {
  memory.fill(keyAfter, 0, GUESSES * 4)
  memory.fill(valueAfter, 0, GUESSES * 4)
  lastText = 0
}

/** Takes a string; `guess` points to the text it was last time. Returns the text's index. */
function guessedText(guess: usize): i32 {
  if (peek() !== QUOTE) {
    fail()
    return 0
  }
  const from = at + 1
  const likely = load<i32>(guess)
  if (likely !== 0) {
    const quote = from + lengthOf(likely)
    if (quote < end && load<u8>(quote) === QUOTE && standsAt(likely, from)) {
      moveTo(quote + 1)
      return likely
    }
  }
  const quote = closingQuote(from)
  if (quote === 0) return 0
  moveTo(quote + 1)
  if (odd) return textOf(from, quote, ODD)
  const text = textOf(from, quote, PLAIN)
  store<i32>(guess, text)
  return text
}

function guessFor(table: usize, text: i32): usize {
  return table + (text & (GUESSES - 1)) * 4
}

/** Names and other texts that follow each other. */
export function text(): i32 {
  const index = guessedText(guessFor(valueAfter, lastText))
  lastText = index
  return index
}

/** The bytes of any value, as a text of JSON of that kind. */
export function jsonText(kind: u32): i32 {
  const from = at
  skipValue()
  return failed ? 0 : textOf(from, at, kind)
}

/** `{"key":"` and, behind the key, `","value":{"stringValue":"`: how nearly every attribute is written. */
const keyFollows: u64 = ((<u64>0x223a2279) << 32) | 0x656b227b
const stringFollows = memory.data<u8>([
  0x22, 0x2c, 0x22, 0x76, 0x61, 0x6c, 0x75, 0x65, 0x22, 0x3a, 0x7b, 0x22, 0x73, 0x74, 0x72, 0x69, 0x6e, 0x67,
  0x56, 0x61, 0x6c, 0x75, 0x65, 0x22, 0x3a, 0x22, 0, 0, 0, 0, 0, 0,
])
const STRING_FOLLOWS_LENGTH = 26
/** What ends it: `"}}`, with a byte more. */
const STRING_ENDS: u32 = 0x7d7d22

/** Takes a string attribute whose key is known to come after `before`, written without white space; else moves nothing and returns 0. */
function usualString(before: i32): i32 {
  if (load<u64>(at) !== keyFollows) return 0
  const key = load<i32>(guessFor(keyAfter, before))
  const keyAt = at + 8
  if (key === 0 || !standsAt(key, keyAt)) return 0
  const follows = keyAt + lengthOf(key)
  const low = v128.xor(v128.load(follows), v128.load(stringFollows))
  const high = v128.xor(v128.load(follows, 10), v128.load(stringFollows, 10))
  if (v128.any_true(v128.or(low, high))) return 0
  const from = follows + STRING_FOLLOWS_LENGTH
  const guess = guessFor(valueAfter, key)
  let text = load<i32>(guess)
  let quote = from + lengthOf(text)
  if (text === 0 || quote >= end || load<u8>(quote) !== QUOTE || !standsAt(text, from)) {
    quote = closingQuote(from)
    if (quote === 0 || odd) return 0
    text = textOf(from, quote, PLAIN)
    if (failed) return 0
    store<i32>(guess, text)
  }
  if ((load<u32>(quote) & 0xffffff) !== STRING_ENDS) return 0
  moveTo(quote + 3)
  addAttribute(key, STRING_TYPE, text)
  return key
}

/** A list of KeyValues → attributes. */
export function readAttributes(): void {
  let before = 0
  for (let more = enter(OPEN_LIST, CLOSE_LIST); more; more = next(CLOSE_LIST)) {
    const usual = usualString(before)
    if (usual !== 0) {
      before = usual
      continue
    }
    if (failed) return
    if (!take(OPEN_OBJECT) || member(keyName, 0) !== 0) {
      fail()
      return
    }
    const key = guessedText(guessFor(keyAfter, before))
    before = key
    // The reader leaves out values without a key.
    if (key === 0 || !next(CLOSE_OBJECT) || member(valueName, 0) !== 0) {
      fail()
      return
    }
    anyValue(key)
    if (failed || next(CLOSE_OBJECT)) {
      fail()
      return
    }
    addAttribute(key, valueType, value)
  }
}

/** Reads an AnyValue into `valueType` and `value`. What is more than a string, a small int or a bool is kept as JSON. */
export function anyValue(key: i32): void {
  const from = at
  if (!enter(OPEN_OBJECT, CLOSE_OBJECT)) {
    asJson(from)
    return
  }
  switch (member(typeNames, key & 15)) {
    case STRING:
      if (peek() !== QUOTE) break
      valueType = STRING_TYPE
      value = guessedText(guessFor(valueAfter, key))
      if (!next(CLOSE_OBJECT) && !failed) return
      break
    case INT:
      if (smallInt()) return
      break
    case BOOL:
      if (truth()) return
      break
  }
  asJson(from)
}

function asJson(from: usize): void {
  if (failed) return
  moveTo(from)
  valueType = VALUE_TYPE
  value = jsonText(VALUE)
}

/** Up to 15 digits, as a number or in quotes, and the end of the object. */
function smallInt(): bool {
  const quoted = peek() === QUOTE
  if (quoted) moveTo(at + 1)
  const negative = peek() === 0x2d
  if (negative) moveTo(at + 1)
  if (!isSmallInt()) return false
  const number = wholeNumber()
  if (quoted && peek() !== QUOTE) return false
  if (quoted) moveTo(at + 1)
  space()
  if (peek() !== CLOSE_OBJECT) return false
  moveTo(at + 1)
  valueType = INT_TYPE
  value = negative ? -number : number
  return true
}

/** Whether `wholeNumber` can take what follows. */
function isSmallInt(): bool {
  let place = at
  while (<u32>load<u8>(place) - 0x30 <= 9) place++
  const length = place - at
  return length > 0 && length <= 15 && (length === 1 || peek() !== 0x30)
}

function truth(): bool {
  const yes = load<u32>(at) === 0x65757274
  if (!yes && (load<u32>(at) !== 0x736c6166 || load<u8>(at, 4) !== 0x65)) return false
  moveTo(at + (yes ? 4 : 5))
  space()
  if (peek() !== CLOSE_OBJECT) return false
  moveTo(at + 1)
  valueType = BOOL_TYPE
  value = yes ? 1 : 0
  return true
}

const hexDigits = memory.data(256)

export function prepareHex(): void {
  memory.fill(hexDigits, 255, 256)
  for (let digit = 0; digit < 10; digit++) store<u8>(hexDigits + 0x30 + digit, digit)
  for (let digit = 10; digit < 16; digit++) {
    store<u8>(hexDigits + 0x57 + digit, digit)
    store<u8>(hexDigits + 0x37 + digit, digit)
  }
}

/** Hex of the right length, or an empty string: zeros. */
export function id(to: usize, size: usize): void {
  if (peek() !== QUOTE) {
    fail()
    return
  }
  let from = at + 1
  if (load<u8>(from) === QUOTE) {
    memory.fill(to, 0, size)
    moveTo(from + 1)
    return
  }
  let bad: u8 = 0
  for (let i: usize = 0; i < size; i++, from += 2) {
    const high = load<u8>(hexDigits + load<u8>(from))
    const low = load<u8>(hexDigits + load<u8>(from, 1))
    bad |= high | low
    store<u8>(to + i, (high << 4) | low)
  }
  if (bad > 15 || load<u8>(from) !== QUOTE) {
    fail()
    return
  }
  moveTo(from + 1)
}

/** Nanoseconds as a string of 1 to 20 digits → seconds and nanoseconds. */
export function time(sec: usize, nano: usize): void {
  if (peek() !== QUOTE) {
    fail()
    return
  }
  const from = at + 1
  let to = from
  while (<u32>load<u8>(to) - 0x30 <= 9) to++
  const length = to - from
  if (load<u8>(to) !== QUOTE || length === 0 || length > 20) {
    fail()
    return
  }
  const cut = length > 9 ? to - 9 : from
  let whole: u64 = 0
  for (let place = from; place < cut; place++) whole = whole * 10 + (load<u8>(place) - 0x30)
  let rest: i32 = 0
  for (let place = cut; place < to; place++) rest = rest * 10 + (<i32>load<u8>(place) - 0x30)
  store<f64>(sec, <f64>whole)
  store<i32>(nano, rest)
  moveTo(to + 1)
}

/** One digit up to `most`; what follows it is looked at by the caller. */
export function digit(most: u8): u8 {
  const number = peek() - 0x30
  if (number > most) {
    fail()
    return 0
  }
  moveTo(at + 1)
  return number
}

/** A whole number of at most ten digits. */
export function count(): f64 {
  const number = wholeNumber()
  if (digits > 10) fail()
  return number
}
