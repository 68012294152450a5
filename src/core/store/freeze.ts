/**
 * Builder → frozen store, step by step:
 *
 *     drop duplicates → add never-ended spans → place all on one time axis → parents, ghosts, cycles
 *     → pre-order → copy the columns → join records and links → clocks → fingerprint
 */
import type { StoreBuilder } from './builder.ts'
import { describeProcesses, measureClocks } from './clocks.ts'
import { indexSpans } from './duplicates.ts'
import { fingerprintOf } from './fingerprint.ts'
import { plantForest } from './forest.ts'
import { freezeGauges } from './gauges.ts'
import { addOpenSpans } from './open-spans.ts'
import { dropRepeatedRecords } from './repeated-records.ts'
import { isZero } from './span-index.ts'
import {
  type AttributeTable,
  type LinkTable,
  RecordFlag,
  type RecordTable,
  type SpanTable,
  type Store,
} from './store.ts'
import { type AxisOptions, placeOnAxis } from './time-axis.ts'

export function freeze(builder: StoreBuilder, options: AxisOptions): Store {
  const droppedRecords = dropRepeatedRecords(builder)
  const index = indexSpans(builder)
  addOpenSpans(builder, index, droppedRecords)
  const axis = placeOnAxis(builder, index, droppedRecords, options)
  const forest = plantForest(builder, index, axis)
  const clocks = measureClocks(builder, index)

  const take = attributeTaker(builder)

  // Spans, in pre-order.
  const from = builder.spans
  const count = forest.order.length
  const rowOf = new Int32Array(from.count).fill(-1)
  const spans = {
    count,
    traceId: new Uint8Array(count * 16),
    spanId: new Uint8Array(count * 8),
    parent: forest.parent,
    depth: forest.depth,
    subtreeEnd: forest.subtreeEnd,
    name: new Int32Array(count),
    kind: new Uint8Array(count),
    status: new Uint8Array(count),
    statusMessage: new Int32Array(count),
    startNs: new Float64Array(count),
    endNs: new Float64Array(count),
    flags: new Uint16Array(count),
    process: new Int32Array(count),
    scope: new Int32Array(count),
    attrStart: new Int32Array(count + 1),
  } satisfies SpanTable
  const traceId = from.traceId.data
  const spanId = from.spanId.data
  for (let row = 0; row < count; row++) {
    const at = forest.order[row]!
    rowOf[at] = row
    for (let i = 0; i < 16; i++) spans.traceId[row * 16 + i] = traceId[at * 16 + i]!
    for (let i = 0; i < 8; i++) spans.spanId[row * 8 + i] = spanId[at * 8 + i]!
    spans.name[row] = from.name.data[at]!
    spans.kind[row] = from.kind.data[at]!
    spans.status[row] = from.status.data[at]!
    spans.statusMessage[row] = from.statusMessage.data[at]!
    spans.startNs[row] = axis.startNs[at]!
    spans.endNs[row] = axis.endNs[at]!
    spans.flags[row] = from.flags.data[at]!
    spans.process[row] = from.process.data[at]!
    spans.scope[row] = from.scope.data[at]!
    spans.attrStart[row] = take(from.attrStart.data[at]!, from.attrEnd.data[at]!)
  }
  spans.attrStart[count] = take(0, 0)

  const records = joinRecords(builder, index, axis.recordNs, droppedRecords, rowOf, take)
  const links = joinLinks(builder, index, rowOf, take)
  const processes = describeProcesses(builder, axis, clocks, droppedRecords)

  return {
    fingerprint: fingerprintOf(builder, index),
    epochUnixNano: axis.epochUnixNano,
    durationNs: axis.durationNs,
    strings: builder.text.strings,
    spans,
    records,
    links,
    attributes: take.table(),
    processes,
    gauges: freezeGauges(builder, axis),
    scopes: [...builder.scopes.values()],
  }
}

interface AttributeTaker {
  /** Orders a copy of a range of the builder's attributes; returns where the copy will start. */
  (start: number, end: number): number
  /** Copies column by column and gives the builder's memory back on the way: little is there twice. */
  table(): AttributeTable
}

function attributeTaker(builder: StoreBuilder): AttributeTaker {
  const { attributes } = builder
  let ranges = new Int32Array(2 * (builder.spans.count + builder.records.count + builder.links.count + 1024))
  let used = 0
  let count = 0
  const take = (start: number, end: number): number => {
    const at = count
    if (end === start) return at
    // Neighbours that stay neighbours are one range.
    if (used > 0 && ranges[used - 1] === start) ranges[used - 1] = end
    else {
      if (used === ranges.length) {
        const grown = new Int32Array(used * 2)
        grown.set(ranges)
        ranges = grown
      }
      ranges[used++] = start
      ranges[used++] = end
    }
    count += end - start
    return at
  }
  const table = (): AttributeTable => ({
    count,
    value: copied(attributes.value.release(), new Float64Array(count), ranges, used),
    key: copied(attributes.key.release(), new Int32Array(count), ranges, used),
    type: copied(attributes.type.release(), new Uint8Array(count), ranges, used),
  })
  return Object.assign(take, { table })
}

