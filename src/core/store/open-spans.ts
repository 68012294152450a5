/**
 * Never-ended spans. The recorder writes `interleave.span.open` records for what is older than a second; one whose
 * span never came is a span of its own: open, with the last record's attributes.
 */
import { Event, Key } from '../convention/keys.ts'
import { parseId } from '../import/ids.ts'
import { type Instant, parseInstant } from '../import/instant.ts'
import { type StoreBuilder, spanFields } from './builder.ts'
import { type BuilderIndex, describe } from './duplicates.ts'
import { isZero, spanWords } from './span-index.ts'
import { AttributeType, SpanFlag } from './store.ts'

export function addOpenSpans(builder: StoreBuilder, index: BuilderIndex, dropped: Uint8Array): void {
  const { spans, records, text } = builder
  const openName = text.find(Event.spanOpen)
  const typeName = text.find(Event.spanOpen)
  if (openName < 0 && typeName < 0) return
  const firstAdded = spans.count
  const losses = lossIntervals(builder)
  const span = spanFields()
  const start: Instant = { sec: 0, nano: 0 }
  for (let at = 0; at < records.count; at++) {
    if (records.name.data[at] !== openName || dropped[at]) continue
    if (isZero(records.spanId, at, spanWords)) continue
    const known = index.find(records.traceId, records.spanId, at)
    if (known >= 0) {
      // A later record of the same open span knows more than an earlier one.
      if (known >= firstAdded && isLater(builder, at, known)) takeAttributes(builder, at, known)
      continue
    }
    span.traceId.set(records.traceId.data.subarray(at * 16, at * 16 + 16))
    span.spanId.set(records.spanId.data.subarray(at * 8, at * 8 + 8))
    span.parentId.fill(0)
    const parent = textAttribute(builder, at, Key.spanParentId)
    if (parent) parseId(parent, span.parentId)
    const name = textAttribute(builder, at, Key.spanName)
    span.name = text.add(name || 'unnamed')
    const started = textAttribute(builder, at, Key.spanStart)
    const readable = started !== '' && parseInstant(started, start)
    span.startSec = readable ? start.sec : records.sec.data[at]!
    span.startNano = readable ? start.nano : records.nano.data[at]!
    span.kind = 1
    span.process = records.process.data[at]!
    span.flags = SpanFlag.open
    span.scope = text.add('interleave')
    const row = builder.addSpan(span)
    spans.input.data[row] = records.input.data[at]!
    spans.line.data[row] = 0
    // The time of the record that gave the attributes, until the row's own end is known.
    spans.endSec.data[row] = 0
    takeAttributes(builder, at, row)
    index.insert(row)
  }
  for (let row = firstAdded; row < spans.count; row++) {
    const lost = losses.some(
      loss => loss.process === spans.process.data[row] && loss.to.sec >= spans.startSec.data[row]!,
    )
    builder.issues.add(lost ? 'open-span-unknown' : 'open-span', () => describe(builder, row))
  }
  lastRecord.delete(builder)
}

/** Record that gave an open span its attributes, per builder while it is frozen. */
const lastRecord = new WeakMap<StoreBuilder, Map<number, number>>()

function takeAttributes(builder: StoreBuilder, record: number, row: number): void {
  builder.spans.attrStart.data[row] = builder.records.attrStart.data[record]!
  builder.spans.attrEnd.data[row] = builder.records.attrEnd.data[record]!
  let byRow = lastRecord.get(builder)
  if (!byRow) {
    byRow = new Map()
    lastRecord.set(builder, byRow)
  }
  byRow.set(row, record)
}

function isLater(builder: StoreBuilder, record: number, row: number): boolean {
  const before = lastRecord.get(builder)?.get(row)
  if (before === undefined) return true
  const { sec, nano } = builder.records
  return sec.data[record]! - sec.data[before]! || nano.data[record]! - nano.data[before]!
    ? sec.data[record]! > sec.data[before]! ||
        (sec.data[record] === sec.data[before] && nano.data[record]! > nano.data[before]!)
    : true
}

function textAttribute(builder: StoreBuilder, record: number, name: string): string {
  const wanted = builder.text.find(name)
  if (wanted < 0) return ''
  const { key, type, value } = builder.attributes
  for (let at = builder.records.attrStart.data[record]!; at < builder.records.attrEnd.data[record]!; at++) {
    if (key.data[at] !== wanted) continue
    const kind = type.data[at]
    return kind === AttributeType.string || kind === AttributeType.json
      ? builder.text.strings[value.data[at]!]!
      : String(value.data[at]!)
  }
  return ''
}

function lossIntervals(builder: StoreBuilder): { process: number; from: Instant; to: Instant }[] {
  const out: { process: number; from: Instant; to: Instant }[] = []
  const lossName = builder.text.find(Event.loss)
  if (lossName < 0) return out
  for (let at = 0; at < builder.records.count; at++) {
    if (builder.records.name.data[at] !== lossName) continue
    if (!(Number(textAttribute(builder, at, Key.lossCount)) > 0)) continue
    const from: Instant = { sec: 0, nano: 0 }
    const to: Instant = { sec: builder.records.sec.data[at]!, nano: builder.records.nano.data[at]! }
    parseInstant(textAttribute(builder, at, Key.lossFrom), from)
    parseInstant(textAttribute(builder, at, Key.lossTo), to)
    out.push({ process: builder.records.process.data[at]!, from, to })
  }
  return out
}
