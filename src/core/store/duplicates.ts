/**
 * The builder's spans by id. Identical copies (the same file twice, exporter retries) are dropped, an unfinished copy
 * gives way to the finished one, and different spans that share an id are both kept: children hang under the first.
 */
import type { StoreBuilder } from './builder.ts'
import { type IdWords, isZero, mix, SpanIndex, sameWords, spanWords } from './span-index.ts'

export interface BuilderIndex {
  /** Row of the span whose ids stand at row `at` of these, -1 when there is none. Asked for siblings, it need not search. */
  find(traceId: IdWords, spanId: IdWords, at: number): number
  /** The row that stands for this one: itself, or the copy that was kept. */
  keeperOf(row: number): number
  /** Tells of a row that was added to the builder after the index was made. */
  insert(row: number): void
}

export function indexSpans(builder: StoreBuilder): BuilderIndex {
  const spans = builder.spans
  nameTheNameless(builder)
  const index = new SpanIndex(spans.traceId, spans.spanId, spans.count)
  const keeper = new Map<number, number>()
  for (let row = 0; row < spans.count; row++) {
    const first = index.insert(row)
    if (first === -1) continue
    if (sameSpan(builder, first, row)) {
      keeper.set(row, first)
      builder.issues.add('duplicate-span', () => describe(builder, row))
    } else if (isOpen(builder, first) !== isOpen(builder, row)) {
      if (isOpen(builder, first)) finish(builder, first, row)
      keeper.set(row, first)
      builder.issues.add('duplicate-span', () => describe(builder, row))
    } else builder.issues.add('conflicting-span', () => describe(builder, row))
  }
  let last = -1
  return {
    find(traceId, spanId, at) {
      if (isZero(spanId, at, spanWords)) return -1
      if (last === -1 || !index.isOf(last, traceId, spanId, at)) last = index.find(traceId, spanId, at)
      return last
    },
    keeperOf: row => (keeper.size === 0 ? row : (keeper.get(row) ?? row)),
    insert: row => void index.insert(row),
  }
}

export function describe(builder: StoreBuilder, row: number): string {
  const { name, spanId } = builder.spans
  const id = Array.from(spanId.data.subarray(row * 8, row * 8 + 8), b =>
    b.toString(16).padStart(2, '0'),
  ).join('')
  return `${builder.placeOf(row)}: span ${id} "${builder.text.strings[name.data[row]!]!.slice(0, 80)}"`
}

const isOpen = (builder: StoreBuilder, row: number): boolean =>
  builder.spans.endSec.data[row] === 0 && builder.spans.endNano.data[row] === 0

function sameSpan(builder: StoreBuilder, a: number, b: number): boolean {
  const { name, kind, startSec, startNano, endSec, endNano, parentId } = builder.spans
  return (
    startSec.data[a] === startSec.data[b] &&
    startNano.data[a] === startNano.data[b] &&
    endSec.data[a] === endSec.data[b] &&
    endNano.data[a] === endNano.data[b] &&
    name.data[a] === name.data[b] &&
    kind.data[a] === kind.data[b] &&
    sameWords(parentId.words, a, parentId.words, b, spanWords)
  )
}

/** Copies what a later, finished report of the same span adds: end, status and attributes. */
function finish(builder: StoreBuilder, open: number, finished: number): void {
  const { endSec, endNano, status, statusMessage, attrStart, attrEnd } = builder.spans
  for (const column of [endSec, endNano, status, statusMessage, attrStart, attrEnd]) {
    column.data[open] = column.data[finished]!
  }
}

/** Spans without an id get one made of their content, so that it does not depend on file order. */
function nameTheNameless(builder: StoreBuilder): void {
  const { spanId, name, startSec, startNano, endSec, endNano, count } = builder.spans
  const used = new Map<number, number>()
  for (let row = 0; row < count; row++) {
    if (!isZero(spanId, row, spanWords)) continue
    let hash = 17
    const text = builder.text.strings[name.data[row]!]!
    for (let i = 0; i < text.length; i++) hash = mix(hash, text.charCodeAt(i))
    for (const part of [startSec, startNano, endSec, endNano]) hash = mix(hash, part.data[row]! | 0)
    const nth = used.get(hash) ?? 0
    used.set(hash, nth + 1)
    const view = new DataView(spanId.data.buffer, spanId.data.byteOffset + row * 8, 8)
    view.setUint32(0, 0x6e6f6964) // "noid"
    view.setInt32(4, mix(hash, nth) || 1)
    builder.issues.add('missing-id', () => describe(builder, row))
  }
}