/** The ranges of `from`, one after the other, in `to`. */
function copied<T extends Int32Array | Uint8Array | Float64Array>(
  from: T,
  to: T,
  ranges: Int32Array,
  used: number,
): T {
  let out = 0
  for (let range = 0; range < used; range += 2) {
    const start = ranges[range]!
    const end = ranges[range + 1]!
    if (end - start > 64) {
      to.set(from.subarray(start, end), out)
      out += end - start
    } else for (let at = start; at < end; at++) to[out++] = from[at]!
  }
  return to
}

type Index = ReturnType<typeof indexSpans>

function joinRecords(
  builder: StoreBuilder,
  index: Index,
  timeNs: Float64Array,
  dropped: Uint8Array,
  rowOf: Int32Array,
  take: AttributeTaker,
): RecordTable {
  const from = builder.records
  const kept: number[] = []
  for (let at = 0; at < from.count; at++) {
    const span = from.span.data[at]!
    if (dropped[at] || (span >= 0 && index.keeperOf(span) !== span)) continue
    kept.push(at)
  }
  kept.sort((a, b) => timeNs[a]! - timeNs[b]! || a - b)
  const count = kept.length
  const out = {
    count,
    timeNs: new Float64Array(count),
    name: new Int32Array(count),
    body: new Int32Array(count),
    severity: new Uint8Array(count),
    flags: new Uint8Array(count),
    span: new Int32Array(count),
    process: new Int32Array(count),
    scope: new Int32Array(count),
    attrStart: new Int32Array(count + 1),
  }
  const strays: number[] = []
  for (let row = 0; row < count; row++) {
    const at = kept[row]!
    const span = from.span.data[at]!
    const joined = span >= 0 ? span : index.find(from.traceId.data, at * 16, from.spanId.data, at * 8)
    out.timeNs[row] = timeNs[at]!
    out.name[row] = from.name.data[at]!
    out.body[row] = from.body.data[at]!
    out.severity[row] = from.severity.data[at]!
    out.flags[row] = from.flags.data[at]! | (span >= 0 ? RecordFlag.event : 0)
    if (joined < 0 && !(isZero(from.traceId.data, at * 16, 16) && isZero(from.spanId.data, at * 8, 8)))
      strays.push(row)
    out.span[row] = joined < 0 ? -1 : rowOf[joined]!
    out.process[row] = from.process.data[at]!
    out.scope[row] = from.scope.data[at]!
    out.attrStart[row] = take(from.attrStart.data[at]!, from.attrEnd.data[at]!)
  }
  out.attrStart[count] = take(0, 0)
  const ids = { traceId: new Uint8Array(strays.length * 16), spanId: new Uint8Array(strays.length * 8) }
  for (const [nth, row] of strays.entries()) {
    const at = kept[row]!
    ids.traceId.set(from.traceId.data.subarray(at * 16, at * 16 + 16), nth * 16)
    ids.spanId.set(from.spanId.data.subarray(at * 8, at * 8 + 8), nth * 8)
  }
  return { ...out, strays: { rows: Int32Array.from(strays), ...ids } }
}

function joinLinks(builder: StoreBuilder, index: Index, rowOf: Int32Array, take: AttributeTaker): LinkTable {
  const from = builder.links
  const kept: number[] = []
  for (let at = 0; at < from.count; at++) {
    if (index.keeperOf(from.from.data[at]!) === from.from.data[at]!) kept.push(at)
  }
  kept.sort((a, b) => rowOf[from.from.data[a]!]! - rowOf[from.from.data[b]!]! || a - b)
  const count = kept.length
  const out = {
    count,
    from: new Int32Array(count),
    to: new Int32Array(count),
    traceId: new Uint8Array(count * 16),
    spanId: new Uint8Array(count * 8),
    type: new Int32Array(count),
    attrStart: new Int32Array(count + 1),
  } satisfies LinkTable
  for (let row = 0; row < count; row++) {
    const at = kept[row]!
    const to = index.find(from.traceId.data, at * 16, from.spanId.data, at * 8)
    out.from[row] = rowOf[from.from.data[at]!]!
    out.to[row] = to < 0 ? -1 : rowOf[to]!
    out.traceId.set(from.traceId.data.subarray(at * 16, at * 16 + 16), row * 16)
    out.spanId.set(from.spanId.data.subarray(at * 8, at * 8 + 8), row * 8)
    out.type[row] = from.type.data[at]!
    out.attrStart[row] = take(from.attrStart.data[at]!, from.attrEnd.data[at]!)
    if (to < 0) {
      builder.issues.add(
        'unresolved-link',
        () =>
          `${builder.placeOf(from.from.data[at]!)}: link of span "${builder.text.strings[builder.spans.name.data[from.from.data[at]!]!]}"`,
      )
    }
  }
  out.attrStart[count] = take(0, 0)
  return out
}
