/**
 * Attributes and AnyValues from bytes into the builder. Keys and values repeat: the key that followed a key last time,
 * and the value a key had last time, are compared before anything is hashed.
 */

import { StoreBuilder } from '../store/builder.ts'
import type { Interner } from '../store/interner.ts'
import { AttributeType } from '../store/store.ts'
import { FieldSet, type JsonBytes, wordOf } from './json-bytes.ts'
import { parseJson } from './json-parse.ts'
import { type ReadValue, readAnyValue } from './otlp-value.ts'

const comma = 0x2c
const quote = 0x22
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

/**
 * Guesses are kept for this many strings (by the low bits of their index). Only text without escapes may be guessed: its
 * bytes in the file are its bytes in the table.
 */
const guesses = 4096
const mask = guesses - 1

const keySet = new FieldSet(['key'])
const valueSet = new FieldSet(['value'])
const valuesSet = new FieldSet(['values'])
const typeNames = ['stringValue', 'intValue', 'boolValue', 'doubleValue', 'arrayValue']
const Type = { string: 0, int: 1, bool: 2, double: 3, array: 4 } as const
/** Longer lists of strings go the general way. */
const maxListBytes = 8192
/** `readAnyValue` cuts above. */
const maxTextBytes = 1 << 20

/** `{"key":"` and `,"value":{"stringValue":"`, four bytes at a time, as nearly all attributes are written. */
const key0 = wordOf('{"ke')
const key1 = wordOf('y":"')
const value0 = wordOf(',"va')
const value1 = wordOf('lue"')
const string0 = wordOf(':{"s')
const string1 = wordOf('trin')
const string2 = wordOf('gVal')
const string3 = wordOf('ue":')
const closed = wordOf('}}')

export class OtlpScanValues {
  /** Set by `body`. */
  index = 0
  structured = false
  readonly #json: JsonBytes
  readonly #builder: StoreBuilder
  readonly #text: Interner
  readonly #typeSet = new FieldSet(typeNames, guesses)
  readonly #keyAfter = new Int32Array(guesses)
  readonly #valueOf = new Int32Array(guesses)
  /** Takes the issues of values that are read on trial. */
  readonly #trial = new StoreBuilder()
  readonly #list = new Uint8Array(maxListBytes)
  #type = 0
  #value = 0
  #lastText = 0

  constructor(json: JsonBytes, builder: StoreBuilder) {
    this.#json = json
    this.#builder = builder
    this.#text = builder.text
  }

  /** After a rollback the guesses may name strings that are gone. */
  forget(): void {
    this.#keyAfter.fill(0)
    this.#valueOf.fill(0)
    this.#lastText = 0
  }

  /** Interns a string from behind its opening quote; returns the place behind the closing one. */
  text(from: number): number {
    const at = this.#guessed(from, this.#valueOf[this.#lastText & mask]!)
    if (at >= 0) {
      this.#lastText = this.#json.index
      return at
    }
    const end = this.#json.intern(from, this.#text)
    if (end >= 0) {
      this.#valueOf[this.#lastText & mask] = this.#json.text === null ? this.#json.index : 0
      this.#lastText = this.#json.index
    }
    return end
  }

