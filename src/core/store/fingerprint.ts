/**
 * What makes two imports the same trace: a sum of hashes over the spans' ids and times, so that neither file names nor
 * order, chunking or repetition matter. Times that the axis moved count as they are written again.
 */
import { addNs, type Instant, parseInstant } from '../import/instant.ts'
import type { StoreBuilder } from './builder.ts'
import type { BuilderIndex } from './duplicates.ts'
import { finish, mix, mixScrambled, scrambled, spanWords, traceWords } from './span-index.ts'
import { SpanFlag } from './store.ts'
import type { TimeAxis } from './time-axis.ts'

/** 32 hex digits: four 32-bit lanes. */
export function fingerprintOf(builder: StoreBuilder, index: BuilderIndex, axis: TimeAxis): string {
  const { spans, records } = builder
  const lanes = new Uint32Array(4)
  let rows = 0
  const flags = spans.flags.data
  const trace = spans.traceId.words
  const span = spans.spanId.words
  const { startSec, startNano, endSec, endNano } = spans
  const movedStart = movedTimes(builder, axis)
  /** What is hashed of a span. */
  const parts = new Int32Array(traceWords + spanWords + 4)
  for (let row = 0; row < spans.count; row++) {
    if (flags[row]! & SpanFlag.ghost || index.keeperOf(row) !== row) continue
    rows++
    for (let i = 0; i < traceWords; i++) parts[i] = scrambled(trace[row * traceWords + i]!)
    for (let i = 0; i < spanWords; i++) parts[traceWords + i] = scrambled(span[row * spanWords + i]!)
    const start = movedStart(row)
    parts[6] = scrambled((start ? start.sec : startSec.data[row]!) | 0)
    parts[7] = scrambled(start ? start.nano : startNano.data[row]!)
    // As it is drawn and written again.
    const isOpen = flags[row]! & SpanFlag.open
    const isInstant = !isOpen && axis.endNs[row] === axis.startNs[row]
    if (start && !isOpen) addNs(start, axis.endNs[row]! - axis.startNs[row]!)
    parts[8] = isInstant ? parts[6] : scrambled((start ? start.sec : endSec.data[row]!) | 0)
    parts[9] = isInstant ? parts[7] : scrambled(start ? start.nano : endNano.data[row]!)
    for (let lane = 0; lane < 4; lane++) {
      let hash = lane + 1
      for (let i = 0; i < parts.length; i++) hash = mixScrambled(hash, parts[i]!)
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

const mixTime = (hash: number, sec: number, nano: number): number => mix(mix(hash, sec | 0), nano)

/** Where the axis moved a span's start to, null when it is where the file has it. Raw clocks: a chosen offset is no other trace. */
function movedTimes(
  { spans }: StoreBuilder,
  { epochUnixNano, offsetsNs, startNs }: TimeAxis,
): (row: number) => Instant | null {
  const epoch: Instant = { sec: 0, nano: 0 }
  parseInstant(epochUnixNano, epoch)
  const { startSec, startNano, flags, process } = spans
  return row => {
    const offsetNs = offsetsNs[process.data[row]!] ?? 0
    const rawNs = (startSec.data[row]! - epoch.sec) * 1e9 + startNano.data[row]! - epoch.nano
    if (Math.abs(startNs[row]! + offsetNs - rawNs) < 1e9) return null
    const at = { ...epoch }
    addNs(at, startNs[row]! + (flags.data[row]! & SpanFlag.timeRepaired ? offsetNs : 0))
    return at
  }
}
