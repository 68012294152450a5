import { queuesOf } from '../replay/queues.ts'
import { barsOf, drawBar, labelBar, uncovered, visibleRows } from './bars.ts'
import type { Frame } from './frame.ts'
import type { PlacedLane } from './geometry.ts'
import { itemText } from './names.ts'
import { drawStepArea } from './step-area.ts'

/** Depth as steps against the capacity; below it the items that lie in the queue. */
export function drawQueueLane(frame: Frame, placed: PlacedLane): void {
  const queue = queuesOf(frame.input.session.model)[placed.lane.subject]
  if (!queue) return
  const { stripPx } = placed.geometry
  if (stripPx > 0) {
    drawStepArea(frame, {
      atNs: queue.atNs,
      value: queue.depth,
      topPx: placed.y + placed.geometry.rowTop(0) - stripPx - 4,
      heightPx: stripPx,
      limit: queue.capacity,
      text: value => (queue.capacity > 0 ? `capacity ${value}` : `most ${value}`),
    })
  }
  for (const row of visibleRows(frame, placed)) {
    barsOf(frame, placed, row, 'queued').forEach((bar, at, bars) => {
      drawBar(frame, placed, bar)
      labelBar(
        frame,
        uncovered(bars, at),
        () => itemText(frame, 'queued', placed.lane.items.ref[bar.item]!, bar.endNs - bar.startNs),
        9.5,
      )
    })
  }
}