  /** End of the string (behind its quote) when it is the one expected, `json.index` set; else -1. */
  #guessed(from: number, index: number): number {
    const json = this.#json
    const end = this.#text.endOf(index, json.view, from, json.limit)
    if (end < 0 || json.bytes[end] !== quote) return -1
    json.index = index
    return end + 1
  }

  /** A list of KeyValues → attributes of the row that comes next. */
  attributes(from: number): number {
    const json = this.#json
    const { view } = json
    const builder = this.#builder
    if (json.bytes[from] !== openBracket) return -1
    let at = json.space(from + 1)
    if (json.bytes[at] === closeBracket) return at + 1
    for (let before = 0; ; ) {
      let start = at + 8
      if (view.getInt32(at, true) !== key0 || view.getInt32(at + 4, true) !== key1) {
        if (json.bytes[at] !== openBrace) return -1
        at = json.space(at + 1)
        if (keySet.find(view, at, 0) < 0) return -1
        at = json.space(at + keySet.length[0]!)
        if (json.bytes[at] !== quote) return -1
        start = at + 1
      }
      at = this.#guessed(start, this.#keyAfter[before & mask]!)
      if (at < 0) {
        at = json.intern(start, this.#text)
        // The reader leaves out values without a key.
        if (at < 0 || json.index === 0) return -1
        this.#keyAfter[before & mask] = json.text === null ? json.index : 0
      }
      const key = json.index
      before = key
      if (
        view.getInt32(at + 8, true) === string0 &&
        view.getInt32(at, true) === value0 &&
        view.getInt32(at + 4, true) === value1 &&
        view.getInt32(at + 12, true) === string1 &&
        view.getInt32(at + 16, true) === string2 &&
        view.getInt32(at + 20, true) === string3 &&
        json.bytes[at + 24] === quote
      ) {
        const from = at + 25
        let end = this.#guessed(from, this.#valueOf[key & mask]!)
        if (end < 0) {
          end = json.intern(from, this.#text)
          if (end < 0 || end - from > maxTextBytes) return -1
          this.#valueOf[key & mask] = json.text === null ? json.index : 0
        }
        if ((view.getInt32(end, true) & 0xffff) === closed) {
          builder.addAttribute(key, AttributeType.string, json.index)
          const next = json.bytes[end + 2]
          if (next === comma) {
            at = json.space(end + 3)
            continue
          }
          if (next === closeBracket) return end + 3
          at = json.space(end + 2)
          if (json.bytes[at] === closeBracket) return at + 1
          if (json.bytes[at] !== comma) return -1
          at = json.space(at + 1)
          continue
        }
      }
      at = json.space(at)
      if (json.bytes[at] !== comma) return -1
      at = json.space(at + 1)
      if (valueSet.find(view, at, 0) < 0) return -1
      at = this.#anyValue(json.space(at + valueSet.length[0]!), key)
      if (at < 0) return -1
      builder.addAttribute(key, this.#type, this.#value)
      at = json.space(at)
      if (json.bytes[at] !== closeBrace) return -1
      at = json.space(at + 1)
      if (json.bytes[at] === closeBracket) return at + 1
      if (json.bytes[at] !== comma) return -1
      at = json.space(at + 1)
    }
  }

  /** The body of a log record, as text; its index is in `index`, and `structured` says that the text is JSON for it. */
  body(from: number): number {
    const at = this.#anyValue(from, 0)
    if (at < 0) return -1
    this.structured = this.#type === AttributeType.json
    this.index =
      this.#type === AttributeType.string || this.#type === AttributeType.json
        ? this.#value
        : this.#text.add(this.#type === AttributeType.bool ? String(this.#value === 1) : String(this.#value))
    return at
  }

  /** Reads an AnyValue into `#type` and `#value`. `key` hints at what it was last time. */
  #anyValue(from: number, key: number): number {
    const json = this.#json
    const { bytes } = json
    if (bytes[from] !== openBrace) return -1
    const name = json.space(from + 1)
    const type = this.#typeSet.find(json.view, name, key & mask)
    if (type < 0) return this.#general(from)
    let at = json.space(name + this.#typeSet.length[type]!)
    switch (type) {
      case Type.string: {
        if (bytes[at] !== quote) return this.#general(from)
        const start = at + 1
        at = this.#guessed(start, this.#valueOf[key & mask]!)
        if (at < 0) {
          at = json.intern(start, this.#text)
          if (at < 0 || at - start > maxTextBytes) return -1
          this.#valueOf[key & mask] = json.text === null ? json.index : 0
        }
        this.#type = AttributeType.string
        this.#value = json.index
        break
      }
      case Type.int:
        at = this.#int(at)
        break
      case Type.bool:
        this.#type = AttributeType.bool
        this.#value = bytes[at] === 0x74 ? 1 : 0
        at = bytes[at] === 0x74 || bytes[at] === 0x66 ? json.skip(at) : -1
        break
      case Type.double: {
        const end = json.number(at)
        if (end >= 0) {
          this.#value = Number(json.decode(at, end))
          this.#type = AttributeType.double
        }
        at = end
        break
      }
      default:
        at = this.#strings(at)
    }
    if (at < 0) return this.#general(from)
    at = json.space(at)
    // More members: several types at once.
    return bytes[at] === closeBrace ? at + 1 : this.#general(from)
  }

  /** Up to 15 digits, as a number or in quotes. */
  #int(from: number): number {
    const { bytes } = this.#json
    const quoted = bytes[from] === quote
    let at = quoted ? from + 1 : from
    const negative = bytes[at] === 0x2d
    if (negative) at++
    const first = at
    let value = 0
    while ((bytes[at]! - 48) >>> 0 <= 9) value = value * 10 + bytes[at++]! - 48
    const digits = at - first
    if (digits === 0 || digits > 15 || (digits > 1 && bytes[first] === 0x30)) return -1
    if (quoted && bytes[at++] !== quote) return -1
    this.#type = AttributeType.int
    this.#value = negative ? -value : value
    return at
  }

  /** `{"values":[{"stringValue":"…"}, …]}` of plain strings → JSON text. */
  #strings(from: number): number {
    const json = this.#json
    const { bytes } = json
    const list = this.#list
    if (bytes[from] !== openBrace) return -1
    let at = json.space(from + 1)
    if (valuesSet.find(json.view, at, 0) < 0) return -1
    at = json.space(at + valuesSet.length[0]!)
    if (bytes[at] !== openBracket) return -1
    at = json.space(at + 1)
    let length = 0
    list[length++] = openBracket
    if (bytes[at] !== closeBracket) {
      for (;;) {
        if (bytes[at] !== openBrace) return -1
        at = json.space(at + 1)
        if (this.#typeSet.find(json.view, at, 0) !== Type.string) return -1
        at = json.space(at + this.#typeSet.length[Type.string]!)
        if (bytes[at] !== quote) return -1
        const end = json.string(at + 1)
        if (end < 0 || json.text !== null || length + end - at + 4 > maxListBytes) return -1
        for (; at <= end; at++) list[length++] = bytes[at]!
        at = json.space(at)
        if (bytes[at] !== closeBrace) return -1
        at = json.space(at + 1)
        if (bytes[at] === closeBracket) break
        if (bytes[at] !== comma) return -1
        list[length++] = comma
        at = json.space(at + 1)
      }
    }
    list[length++] = closeBracket
    at = json.space(at + 1)
    if (bytes[at] !== closeBrace) return -1
    this.#type = AttributeType.json
    this.#value = this.#text.add(
      String.fromCharCode.apply(null, list.subarray(0, length) as unknown as number[]),
    )
    return at + 1
  }

  /** Any other valid value, read as `OtlpReader` does; gives up where that would be worth an issue. */
  #general(from: number): number {
    const json = this.#json
    const end = json.skip(from)
    if (end < 0 || end - from > maxTextBytes) return -1
    const before = this.#trial.issues.total
    const read: ReadValue = readAnyValue(parseJson(json.decode(from, end)), this.#trial, () => '')
    if (this.#trial.issues.total !== before) return -1
    switch (typeof read) {
      case 'string':
        this.#type = AttributeType.string
        this.#value = this.#text.add(read)
        break
      case 'boolean':
        this.#type = AttributeType.bool
        this.#value = read ? 1 : 0
        break
      case 'number':
        this.#type = Number.isSafeInteger(read) ? AttributeType.int : AttributeType.double
        this.#value = read
        break
      default:
        this.#type = 'json' in read ? AttributeType.json : AttributeType.double
        this.#value = 'json' in read ? this.#text.add(read.json) : read.double
    }
    return end
  }
}
