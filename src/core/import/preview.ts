/**
 * What is known of a trace while it is still being read: how many spans start when, by service, or by operation while
 * there is only one service.
 *
 *     orders   ▂▅▇▅▃▂▁                 read so far
 *     stock     ▁▃▂▁                   ░░░░░░░░░░░  later times double the width of all bins
 *              ├───────── 256 bins ─────────┤
 *
 * A few reads of columns a span, a batch at a time; nothing is asked of the importers.
 */
import type { StoreBuilder } from '../store/builder.ts'
import { Status } from '../store/store.ts'

/** So far. Bins follow each other from `startNs` on, relative to the start of the first span read. */
export interface ImportPreview {
  readonly by: 'service' | 'operation'
  readonly startNs: number
  readonly binNs: number
  readonly lanes: readonly PreviewLane[]
}

export interface PreviewLane {
  /** At most `maxName` characters; `''`: all that have no lane of their own. */
  readonly name: string
  readonly spans: number
  readonly errors: number
  /** By bin: spans, and those with an error, that start in it. */
  readonly starts: Float64Array
  readonly errorStarts: Float64Array
}

/** A power of two: bins stand at their number modulo this. */
export const previewBins = 256
const maxLanes = 14
const maxName = 200
const firstBinNs = 1000
/** Wild times (0, 2262) must not stretch the axis; the store moves them, here they are only counted. */
const farNs = 60 * 86_400e9
const tellMs = 200

interface Counts {
  readonly name: string
  spans: number
  errors: number
  starts: Float64Array
  errorStarts: Float64Array
}

export class PreviewReader {
  readonly #builder: StoreBuilder
  #read = 0
  #first: { readonly sec: number; readonly nano: number } | null = null
  #binNs = firstBinNs
  #minBin = Number.POSITIVE_INFINITY
  #maxBin = Number.NEGATIVE_INFINITY
  #lanes: Counts[] = []
  readonly #services = new Map<string, Counts>()
  /** By process; while there is one service only, its operations stand for it. */
  readonly #ofProcess: Counts[] = []
  /** By index of the name in the string table. */
  readonly #operations = new Map<number, Counts>()
  #others: Counts | null = null

  constructor(builder: StoreBuilder) {
    this.#builder = builder
  }

  /** Takes in what was read since the last time. */
  look(): ImportPreview {
    const { spans } = this.#builder
    const startSec = spans.startSec.data
    const startNano = spans.startNano.data
    const status = spans.status.data
    const process = spans.process.data
    const name = spans.name.data
    for (let row = this.#read; row < spans.count; row++) {
      const lane = this.#laneOf(process[row]!, name[row]!)
      const failed = status[row] === Status.error
      lane.spans++
      if (failed) lane.errors++
      const bin = this.#binOf(startSec[row]!, startNano[row]!)
      if (Number.isNaN(bin)) continue
      const at = bin & (previewBins - 1)
      lane.starts[at]!++
      if (failed) lane.errorStarts[at]!++
    }
    this.#read = spans.count
    return this.#published()
  }

  #laneOf(process: number, name: number): Counts {
    const service = this.#ofProcess[process] ?? this.#enter(process)
    if (this.#services.size > 1) return service
    const known = this.#operations.get(name)
    if (known) return known
    if (this.#operations.size >= maxLanes) return this.#rest()
    const lane = this.#lane(this.#builder.text.strings[name] ?? '')
    this.#operations.set(name, lane)
    return lane
  }

  #enter(process: number): Counts {
    const told = this.#builder.processes[process]?.get('service.name')
    const name = typeof told === 'string' && told !== '' ? told : 'unknown service'
    let service = this.#services.get(name)
    if (!service) {
      if (this.#services.size === 1) this.#joinOperations()
      const isFirst = this.#services.size === 0
      service = isFirst
        ? emptyCounts(name.slice(0, maxName))
        : this.#services.size < maxLanes
          ? this.#lane(name)
          : this.#rest()
      this.#services.set(name, service)
    }
    this.#ofProcess[process] = service
    return service
  }

  /** A second service: the operations so far become the first one's lane. */
  #joinOperations(): void {
    const [first] = this.#services.values()
    if (!first) return
    for (const lane of this.#lanes) add(first, lane)
    this.#lanes = [first]
    this.#others = null
  }

  #rest(): Counts {
    this.#others ??= this.#lane('')
    return this.#others
  }

