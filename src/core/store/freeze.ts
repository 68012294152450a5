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
import { addOpenSpans } from './open-spans.ts'
import { dropRepeatedRecords } from './repeated-records.ts'
import type { AttributeTable, LinkTable, RecordTable, SpanTable, Store } from './store.ts'
import { placeOnAxis } from './time-axis.ts'

export function freeze(builder: StoreBuilder): Store {
  const droppedRecords = dropRepeatedRecords(builder)
  const index = indexSpans(builder)
  addOpenSpans(builder, index, droppedRecords)
  const axis = placeOnAxis(builder, index, droppedRecords)
  const forest = plantForest(builder, index, axis)
  const clocks = measureClocks(builder)

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
  for (let row = 0; row < count; row++) {
    const at = forest.order[row]!
    rowOf[at] = row
    spans.traceId.set(from.traceId.data.subarray(at * 16, at * 16 + 16), row * 16)
    spans.spanId.set(from.spanId.data.subarray(at * 8, at * 8 + 8), row * 8)
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
  }
}

interface AttributeTaker {
  /** Copies a range of the builder's attributes; returns where the copy starts. */
  (start: number, end: number): number
  table(): AttributeTable
}

function attributeTaker(builder: StoreBuilder): AttributeTaker {
  const { key, type, value, count: total } = builder.attributes
  // Open spans share their attributes with the record that tells of them, so the copy may be longer than the source.
  let out = { key: new Int32Array(total), type: new Uint8Array(total), value: new Float64Array(total) }
  let count = 0
  const take = (start: number, end: number): number => {
    const at = count
    if (count + end - start > out.key.length) out = grown(out, (count + end - start) * 2)
    for (let i = start; i < end; i++, count++) {
      out.key[count] = key.data[i]!
      out.type[count] = type.data[i]!
      out.value[count] = value.data[i]!
    }
    return at
  }
  const table = (): AttributeTable => ({
    count,
    key: out.key.slice(0, count),
    type: out.type.slice(0, count),
    value: out.value.slice(0, count),
  })
  return Object.assign(take, { table })
}

function grown(from: { key: Int32Array; type: Uint8Array; value: Float64Array }, length: number) {
  const to = { key: new Int32Array(length), type: new Uint8Array(length), value: new Float64Array(length) }
  to.key.set(from.key)
  to.type.set(from.type)
  to.value.set(from.value)
  return to as typeof from & {
    key: Int32Array<ArrayBuffer>
    type: Uint8Array<ArrayBuffer>
    value: Float64Array<ArrayBuffer>
  }
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
    span: new Int32Array(count),
    process: new Int32Array(count),
    attrStart: new Int32Array(count + 1),
  } satisfies RecordTable
  for (let row = 0; row < count; row++) {
    const at = kept[row]!
    const span = from.span.data[at]!
    const joined = span >= 0 ? span : index.find(from.traceId.data, at * 16, from.spanId.data, at * 8)
    out.timeNs[row] = timeNs[at]!
    out.name[row] = from.name.data[at]!
    out.body[row] = from.body.data[at]!
    out.severity[row] = from.severity.data[at]!
    out.span[row] = joined < 0 ? -1 : rowOf[joined]!
    out.process[row] = from.process.data[at]!
    out.attrStart[row] = take(from.attrStart.data[at]!, from.attrEnd.data[at]!)
  }
  out.attrStart[count] = take(0, 0)
  return out
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
    type: new Int32Array(count),
    attrStart: new Int32Array(count + 1),
  } satisfies LinkTable
  for (let row = 0; row < count; row++) {
    const at = kept[row]!
    const to = index.find(from.traceId.data, at * 16, from.spanId.data, at * 8)
    out.from[row] = rowOf[from.from.data[at]!]!
    out.to[row] = to < 0 ? -1 : rowOf[to]!
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
