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
  for (let row = 0; row < spans.count; row++) {
    if (spans.flags.data[row]! & SpanFlag.ghost || index.keeperOf(row) !== row) continue
    rows++
    for (let lane = 0; lane < 4; lane++) {
      let hash = lane + 1
      hash = mixBytes(hash, spans.traceId.data, row * 16, 16)
      hash = mixBytes(hash, spans.spanId.data, row * 8, 8)
      hash = mixTime(hash, spans.startSec.data[row]!, spans.startNano.data[row]!)
      hash = mixTime(hash, spans.endSec.data[row]!, spans.endNano.data[row]!)
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

function mixBytes(hash: number, bytes: Uint8Array, at: number, length: number): number {
  let out = hash
  for (let i = at; i < at + length; i += 4) {
    out = mix(out, bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24))
  }
  return out
}

const mixTime = (hash: number, sec: number, nano: number): number => mix(mix(hash, sec | 0), nano)
