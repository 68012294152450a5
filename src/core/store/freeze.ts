/**
 * Builder → frozen store, step by step:
 *
 *     drop duplicates → add never-ended spans → place all on one time axis → parents, ghosts, cycles
 *     → pre-order → clocks → fingerprint → join records and links → move the columns, one by one
 */
import type { StoreBuilder } from './builder.ts'
import { describeProcesses, measureClocks } from './clocks.ts'
import { gather, type I32Column, type Typed } from './columns.ts'
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

  // What looks at several columns comes before the first of them is given back.
  const fingerprint = fingerprintOf(builder, index)
  const processes = describeProcesses(builder, axis, clocks, droppedRecords)
  const from = builder.spans
  for (const column of [from.startSec, from.startNano, from.endSec, from.endNano, from.parentId])
    column.drop()

  // Spans, in pre-order. Their ids and names are looked up by records and links, so those move last.
  const { order } = forest
  const count = order.length
  const rowOf = new Int32Array(from.count).fill(-1)
  for (let row = 0; row < count; row++) rowOf[order[row]!] = row
  const take = attributeTaker(builder)
  const moved = {
    kind: from.kind.moved(order),
    status: from.status.moved(order),
    statusMessage: from.statusMessage.moved(order),
    startNs: gather(axis.startNs, order, 1, new Float64Array(count)),
    endNs: gather(axis.endNs, order, 1, new Float64Array(count)),
    flags: from.flags.moved(order),
    process: from.process.moved(order),
    scope: from.scope.moved(order),
    attrStart: takeAll(take, from, order),
  }
  const records = joinRecords(builder, index, axis.recordNs, droppedRecords, rowOf, take)
  const links = joinLinks(builder, index, rowOf, take)
  const { parent, depth, subtreeEnd } = forest
  const spans = {
    count,
    traceId: from.traceId.moved(order, 16),
    spanId: from.spanId.moved(order, 8),
    parent,
    depth,
    subtreeEnd,
    name: from.name.moved(order),
    ...moved,
  } satisfies SpanTable

  return {
    fingerprint,
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
    value: copied(attributes.value, new Float64Array(count), ranges, used),
    key: copied(attributes.key, new Int32Array(count), ranges, used),
    type: copied(attributes.type, new Uint8Array(count), ranges, used),
  })
  return Object.assign(take, { table })
}

/** Orders copies of the attributes of these rows; where each will start, and the last will end. */
function takeAll(
  take: AttributeTaker,
  { attrStart, attrEnd }: { attrStart: I32Column; attrEnd: I32Column },
  rows: Int32Array,
): Int32Array {
  const starts = new Int32Array(rows.length + 1)
  for (let row = 0; row < rows.length; row++)
    starts[row] = take(attrStart.data[rows[row]!]!, attrEnd.data[rows[row]!]!)
  starts[rows.length] = take(0, 0)
  attrStart.drop()
  attrEnd.drop()
  return starts
}

/** The ranges of a column, one after the other, in `to`; the column is used up. */
function copied<T extends Typed>(
  column: { data: T; drop(): void },
  to: T,
  ranges: Int32Array,
  used: number,
): T {
  const from = column.data
  let out = 0
  for (let range = 0; range < used; range += 2) {
    const start = ranges[range]!
    const end = ranges[range + 1]!
    if (end - start > 64) {
      to.set(from.subarray(start, end), out)
      out += end - start
    } else for (let at = start; at < end; at++) to[out++] = from[at]!
  }
  column.drop()
  return to
}

type Index = ReturnType<typeof indexSpans>

function joinRecords(
  builder: StoreBuilder,
  index: Index,
  timeNs: Float64Array<ArrayBuffer>,
  dropped: Uint8Array,
  rowOf: Int32Array,
  take: AttributeTaker,
): RecordTable {
  const from = builder.records
  const rows = keptRecords(builder, index, timeNs, dropped)
  const count = rows.length
  const span = new Int32Array(count)
  const flags = new Uint8Array(count)
  const strays: number[] = []
  for (let row = 0; row < count; row++) {
    const at = rows[row]!
    const own = from.span.data[at]!
    const joined = own >= 0 ? own : index.find(from.traceId.data, at * 16, from.spanId.data, at * 8)
    flags[row] = from.flags.data[at]! | (own >= 0 ? RecordFlag.event : 0)
    if (joined < 0 && !(isZero(from.traceId.data, at * 16, 16) && isZero(from.spanId.data, at * 8, 8)))
      strays.push(row)
    span[row] = joined < 0 ? -1 : rowOf[joined]!
  }
  const strayRows = Int32Array.from(strays)
  const strayFrom = strayRows.map(row => rows[row]!)
  return {
    count,
    timeNs: gather(timeNs, rows, 1, new Float64Array(count)),
    name: from.name.moved(rows),
    body: from.body.moved(rows),
    severity: from.severity.moved(rows),
    flags,
    span,
    process: from.process.moved(rows),
    scope: from.scope.moved(rows),
    attrStart: takeAll(take, from, rows),
    strays: {
      rows: strayRows,
      traceId: from.traceId.moved(strayFrom, 16),
      spanId: from.spanId.moved(strayFrom, 8),
    },
  }
}

/** Builder rows of the records that stay, by time. */
function keptRecords(
  builder: StoreBuilder,
  index: Index,
  timeNs: Float64Array,
  dropped: Uint8Array,
): Int32Array {
  const { span, count } = builder.records
  const rows = new Int32Array(count)
  let kept = 0
  for (let at = 0; at < count; at++) {
    const own = span.data[at]!
    if (dropped[at] || (own >= 0 && index.keeperOf(own) !== own)) continue
    rows[kept++] = at
  }
  return rows.subarray(0, kept).sort((a, b) => timeNs[a]! - timeNs[b]! || a - b)
}

function joinLinks(builder: StoreBuilder, index: Index, rowOf: Int32Array, take: AttributeTaker): LinkTable {
  const from = builder.links
  const rows = Int32Array.from({ length: from.count }, (_, at) => at)
    .filter(at => index.keeperOf(from.from.data[at]!) === from.from.data[at]!)
    .sort((a, b) => rowOf[from.from.data[a]!]! - rowOf[from.from.data[b]!]! || a - b)
  const to = rows.map(at => {
    const span = index.find(from.traceId.data, at * 16, from.spanId.data, at * 8)
    if (span < 0) {
      const owner = from.from.data[at]!
      const name = (): string => builder.text.strings[builder.spans.name.data[owner]!]!
      builder.issues.add('unresolved-link', () => `${builder.placeOf(owner)}: link of span "${name()}"`)
    }
    return span < 0 ? -1 : rowOf[span]!
  })
  return {
    count: rows.length,
    from: from.from.moved(rows).map(span => rowOf[span]!),
    to,
    traceId: from.traceId.moved(rows, 16),
    spanId: from.spanId.moved(rows, 8),
    type: from.type.moved(rows),
    attrStart: takeAll(take, from, rows),
  }
}
