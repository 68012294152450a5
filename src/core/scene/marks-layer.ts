import { ItemFlag } from '../lanes/lane.ts'
import { barsOf, targetOf } from './bars.ts'
import type { Frame } from './frame.ts'
import type { PlacedLane } from './geometry.ts'
import { itemText } from './names.ts'

/** Errors, deploys, complaints: a symbol with its text where there is room. */
export function drawMarksLane(frame: Frame, placed: PlacedLane): void {
  const { theme } = frame
  const size = 12
  const bars = barsOf(frame, placed, 0, 'mark', size)
  bars.forEach((bar, index) => {
    const x = frame.clampedX(bar.startNs)
    const y = bar.y + bar.h / 2
    const error = (bar.flags & ItemFlag.error) !== 0
    frame.push({
      kind: 'symbol',
      symbol: error ? 'error' : 'flag',
      x,
      y,
      size,
      fill: error ? theme.error : theme.mark,
      stroke: theme.background,
    })
    frame.labels.block({ x: x - size / 2, y: y - size / 2, w: size, h: size })
    frame.hits.push({
      x: x - size / 2,
      y: y - size / 2,
      w: size,
      h: size,
      target: targetOf(placed, bar),
    })
    if (placed.fold === 'collapsed') return
    const next = bars[index + 1]
    const before = bars[index - 1]
    const right = (next ? frame.clampedX(next.startNs) - size : frame.rightPx) - x - size
    const left = x - size - (before ? frame.clampedX(before.startNs) + size : frame.leftPx)
    const leftwards = right < 120 && left > right
    const text = itemText(frame, 'mark', placed.lane.items.ref[bar.item]!, 0)
    frame.labels.add({
      text: bar.count > 1 ? `${bar.count} ×  ${text}` : text,
      x: leftwards ? x - size / 2 - 3 : x + size / 2 + 3,
      align: leftwards ? 'end' : 'start',
      maxPx: Math.min(320, leftwards ? left : right),
      y: y + 3.5,
      size: 10,
      fill: error ? theme.errorText : theme.text,
      halo: theme.background,
    })
  })
}
