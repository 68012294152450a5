/**
 * Each text once: bytes → index. A cache, not the trace's string table: `clearTexts` empties it when it is full, and the other
 * side maps what it sees here to its own.
 */
import { fail } from './cursor'

/** A plain text; a text with escapes or beyond ASCII; the JSON of an AnyValue, a resource, a scope. */
export const PLAIN = 0
export const ODD = 1
export const VALUE = 2
export const RESOURCE = 3
export const SCOPE = 4
const KIND_BITS = 3

const TEXTS = 1 << 17
const SLOTS = 1 << 18
/** Room for what is longer than most; larger single texts are left to others. */
const ARENA = 16 << 20
/** Of murmur3, as two halves: a linter of another language reads this too. */
const FACTOR: u64 = ((<u64>0xff51afd7) << 32) | 0xed558ccd
const SEED: u64 = ((<u64>0x9e3779b9) << 32) | 0x7f4a7c15
const MAX_LENGTH: u32 = 1 << 20

/** Text number n: where it lies (4), length × 8 + kind (4), hash (4), its meaning for the other side, which writes it (4). */
export let entries: usize = 0
const ENTRY = 16
/** Meaning of a text that is for the reader to judge. */
const REFUSED = -2
export let count: i32 = 1
/** Set when a new text has to be looked at before the value it is in can be accepted. */
export let doubtful: bool = false
/** Set when there is no more room. */
export let full: bool = false
let slots: usize = 0
let arena: usize = 0
let arenaEnd: usize = 0

export function placeTexts(from: usize): usize {
  entries = from
  slots = entries + TEXTS * ENTRY
  arena = slots + SLOTS * 4
  arenaEnd = arena
  return arena + ARENA + 16
}

export function clearTexts(): void {
  memory.fill(slots, 0, SLOTS * 4)
  count = 1
  arenaEnd = arena
  full = false
}

export function trust(): void {
  doubtful = false
}

export function lengthOf(text: i32): usize {
  return load<u32>(entries + text * ENTRY, 4) >>> KIND_BITS
}

export function meaningOf(text: i32): i32 {
  return load<i32>(entries + text * ENTRY, 12)
}

/** Whether this text stands at `from`: 16 bytes at once. Text 0 is empty. */
export function standsAt(text: i32, from: usize): bool {
  const entry = entries + text * ENTRY
  const length = load<u32>(entry, 4) >>> KIND_BITS
  const start = <usize>load<u32>(entry)
  let i: usize = 0
  for (; i + 16 <= length; i += 16) {
    if (v128.any_true(v128.xor(v128.load(start + i), v128.load(from + i)))) return false
  }
  const rest = (1 << (<i32>length - <i32>i)) - 1
  return (i8x16.bitmask(i8x16.eq(v128.load(start + i), v128.load(from + i))) & rest) === rest
}

/** Index of the bytes from…to. */
export function textOf(from: usize, to: usize, kind: u32): i32 {
  const length = <u32>(to - from)
  if (length === 0) return 0
  if (length > MAX_LENGTH) {
    fail()
    return 0
  }
  const lengthAndKind = (length << KIND_BITS) | kind
  const hash = hashOf(from, length) ^ kind
  let slot = hash & (SLOTS - 1)
  for (;;) {
    const text = load<i32>(slots + slot * 4)
    if (text === 0) break
    const entry = entries + text * ENTRY
    if (load<u32>(entry, 8) === hash && load<u32>(entry, 4) === lengthAndKind && standsAt(text, from)) {
      if (load<i32>(entry, 12) === REFUSED) fail()
      return text
    }
    slot = (slot + 1) & (SLOTS - 1)
  }
  if (count === TEXTS || arenaEnd + length > arena + ARENA) {
    full = true
    fail()
    return 0
  }
  memory.copy(arenaEnd, from, length)
  const entry = entries + count * ENTRY
  store<u32>(entry, <u32>arenaEnd)
  store<u32>(entry, lengthAndKind, 4)
  store<u32>(entry, hash, 8)
  store<i32>(entry, 0, 12)
  store<i32>(slots + slot * 4, count)
  if (kind !== PLAIN) doubtful = true
  arenaEnd += (length + 7) & ~7
  return count++
}

/** Two halves of the words, so that one need not wait for the other. */
function hashOf(from: usize, length: u32): u32 {
  let hash: u64 = SEED ^ length
  let other: u64 = FACTOR
  let at = from
  for (const last = from + (length & ~15); at < last; at += 16) {
    hash = mixed(hash, load<u64>(at))
    other = mixed(other, load<u64>(at, 8))
  }
  if ((length & 8) !== 0) {
    hash = mixed(hash, load<u64>(at))
    at += 8
  }
  const rest = (length & 7) << 3
  if (rest !== 0) other = mixed(other, load<u64>(at) & (((<u64>1) << rest) - 1))
  hash = mixed(hash, other)
  return <u32>(hash ^ (hash >>> 32))
}

function mixed(hash: u64, word: u64): u64 {
  const product = (hash ^ word) * FACTOR
  return product ^ (product >>> 29)
}
