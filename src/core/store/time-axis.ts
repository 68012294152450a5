/**
 * One time axis for all spans and records. A few wild times (0, 1970, year 2262) must not stretch it:
 *
 *     ·                                            ▂▅▇▇▆▃            ← good: the cluster around the median
 *     far out: moved to its process's first instant
 *
 * A process whose every time is far from the others runs on a clock of its own (monotonic traces, simulators): it is
 * moved as a whole, so that its inner order stays.
 */
import { addNs, type Instant, parseInstant } from '../import/instant.ts'
import type { StoreBuilder } from './builder.ts'
import { type BuilderIndex, describe } from './duplicates.ts'
import { SpanFlag } from './store.ts'

export interface TimeAxis {
  readonly epochUnixNano: string
  /** What was subtracted from the times of each process. */
  readonly offsetsNs: readonly number[]
  durationNs: number
  /** By builder row, relative to the epoch. `forest` appends the ghosts. */
  startNs: Float64Array<ArrayBuffer>
  endNs: Float64Array<ArrayBuffer>
  readonly recordNs: Float64Array<ArrayBuffer>
  /** By process; Infinity and -Infinity where it has nothing. */
  readonly firstNs: Float64Array
  readonly lastNs: Float64Array
}

/** What the user knows about times that the files do not tell. */
export interface AxisOptions {
  /** Unix nanoseconds at which the trace begins, should nothing in the files be earlier; `''` or absent: unknown. */
  readonly startUnixNano?: string
  /** By process: what to subtract from its times. Absent or 0: times stay raw. */
  readonly clockOffsetsNs?: readonly number[]
}

/** Seconds without activity that separate a wild time from the trace. */
const maxGapSec = 7 * 86_400
/** Unix seconds of 1973 and 2103: times outside are not wall-clock times of an incident. */
const plausibleFrom = 1e8
const plausibleTo = 4.2e9

export function placeOnAxis(
  builder: StoreBuilder,
  index: BuilderIndex,
  dropped: Uint8Array,
  { startUnixNano = '', clockOffsetsNs = [] }: AxisOptions,
): TimeAxis {
  const { spans, records } = builder
  const range = goodRange(builder, index, dropped)
  const good = (sec: number): boolean => sec >= range.from && sec <= range.to
  const processes = builder.processes.length
  const offsetOf = (process: number): number => clockOffsetsNs[process] ?? 0
  const epoch = begin(earliest(builder, index, dropped, good, offsetOf), startUnixNano)
  const relative = (process: number, sec: number, nano: number): number =>
    (sec - epoch.sec) * 1e9 + (nano - epoch.nano) - offsetOf(process)

  const ownClock = ownClocks(builder, index, good, epoch.sec)
  /** ns on the axis of a time that is not good: by the process's own clock, NaN when it has none. */
  const onOwnClock = (process: number, sec: number, nano: number): number => {
    const base = ownClock[process]
    return base ? (sec - base.sec) * 1e9 + (nano - base.nano) : Number.NaN
  }
  const firstNs = new Float64Array(processes).fill(Infinity)
  const lastNs = new Float64Array(processes).fill(-Infinity)
  const seen = (process: number, ns: number): void => {
    if (ns < firstNs[process]!) firstNs[process] = ns
    if (ns > lastNs[process]!) lastNs[process] = ns
  }

  const startNs = new Float64Array(spans.count)
  const endNs = new Float64Array(spans.count)
  const late: number[] = []
  for (let row = 0; row < spans.count; row++) {
    if (index.keeperOf(row) !== row) continue
    const process = spans.process.data[row]!
    const sec = spans.startSec.data[row]!
    const nano = spans.startNano.data[row]!
    const start = good(sec) ? relative(process, sec, nano) : onOwnClock(process, sec, nano)
    if (!(start >= 0)) {
      late.push(row)
      continue
    }
    startNs[row] = start
    seen(process, start)
  }
  const recordNs = new Float64Array(records.count)
  for (let at = 0; at < records.count; at++) {
    const process = records.process.data[at]!
    const sec = records.sec.data[at]!
    const nano = records.nano.data[at]!
    const ns = good(sec)
      ? relative(process, sec, nano)
      : sec === 0
        ? Number.NaN
        : onOwnClock(process, sec, nano)
    recordNs[at] = ns >= 0 ? ns : Number.NaN
    if (!dropped[at] && ns >= 0) seen(process, ns)
  }
  for (const row of late) {
    const first = firstNs[spans.process.data[row]!]!
    startNs[row] = Number.isFinite(first) ? first : 0
    spans.flags.data[row] = spans.flags.data[row]! | SpanFlag.timeRepaired
    builder.issues.add('far-out-time', () => describe(builder, row))
  }
  placeEnds(builder, index, startNs, endNs, good, seen)
  let durationNs = 0
  for (const last of lastNs) if (last > durationNs) durationNs = last
  closeOpenSpans(builder, index, startNs, endNs, lastNs, durationNs)
  placeTimelessRecords(builder, index, recordNs, startNs, dropped)
  return {
    epochUnixNano: (BigInt(epoch.sec) * 1_000_000_000n + BigInt(epoch.nano)).toString(),
    offsetsNs: clockOffsetsNs,
    durationNs,
    startNs,
    endNs,
    recordNs,
    firstNs,
    lastNs,
  }
}

