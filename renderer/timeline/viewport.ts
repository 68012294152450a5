/**
 * Time window arithmetic, free of any surface.
 *
 *        startNs                                   endNs
 *     │ gutter ├───────────────────────────────────────┤
 *     0      gutterPx                               widthPx
 */
export interface TimeWindow {
  readonly startNs: number
  readonly endNs: number
}

/** Below this window a pixel is far under a nanosecond and doubles start to show. */
export const SHORTEST_NS = 200
/** How far the window may leave the trace, as a part of the trace. */
const MARGIN = 0.04

export function clampWindow(window: TimeWindow, durationNs: number): TimeWindow {
  const margin = Math.max(durationNs * MARGIN, SHORTEST_NS / 2)
  const longest = Math.max(durationNs + 2 * margin, SHORTEST_NS)
  const asked = window.endNs - window.startNs
  const length = Math.min(longest, Math.max(SHORTEST_NS, asked))
  const latest = durationNs + margin - length
  // What fits stays to the last bit: arithmetic on it would move it by a rounding.
  if (length === asked && window.startNs >= -margin && window.startNs <= latest)
    return { startNs: window.startNs, endNs: window.endNs }
  const middle = (window.startNs + window.endNs) / 2
  const startNs = Math.min(Math.max(middle - length / 2, -margin), latest)
  return { startNs, endNs: startNs + length }
}

/** The whole trace with a hair of air on both sides. */
export function fitAll(durationNs: number): TimeWindow {
  const air = durationNs * 0.015
  return clampWindow({ startNs: -air, endNs: durationNs + air }, durationNs)
}

/** A stretch with air around it: what `F`, double-click and a finding fly to. */
export function fitStretch(startNs: number, endNs: number, durationNs: number, air = 0.18): TimeWindow {
  const length = Math.max(endNs - startNs, SHORTEST_NS)
  return clampWindow({ startNs: startNs - length * air, endNs: endNs + length * air }, durationNs)
}

/** `factor` > 1 shows more time. The instant `atNs` keeps its place. */
export function zoomAt(window: TimeWindow, factor: number, atNs: number, durationNs: number): TimeWindow {
  const length = window.endNs - window.startNs
  const wanted = Math.max(SHORTEST_NS, length * factor)
  const part = (atNs - window.startNs) / length
  const startNs = atNs - part * wanted
  return clampWindow({ startNs, endNs: startNs + wanted }, durationNs)
}

export function panBy(window: TimeWindow, byNs: number, durationNs: number): TimeWindow {
  return clampWindow({ startNs: window.startNs + byNs, endNs: window.endNs + byNs }, durationNs)
}

export function centreOn(window: TimeWindow, atNs: number, durationNs: number): TimeWindow {
  const half = (window.endNs - window.startNs) / 2
  return clampWindow({ startNs: atNs - half, endNs: atNs + half }, durationNs)
}

/** Width of the column of lane names: what the user set, but never so much that there is no room for the lanes. */
export const gutterWithin = (gutterPx: number, widthPx: number): number =>
  Math.min(gutterPx, Math.round(widthPx * 0.36))

export function nsAt(window: TimeWindow, xPx: number, gutterPx: number, widthPx: number): number {
  const part = (xPx - gutterPx) / Math.max(1, widthPx - gutterPx)
  return window.startNs + part * (window.endNs - window.startNs)
}

export function pxAt(window: TimeWindow, ns: number, gutterPx: number, widthPx: number): number {
  const part = (ns - window.startNs) / (window.endNs - window.startNs)
  return gutterPx + part * (widthPx - gutterPx)
}

/** Between two windows: zooms exponentially, so that the speed feels even at every scale. `t` in [0, 1]. */
export function between(from: TimeWindow, to: TimeWindow, t: number): TimeWindow {
  if (t >= 1) return to
  const a = from.endNs - from.startNs
  const b = to.endNs - to.startNs
  const length = a * (b / a) ** t
  // The centre moves in step with the growth of the window, else a deep zoom sweeps past the trace.
  const grown = Math.abs(a - b) < Math.min(a, b) * 1e-3 ? t : (length - a) / (b - a)
  const centre = (from.startNs + from.endNs) / 2
  const target = (to.startNs + to.endNs) / 2
  const middle = centre + (target - centre) * grown
  return { startNs: middle - length / 2, endNs: middle + length / 2 }
}
