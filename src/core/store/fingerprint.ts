/**
 * What makes two imports the same trace: a sum of hashes over the spans' ids and times, so that neither file names nor
 * order, chunking or repetition matter.
 */
import type { StoreBuilder } from './builder.ts'
import type { BuilderIndex } from './duplicates.ts'
import { finish, mix } from './span-index.ts'
import { SpanFlag } from './store.ts'

/** 32 hex digits: four 32-bit lanes. */
export function fingerprintOf(builder: StoreBuilder, index: BuilderIndex): string {
  const { spans, records } = builder
  const lanes = new Uint32Array(4)
  let rows = 0
  const flags = spans.flags.data
  const trace = spans.traceId.data
  const span = spans.spanId.data
  const startSec = spans.startSec.data
  const startNano = spans.startNano.data
  const endSec = spans.endSec.data
  const endNano = spans.endNano.data
  for (let row = 0; row < spans.count; row++) {
    if (flags[row]! & SpanFlag.ghost || index.keeperOf(row) !== row) continue
    rows++
    const a = word(trace, row * 16)
    const b = word(trace, row * 16 + 4)
    const c = word(trace, row * 16 + 8)
    const d = word(trace, row * 16 + 12)
    const e = word(span, row * 8)
    const f = word(span, row * 8 + 4)
    for (let lane = 0; lane < 4; lane++) {
      let hash = mix(mix(mix(mix(mix(mix(lane + 1, a), b), c), d), e), f)
      hash = mixTime(hash, startSec[row]!, startNano[row]!)
      hash = mixTime(hash, endSec[row]!, endNano[row]!)
      lanes[lane] = (lanes[lane]! + finish(hash)) >>> 0
    }
  }
  // A trace of log records only is told by their times and texts.
  for (let at = 0; rows === 0 && at < records.count; at++) {
    const text = builder.text.strings[records.name.data[at]!]! + builder.text.strings[records.body.data[at]!]!
    for (let lane = 0; lane < 4; lane++) {
      let hash = mixTime(lane + 1, records.sec.data[at]!, records.nano.data[at]!)
      for (let i = 0; i < text.length; i++) hash = mix(hash, text.charCodeAt(i))
      lanes[lane] = (lanes[lane]! + finish(hash)) >>> 0
    }
  }
  return Array.from(lanes, lane => lane.toString(16).padStart(8, '0')).join('')
}

const word = (bytes: Uint8Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)

const mixTime = (hash: number, sec: number, nano: number): number => mix(mix(hash, sec | 0), nano)
