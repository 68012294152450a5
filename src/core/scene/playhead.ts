import type { Frame } from './frame.ts'
import { RULER_PX } from './geometry.ts'
import type { Mark } from './scene.ts'
import { formatClock, formatRelative } from './time-text.ts'

type TextMark = Extract<Mark, { kind: 'text' }>

/** The selected area as a light band. */
export function drawRange(frame: Frame): void {
  const { range } = frame.input.highlights
  if (!range || !frame.inView(range.startNs, range.endNs)) return
  const x = frame.clampedX(range.startNs)
  const w = Math.max(1, frame.clampedX(range.endNs) - x)
  const { accent } = frame.theme
  for (const [y, h] of stretchesOf(frame, range.lanes)) {
    frame.push({ kind: 'rect', x, y, w, h, fill: accent, pattern: 'solid', alpha: 0.12 })
    for (const edge of [x, x + w]) {
      frame.push({ kind: 'line', x1: edge, y1: y, x2: edge, y2: y + h, stroke: accent, width: 1 })
    }
  }
}

/** From top to bottom where no lanes are named; else where they stand. */
function stretchesOf(frame: Frame, lanes: readonly string[]): readonly (readonly [y: number, h: number])[] {
  if (lanes.length === 0) return [[frame.topPx, frame.bottomPx - frame.topPx]]
  const named = new Set(lanes)
  return frame.laneBoxes.filter(({ lane }) => named.has(lane)).map(({ y, h }) => [y, h])
}

/**
 * A line through all lanes with the instant on top, and the ticks' labels of the ruler: none is written under the instant.
 */
export function playheadMarks(frame: Frame, ticks: readonly TextMark[], atNs: number): Mark[] {
  const { theme, input } = frame
  if (atNs < 0 || !frame.inView(atNs, atNs)) return [...ticks]
  const x = frame.x(atNs)
  const step = Math.max(1, frame.nsPerPx)
  const text =
    input.timeDisplay === 'relative'
      ? formatRelative(atNs, step)
      : formatClock(input.session.store.epochUnixNano, atNs, step, input.timeDisplay)
  const w = frame.text(text, 11, true) + 12
  const left = Math.min(frame.rightPx - w, Math.max(frame.leftPx, x - w / 2))
  const seen = ticks.filter(
    tick => tick.x >= left + w || tick.x + frame.text(tick.text, tick.size, false) <= left,
  )
  return [
    ...seen,
    {
      kind: 'line',
      x1: x,
      y1: RULER_PX - 8,
      x2: x,
      y2: frame.bottomPx,
      stroke: theme.playhead,
      width: 1.5,
    },
    {
      kind: 'rect',
      x: left,
      y: RULER_PX - 22,
      w,
      h: 17,
      fill: theme.playhead,
      pattern: 'solid',
      radius: 3,
    },
    {
      kind: 'text',
      x: left + w / 2,
      y: RULER_PX - 9.5,
      text,
      size: 11,
      fill: theme.playheadText,
      bold: true,
      align: 'middle',
    },
  ]
}
