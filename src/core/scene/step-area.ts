import { firstAfter } from '../sorted.ts'
import type { Frame } from './frame.ts'
import { drawLimitLine, nameLimit } from './limit-line.ts'
import { highest, pyramid } from './usage.ts'

export interface StepArea {
  /** Ascending; each value holds until the next one. */
  readonly atNs: Float64Array
  readonly value: Float64Array
  readonly topPx: number
  readonly heightPx: number
  /** At most ≤ 0: there is none. */
  readonly limit: number
  /** Names the limit, or where there is none the highest value; `''` says nothing. */
  readonly text: (value: number) => string
}

const peaks = new WeakMap<Float64Array, readonly Float32Array[]>()

/**
 * A value over time as a stepped area.
 *
 *     ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄  limit, else the highest value in words
 *        ▄▄▄█████▁▁
 */
export function drawStepArea(frame: Frame, { atNs, value, topPx, heightPx, limit, text }: StepArea): void {
  const { theme } = frame
  let levels = peaks.get(value)
  if (!levels) {
    levels = pyramid(Float32Array.from(value))
    peaks.set(value, levels)
  }
  const peak = highest(levels, 0, value.length - 1)
  const most = Math.max(limit, peak, Number.MIN_VALUE) * 1.1
  const bottomY = topPx + heightPx
  const yOf = (of: number): number => bottomY - (Math.max(0, of) / most) * heightPx
  const curve = columns(frame, atNs, levels)
  if (curve.length > 0) {
    const line = curve.flatMap(({ x, of }, at) =>
      at === 0 ? [x, yOf(of)] : [x, yOf(curve[at - 1]!.of), x, yOf(of)],
    )
    const area = [curve[0]!.x, bottomY, ...line, curve.at(-1)!.x, bottomY]
    frame.push({ kind: 'path', points: area, fill: theme.holdEdge, alpha: 0.3 })
    frame.push({ kind: 'path', points: line, stroke: theme.holdEdge, width: 1.25 })
  }
  if (limit > 0) drawLimitLine(frame, yOf(limit), peak >= limit)
  nameLimit(frame, text(limit > 0 ? limit : peak), topPx + 12)
}

/** The value before the view, and from there the highest of each pixel column in which it changes. */
function columns(
  frame: Frame,
  atNs: Float64Array,
  levels: readonly Float32Array[],
): readonly { readonly x: number; readonly of: number }[] {
  const { startNs, endNs } = frame.input.viewport
  const out: { x: number; of: number }[] = []
  let at = Math.max(0, firstAfter(atNs, startNs) - 1)
  while (at < atNs.length && atNs[at]! <= endNs) {
    const x = Math.round(Math.max(frame.leftPx, frame.x(atNs[at]!)))
    const next = Math.max(at + 1, firstAfter(atNs, startNs + (x + 0.5 - frame.leftPx) * frame.nsPerPx))
    out.push({ x, of: highest(levels, at, next - 1) })
    // What the column ends with goes on to the next change.
    const last = levels[0]![next - 1]!
    if (last !== out.at(-1)!.of) out.push({ x: x + 1, of: last })
    at = next
  }
  // The last value told is not known to hold for ever, but until somebody says otherwise.
  if (out.length > 0) out.push({ x: frame.rightPx, of: out.at(-1)!.of })
  return out
}
