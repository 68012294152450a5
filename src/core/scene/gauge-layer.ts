import { gaugeLimit, gaugeText } from '../convention/gauges.ts'
import type { Frame } from './frame.ts'
import type { PlacedLane } from './geometry.ts'

/**
 * A metric as steps: each value holds until the next one is told.
 *
 *     ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄  limit, else the highest value in words
 *        ▄▄▄█████▁▁
 */
export function drawGaugeLane(frame: Frame, placed: PlacedLane): void {
  const { theme, input } = frame
  const { gauges } = input.session.store
  const gauge = gauges[placed.lane.subject]
  if (!gauge) return
  const limit = gaugeLimit(gauges, gauge)
  const peak = gauge.value.reduce((most, value) => Math.max(most, value), 0)
  const top = Math.max(limit, peak, Number.MIN_VALUE) * 1.1
  const bottomY = placed.y + placed.geometry.rowTop(0) + placed.geometry.rowHeight(0)
  const yOf = (value: number): number => bottomY - (Math.max(0, value) / top) * placed.geometry.rowHeight(0)
  const curve = columns(frame, gauge.atNs, gauge.value)
  if (curve.length > 0) {
    const line = curve.flatMap(({ x, value }, at) =>
      at === 0 ? [x, yOf(value)] : [x, yOf(curve[at - 1]!.value), x, yOf(value)],
    )
    const area = [curve[0]!.x, bottomY, ...line, curve.at(-1)!.x, bottomY]
    frame.push({ kind: 'path', points: area, fill: theme.holdEdge, alpha: 0.3 })
    frame.push({ kind: 'path', points: line, stroke: theme.holdEdge, width: 1.25 })
  }
  if (limit > 0) {
    const y = yOf(limit)
    const stroke = peak >= limit ? theme.contendedEdge : theme.textMuted
    frame.push({
      kind: 'line',
      x1: frame.leftPx,
      y1: y,
      x2: frame.rightPx,
      y2: y,
      stroke,
      width: 1,
      dashed: true,
    })
  }
  if (placed.collapsed) return
  frame.labels.add({
    text: limit > 0 ? `limit ${gaugeText(gauge, limit)}` : `max ${gaugeText(gauge, peak)}`,
    x: frame.rightPx - 6,
    maxPx: 90,
    y: placed.y + placed.geometry.rowTop(0) + 12,
    size: 9.5,
    fill: theme.textMuted,
    halo: theme.background,
    align: 'end',
  })
}

/** The highest value of each pixel column that has points, and the last point before the view. */
function columns(
  frame: Frame,
  atNs: Float64Array,
  value: Float64Array,
): readonly { readonly x: number; readonly value: number }[] {
  const { startNs, endNs } = frame.input.viewport
  const out: { x: number; value: number }[] = []
  for (let at = firstAtOrBefore(atNs, startNs); at < atNs.length && atNs[at]! <= endNs; at++) {
    const x = Math.round(Math.max(frame.leftPx, frame.x(atNs[at]!)))
    const last = out.at(-1)
    if (last?.x === x) last.value = Math.max(last.value, value[at]!)
    else out.push({ x, value: value[at]! })
  }
  // The last value told is not known to hold for ever, but until somebody says otherwise.
  if (out.length > 0) out.push({ x: frame.rightPx, value: out.at(-1)!.value })
  return out
}

function firstAtOrBefore(atNs: Float64Array, ns: number): number {
  let low = 0
  for (let high = atNs.length; low < high; ) {
    const middle = (low + high) >> 1
    if (atNs[middle]! <= ns) low = middle + 1
    else high = middle
  }
  return Math.max(0, low - 1)
}
