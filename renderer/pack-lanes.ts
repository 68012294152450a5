/**
 * Small lanes on their way to the page. Each column of each lane is a buffer of its own, and a hundred thousand lanes are
 * 700,000 buffers: moving them takes far longer than what is in them. Copied side by side they are one.
 *
 *     start start start … │ end end end … │ ref … │ span … │ row … │ kind … │ flags …
 *     lane  lane  lane
 */
import type { Lane, LaneItems } from '../src/core/lanes/lane.ts'

/** Lanes of more items keep their buffers: moving those costs nothing. */
const MOST_COPIED = 1024
const ITEM_BYTES = 8 + 8 + 4 + 4 + 2 + 1 + 1

export function packLanes(lanes: readonly Lane[]): Lane[] {
  let total = 0
  for (const { items } of lanes) if (items.count <= MOST_COPIED) total += items.count
  const buffer = new ArrayBuffer(total * ITEM_BYTES)
  // Widest first, so that every column is aligned.
  const all = {
    startNs: new Float64Array(buffer, 0, total),
    endNs: new Float64Array(buffer, total * 8, total),
    ref: new Int32Array(buffer, total * 16, total),
    span: new Int32Array(buffer, total * 20, total),
    row: new Uint16Array(buffer, total * 24, total),
    kind: new Uint8Array(buffer, total * 26, total),
    flags: new Uint8Array(buffer, total * 27, total),
  }
  let at = 0
  const moved = <
    Column extends { set(from: Column, at: number): void; subarray(a: number, b: number): Column },
  >(
    column: Column,
    from: Column,
    count: number,
  ): Column => {
    column.set(from, at)
    return column.subarray(at, at + count)
  }
  return lanes.map(lane => {
    const { count } = lane.items
    if (count > MOST_COPIED) return lane
    const items: LaneItems = {
      count,
      startNs: moved(all.startNs, lane.items.startNs, count),
      endNs: moved(all.endNs, lane.items.endNs, count),
      ref: moved(all.ref, lane.items.ref, count),
      span: moved(all.span, lane.items.span, count),
      row: moved(all.row, lane.items.row, count),
      kind: moved(all.kind, lane.items.kind, count),
      flags: moved(all.flags, lane.items.flags, count),
    }
    at += count
    return { ...lane, items }
  })
}