  #lane(name: string): Counts {
    const lane = emptyCounts(name.slice(0, maxName))
    this.#lanes.push(lane)
    return lane
  }

  /** Number of the bin on the grid of times; NaN for a time that has none. */
  #binOf(sec: number, nano: number): number {
    if (sec === 0 && nano === 0) return Number.NaN
    this.#first ??= { sec, nano }
    const ns = (sec - this.#first.sec) * 1e9 + (nano - this.#first.nano)
    if (!(Math.abs(ns) <= farNs)) return Number.NaN
    let bin = Math.floor(ns / this.#binNs)
    while (Math.max(bin, this.#maxBin) - Math.min(bin, this.#minBin) >= previewBins) {
      this.#halve()
      bin = Math.floor(ns / this.#binNs)
    }
    this.#minBin = Math.min(bin, this.#minBin)
    this.#maxBin = Math.max(bin, this.#maxBin)
    return bin
  }

  /** Half as many bins, twice as wide. */
  #halve(): void {
    const wide = (narrow: Float64Array): Float64Array => {
      const out = new Float64Array(previewBins)
      for (let bin = this.#minBin; bin <= this.#maxBin; bin++) {
        out[Math.floor(bin / 2) & (previewBins - 1)]! += narrow[bin & (previewBins - 1)]!
      }
      return out
    }
    for (const lane of this.#lanes) {
      lane.starts = wide(lane.starts)
      lane.errorStarts = wide(lane.errorStarts)
    }
    this.#binNs *= 2
    this.#minBin = Math.floor(this.#minBin / 2)
    this.#maxBin = Math.floor(this.#maxBin / 2)
  }

  #published(): ImportPreview {
    const first = Number.isFinite(this.#minBin) ? this.#minBin : 0
    const bins = Number.isFinite(this.#maxBin) ? this.#maxBin - first + 1 : 0
    const inOrder = (counts: Float64Array): Float64Array =>
      Float64Array.from({ length: bins }, (_, at) => counts[(first + at) & (previewBins - 1)]!)
    const ordered = this.#others
      ? [...this.#lanes.filter(lane => lane !== this.#others), this.#others]
      : this.#lanes
    return {
      by: this.#services.size > 1 ? 'service' : 'operation',
      startNs: first * this.#binNs,
      binNs: this.#binNs,
      lanes: ordered.map(lane => ({
        ...lane,
        starts: inOrder(lane.starts),
        errorStarts: inOrder(lane.errorStarts),
      })),
    }
  }
}

/** To be called often: tells when there is something for the first time, then every `tellMs`, and when it is all. */
export function teller(
  builder: StoreBuilder,
  onPreview: (preview: ImportPreview) => void,
): (isAll?: boolean) => void {
  const reader = new PreviewReader(builder)
  let toldAt = Number.NEGATIVE_INFINITY
  return (isAll = false) => {
    if (builder.spans.count === 0 || (!isAll && performance.now() - toldAt < tellMs)) return
    onPreview(reader.look())
    toldAt = performance.now()
  }
}

const emptyCounts = (name: string): Counts => ({
  name,
  spans: 0,
  errors: 0,
  starts: new Float64Array(previewBins),
  errorStarts: new Float64Array(previewBins),
})

function add(to: Counts, from: Counts): void {
  to.spans += from.spans
  to.errors += from.errors
  for (let at = 0; at < previewBins; at++) {
    to.starts[at]! += from.starts[at]!
    to.errorStarts[at]! += from.errorStarts[at]!
  }
}
