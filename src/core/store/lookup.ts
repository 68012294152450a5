/** From ids to rows: what notes, pictures and command lines name spans by. The index is made on first use. */
import { type IdWords, SpanIndex } from './span-index.ts'
import type { Store } from './store.ts'

const indexes = new WeakMap<Store, SpanIndex>()

/** Row of the span with these hex ids, -1 when the store has none. Ids of other lengths than 32 and 16 are padded left. */
export function rowOfSpan(store: Store, traceIdHex: string, spanIdHex: string): number {
  const traceId = bytesOf(traceIdHex, 16)
  const spanId = bytesOf(spanIdHex, 8)
  if (!traceId || !spanId) return -1
  let index = indexes.get(store)
  if (!index) {
    index = new SpanIndex(wordsOf(store.spans.traceId), wordsOf(store.spans.spanId), store.spans.count)
    for (let row = 0; row < store.spans.count; row++) index.insert(row)
    indexes.set(store, index)
  }
  return index.find(wordsOf(traceId), wordsOf(spanId), 0)
}

const wordsOf = ({ buffer, byteOffset, byteLength }: Uint8Array): IdWords => ({
  words: new Int32Array(buffer, byteOffset, byteLength / 4),
})

function bytesOf(hex: string, size: number): Uint8Array | null {
  if (hex.length > size * 2 || !/^[0-9a-fA-F]*$/.test(hex)) return null
  const padded = hex.padStart(size * 2, '0')
  return Uint8Array.from({ length: size }, (_, i) => Number.parseInt(padded.slice(i * 2, i * 2 + 2), 16))
}
