/**
 * The member names one kind of object may have, recognised as `"name":` in bytes, 32 at once. Which one comes next is
 * guessed from the one before, because producers write them in one order.
 *
 *     a set:  guesses (1 byte per context, 24)  ·  count (4)  ·  entries: "name": padded to 32, mask (4), length (4)
 */
import { at, moveTo, space } from './cursor'

const CONTEXTS = 24
const ENTRY = 40
const ENTRIES = CONTEXTS + 8
const LARGEST = 16

const sets = memory.data(12 * (ENTRIES + LARGEST * ENTRY), 16)
let used: usize = 0

/** Makes a set of names separated by spaces; returns where it lies. */
export function names(list: string): usize {
  const set = sets + used
  let count = 0
  let from = 0
  for (let to = 0; to <= list.length; to++) {
    if (to < list.length && list.charCodeAt(to) !== 0x20) continue
    const entry = set + ENTRIES + count++ * ENTRY
    const length = to - from + 3
    store<u8>(entry, 0x22)
    for (let i = from; i < to; i++) store<u8>(entry + 1 + i - from, list.charCodeAt(i))
    store<u8>(entry + length - 2, 0x22)
    store<u8>(entry + length - 1, 0x3a)
    store<u32>(entry, <u32>(((<u64>1) << length) - 1), 32)
    store<i32>(entry, length, 36)
    from = to + 1
  }
  store<i32>(set, count, CONTEXTS)
  used += ENTRIES + LARGEST * ENTRY
  return set
}

/** Takes `"name":` and the white space behind it; returns which one, -1 when it is none of them. `context` hints at it. */
export function member(set: usize, context: i32): i32 {
  const guess = <i32>load<u8>(set + context)
  if (takes(set, guess)) return guess
  const count = load<i32>(set, CONTEXTS)
  for (let name = 0; name < count; name++) {
    if (!takes(set, name)) continue
    store<u8>(set + context, name)
    return name
  }
  return -1
}

function takes(set: usize, name: i32): bool {
  const entry = set + ENTRIES + name * ENTRY
  const low = i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(entry)))
  const high = i8x16.bitmask(i8x16.eq(v128.load(at, 16), v128.load(entry, 16)))
  const mask = load<u32>(entry, 32)
  if (((<u32>low | ((<u32>high) << 16)) & mask) !== mask) return false
  moveTo(at + load<i32>(entry, 36))
  if (load<u8>(at) <= 0x20) space()
  return true
}
