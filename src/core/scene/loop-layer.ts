import { barsOf, drawBar, labelBar } from './bars.ts'
import type { Frame } from './frame.ts'
import type { PlacedLane } from './geometry.ts'
import { itemText } from './names.ts'

/** What ran on the loop, stalls on top. */
export function drawLoopLane(frame: Frame, placed: PlacedLane): void {
  const { items } = placed.lane
  for (const bar of barsOf(frame, placed, 0, 'slice')) {
    const stripe = { ...bar, y: bar.y + bar.h * 0.15, h: bar.h * 0.7 }
    drawBar(frame, placed, stripe)
    const task = frame.input.session.model.slices.task[items.ref[bar.item]!]!
    labelBar(frame, stripe, () => itemText(frame, 'task', task, 0))
  }
  for (const bar of barsOf(frame, placed, 0, 'stall')) {
    // Paper under the hatch, so that the slice below does not shine through.
    frame.push({
      kind: 'rect',
      x: bar.x,
      y: bar.y,
      w: bar.w,
      h: bar.h,
      fill: frame.theme.background,
      pattern: 'solid',
    })
    drawBar(frame, placed, bar)
    labelBar(frame, bar, () => itemText(frame, 'stall', items.ref[bar.item]!, bar.endNs - bar.startNs), 11)
  }
}
