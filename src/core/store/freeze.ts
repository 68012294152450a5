/**
 * Builder → frozen store, step by step:
 *
 *     drop duplicates → add never-ended spans → place all on one time axis → clocks → fingerprint
 *     → parents, ghosts, cycles → pre-order → join records and links → move the columns, one by one
 */
import type { StoreBuilder } from './builder.ts'
import { describeProcesses, measureClocks } from './clocks.ts'
import { SpareBuffers, timesAt } from './columns.ts'
import { indexSpans } from './duplicates.ts'
import { fingerprintOf } from './fingerprint.ts'
import { plantForest } from './forest.ts'
import { freezeGauges } from './gauges.ts'
import { addOpenSpans } from './open-spans.ts'
import { dropRepeatedRecords } from './repeated-records.ts'
import { sortByKey } from './sort-by-key.ts'
import { isZero, spanWords, traceWords } from './span-index.ts'
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
  const clocks = measureClocks(builder, index)
  const fingerprint = fingerprintOf(builder, index, axis)
  const processes = describeProcesses(builder, axis, clocks, droppedRecords)

  // From here on columns are used up, one after the other.
  const spare = new SpareBuffers()
  const from = builder.spans
  for (const column of [from.startSec, from.startNano, from.endSec, from.endNano]) column.drop(spare)
  const forest = plantForest(builder, index, axis, spare)

  // Spans, in pre-order. Their ids and names are looked up by records and links, so those move last.
  const { order } = forest
  const count = order.length
  const rowOf = spare.integers(from.count).fill(-1)
  for (let row = 0; row < count; row++) rowOf[order[row]!] = row
  const moved = {
    kind: from.kind.moved(order, spare),
    status: from.status.moved(order, spare),
    statusMessage: from.statusMessage.moved(order, spare),
    startNs: timesAt(axis.startNs, order, spare),
    endNs: timesAt(axis.endNs, order, spare),
    flags: from.flags.moved(order, spare),
    process: from.process.moved(order, spare),
    scope: from.scope.moved(order, spare),
    attrStart: from.attrStart.moved(order, spare),
    attrEnd: from.attrEnd.moved(order, spare),
  }
  const records = joinRecords(builder, index, axis.recordNs, droppedRecords, rowOf, spare)
  const links = joinLinks(builder, index, rowOf, spare)
  const { parent, depth, subtreeEnd } = forest
  const spans = {
    count,
    traceId: from.traceId.moved(order, spare, 16),
    spanId: from.spanId.moved(order, spare, 8),
    parent,
    depth,
    subtreeEnd,
    name: from.name.moved(order, spare),
    ...moved,
  } satisfies SpanTable
  spare.give(order.buffer)
  spare.give(rowOf.buffer)
  spare.clear()

  return {
    fingerprint,
    epochUnixNano: axis.epochUnixNano,
    durationNs: axis.durationNs,
    strings: builder.text.strings,
    spans,
    records,
    links,
    attributes: attributeTable(builder),
    processes,
    gauges: freezeGauges(builder, axis),
    scopes: [...builder.scopes.values()],
  }
}

function attributeTable({ attributes }: StoreBuilder): AttributeTable {
  const { count, key, type, value } = attributes
  return { count, key: key.first(count), type: type.first(count), value: value.first(count) }
}

type Index = ReturnType<typeof indexSpans>

function joinRecords(
  builder: StoreBuilder,
  index: Index,
  timeNs: Float64Array<ArrayBuffer>,
  dropped: Uint8Array,
  rowOf: Int32Array,
  spare: SpareBuffers,
): RecordTable {
  const from = builder.records
  const rows = keptRecords(builder, index, timeNs, dropped, spare)
  const count = rows.length
  const span = new Int32Array(count)
  const flags = new Uint8Array(count)
  const strays: number[] = []
  for (let row = 0; row < count; row++) {
    const at = rows[row]!
    const own = from.span.data[at]!
    const joined = own >= 0 ? own : index.find(from.traceId, from.spanId, at)
    flags[row] = from.flags.data[at]! | (own >= 0 ? RecordFlag.event : 0)
    if (joined < 0 && !(isZero(from.traceId, at, traceWords) && isZero(from.spanId, at, spanWords)))
      strays.push(row)
    span[row] = joined < 0 ? -1 : rowOf[joined]!
  }
  const strayRows = Int32Array.from(strays)
  const strayFrom = strayRows.map(row => rows[row]!)
  return {
    count,
    timeNs: timesAt(timeNs, rows, spare),
    name: from.name.moved(rows, spare),
    body: from.body.moved(rows, spare),
    severity: from.severity.moved(rows, spare),
    flags,
    span,
    process: from.process.moved(rows, spare),
    scope: from.scope.moved(rows, spare),
    attrStart: from.attrStart.moved(rows, spare),
    attrEnd: from.attrEnd.moved(rows, spare),
    strays: {
      rows: strayRows,
      traceId: from.traceId.moved(strayFrom, spare, 16),
      spanId: from.spanId.moved(strayFrom, spare, 8),
    },
  }
}

/** Builder rows of the records that stay, by time. */
function keptRecords(
  builder: StoreBuilder,
  index: Index,
  timeNs: Float64Array,
  dropped: Uint8Array,
  spare: SpareBuffers,
): Int32Array {
  const { span, count } = builder.records
  const rows = new Int32Array(count)
  let kept = 0
  for (let at = 0; at < count; at++) {
    const own = span.data[at]!
    if (dropped[at] || (own >= 0 && index.keeperOf(own) !== own)) continue
    rows[kept++] = at
  }
  const all = rows.subarray(0, kept)
  sortByKey(all, timeNs, spare)
  return all
}

function joinLinks(builder: StoreBuilder, index: Index, rowOf: Int32Array, spare: SpareBuffers): LinkTable {
  const from = builder.links
  const owners = from.from.data.subarray(0, from.count)
  const rows = Int32Array.from(owners, (_, at) => at).filter(
    at => index.keeperOf(owners[at]!) === owners[at]!,
  )
  sortByKey(
    rows,
    Float64Array.from(owners, span => rowOf[span]!),
    spare,
  )
  const to = rows.map(at => {
    const span = index.find(from.traceId, from.spanId, at)
    if (span < 0) {
      const owner = owners[at]!
      const name = (): string => builder.text.strings[builder.spans.name.data[owner]!]!
      builder.issues.add('unresolved-link', () => `${builder.placeOf(owner)}: link of span "${name()}"`)
    }
    return span < 0 ? -1 : rowOf[span]!
  })
  return {
    count: rows.length,
    from: from.from.moved(rows, spare).map(span => rowOf[span]!),
    to,
    traceId: from.traceId.moved(rows, spare, 16),
    spanId: from.spanId.moved(rows, spare, 8),
    type: from.type.moved(rows, spare),
    attrStart: from.attrStart.moved(rows, spare),
    attrEnd: from.attrEnd.moved(rows, spare),
  }
}