/** Seconds from…to that belong to the trace. */
function goodRange(
  builder: StoreBuilder,
  index: BuilderIndex,
  dropped: Uint8Array,
): { from: number; to: number } {
  const { spans, records } = builder
  const times = new Float64Array(spans.count + records.count)
  let count = 0
  let first = Infinity
  let last = -Infinity
  const take = (sec: number): void => {
    times[count++] = sec
    if (sec < first) first = sec
    if (sec > last) last = sec
  }
  for (let row = 0; row < spans.count; row++) {
    if (index.keeperOf(row) === row) take(spans.startSec.data[row]!)
  }
  for (let at = 0; at < records.count; at++) {
    if (!dropped[at] && records.sec.data[at]! > 0) take(records.sec.data[at]!)
  }
  // The usual trace: all within a week, so there is no gap to look for.
  if (first >= plausibleFrom && last <= plausibleTo && last - first <= maxGapSec)
    return { from: first, to: last + maxGapSec }
  const all = times.subarray(0, count)
  const plausible = all.filter(sec => sec >= plausibleFrom && sec <= plausibleTo)
  const seconds = (plausible.length > 0 ? plausible : all).sort()
  if (seconds.length === 0) return { from: 0, to: 0 }
  const middle = seconds.length >> 1
  let low = middle
  while (low > 0 && seconds[low]! - seconds[low - 1]! <= maxGapSec) low--
  let high = middle
  while (high < seconds.length - 1 && seconds[high + 1]! - seconds[high]! <= maxGapSec) high++
  const outside = seconds.length - (high - low + 1)
  // Two recordings of different weeks are both real; one span in a hundred from last year is not.
  if (outside * 20 > seconds.length)
    return { from: seconds[0]!, to: seconds[seconds.length - 1]! + maxGapSec }
  return { from: seconds[low]!, to: seconds[high]! + maxGapSec }
}

function earliest(
  builder: StoreBuilder,
  index: BuilderIndex,
  dropped: Uint8Array,
  good: (sec: number) => boolean,
  offsetOf: (process: number) => number,
): { sec: number; nano: number } {
  const { spans, records } = builder
  const best = { sec: Infinity, nano: 0 }
  const take = (sec: number, nano: number, process: number): void => {
    if (!good(sec)) return
    const at = { sec, nano }
    const offset = offsetOf(process)
    if (offset !== 0) addNs(at, -offset)
    if (at.sec > best.sec || (at.sec === best.sec && at.nano >= best.nano)) return
    best.sec = at.sec
    best.nano = at.nano
  }
  for (let row = 0; row < spans.count; row++) {
    if (index.keeperOf(row) === row)
      take(spans.startSec.data[row]!, spans.startNano.data[row]!, spans.process.data[row]!)
  }
  for (let at = 0; at < records.count; at++) {
    const sec = records.sec.data[at]!
    const nano = records.nano.data[at]!
    if (!dropped[at] && (sec > 0 || nano > 0)) take(sec, nano, records.process.data[at]!)
  }
  return best.sec === Infinity ? { sec: 0, nano: 0 } : best
}

/** The earlier of the first instant and the start that was given, unless that is too far off to be of the same trace. */
function begin(first: Clock, startUnixNano: string): Clock {
  const start: Instant = { sec: 0, nano: 0 }
  if (startUnixNano === '' || !parseInstant(startUnixNano, start)) return first
  const early = first.sec - start.sec + (first.nano - start.nano) / 1e9
  return early > 0 && early <= maxGapSec ? start : first
}

interface Clock {
  readonly sec: number
  readonly nano: number
}

