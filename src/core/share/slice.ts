/**
 * A stretch of the trace as OTLP/JSON that imports to the same spans, records and links: what a bundle or a picture
 * takes along. Spans that touch the interval come with all their ancestors, and with the records that belong to them.
 */
import { otlpDocument } from '../convert/otlp.ts'
import type { Store } from '../store/store.ts'

/** One OTLP/JSON document with traces and logs of [fromNs, toNs]. */
export function sliceOtlp(store: Store, fromNs: number, toNs: number): string {
  const spans = chooseSpans(store, fromNs, toNs)
  const { count, span, timeNs } = store.records
  const records = new Uint8Array(count)
  for (let at = 0; at < count; at++) {
    const inside = timeNs[at]! >= fromNs && timeNs[at]! <= toNs
    records[at] = span[at]! >= 0 ? spans[span[at]!]! : Number(inside)
  }
  return otlpDocument(store, { spans, records })
}

/** 1 for each row that touches the interval or is an ancestor of one that does. Rows are in pre-order: one pass back. */
function chooseSpans(store: Store, fromNs: number, toNs: number): Uint8Array {
  const { count, startNs, endNs, parent } = store.spans
  const chosen = new Uint8Array(count)
  for (let row = count - 1; row >= 0; row--) {
    if (startNs[row]! <= toNs && endNs[row]! >= fromNs) chosen[row] = 1
    if (chosen[row] && parent[row]! >= 0) chosen[parent[row]!] = 1
  }
  return chosen
}