/** First instant of each process that has no good time but several others: its own clock starts there. */
function ownClocks(
  builder: StoreBuilder,
  index: BuilderIndex,
  good: (sec: number) => boolean,
  epochSec: number,
): (Clock | undefined)[] {
  const { spans, records, processes } = builder
  const hasGood = new Uint8Array(processes.length)
  const times = new Int32Array(processes.length)
  const first: (Clock | undefined)[] = processes.map(() => undefined)
  const look = (process: number, sec: number, nano: number): void => {
    if (good(sec)) hasGood[process] = 1
    else if (sec > 0 || nano > 0) {
      times[process]!++
      const known = first[process]
      if (!known || sec < known.sec || (sec === known.sec && nano < known.nano))
        first[process] = { sec, nano }
    }
  }
  for (let row = 0; row < spans.count; row++) {
    if (index.keeperOf(row) !== row) continue
    look(spans.process.data[row]!, spans.startSec.data[row]!, spans.startNano.data[row]!)
  }
  for (let at = 0; at < records.count; at++) {
    look(records.process.data[at]!, records.sec.data[at]!, records.nano.data[at]!)
  }
  return first.map((clock, process) => {
    // A single odd span is a bad span, not a clock.
    if (!clock || hasGood[process] || times[process]! < 2) return undefined
    const service = processes[process]!.get('service.name') ?? 'unknown'
    builder.issues.add(
      'unaligned-clock',
      () => `process "${service}" starts ${clock.sec - epochSec} s from the rest`,
    )
    return clock
  })
}

function placeEnds(
  builder: StoreBuilder,
  index: BuilderIndex,
  startNs: Float64Array,
  endNs: Float64Array,
  good: (sec: number) => boolean,
  seen: (process: number, ns: number) => void,
): void {
  const { startSec, startNano, endSec, endNano, flags, process, count } = builder.spans
  for (let row = 0; row < count; row++) {
    if (index.keeperOf(row) !== row) continue
    if (endSec.data[row] === 0 && endNano.data[row] === 0) {
      if (!(flags.data[row]! & SpanFlag.open)) {
        flags.data[row] = flags.data[row]! | SpanFlag.open
        builder.issues.add('open-span', () => describe(builder, row))
      }
      continue
    }
    const length =
      (endSec.data[row]! - startSec.data[row]!) * 1e9 + (endNano.data[row]! - startNano.data[row]!)
    const wild = good(startSec.data[row]!) !== good(endSec.data[row]!)
    if (wild && length > maxGapSec * 1e9) {
      // The end cannot be right: as good as none.
      endNs[row] = startNs[row]!
      flags.data[row] = flags.data[row]! | SpanFlag.timeRepaired
      builder.issues.add('far-out-time', () => describe(builder, row))
    } else if (length < 0) {
      endNs[row] = startNs[row]!
      flags.data[row] = flags.data[row]! | SpanFlag.endBeforeStart
      builder.issues.add('end-before-start', () => describe(builder, row))
    } else endNs[row] = startNs[row]! + length
    seen(process.data[row]!, endNs[row]!)
  }
}

/** An open span lasts until its process's last sign of life. */
function closeOpenSpans(
  builder: StoreBuilder,
  index: BuilderIndex,
  startNs: Float64Array,
  endNs: Float64Array,
  lastNs: Float64Array,
  durationNs: number,
): void {
  const { flags, process, count } = builder.spans
  for (let row = 0; row < count; row++) {
    if (index.keeperOf(row) !== row || !(flags.data[row]! & SpanFlag.open)) continue
    const last = lastNs[process.data[row]!]!
    endNs[row] = Math.max(startNs[row]!, Number.isFinite(last) ? last : durationNs)
  }
}

function placeTimelessRecords(
  builder: StoreBuilder,
  index: BuilderIndex,
  recordNs: Float64Array,
  startNs: Float64Array,
  dropped: Uint8Array,
): void {
  const { records } = builder
  for (let at = 0; at < records.count; at++) {
    if (dropped[at] || !Number.isNaN(recordNs[at]!)) continue
    const own = records.span.data[at]!
    const span = own >= 0 ? own : index.find(records.traceId, records.spanId, at)
    recordNs[at] = span >= 0 ? startNs[span]! : 0
    builder.issues.add('record-without-time', () => {
      const text = builder.text.strings
      return `record "${text[records.name.data[at]!] || text[records.body.data[at]!]}"`
    })
  }
}
