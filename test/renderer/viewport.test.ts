import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  between,
  clampWindow,
  fitAll,
  fitStretch,
  nsAt,
  panBy,
  pxAt,
  SHORTEST_NS,
  zoomAt,
} from '../../renderer/timeline/viewport.ts'

const duration = 1e9
const anyWindow = fc
  .tuple(
    fc.double({ min: 0, max: duration, noNaN: true }),
    fc.double({ min: SHORTEST_NS, max: duration, noNaN: true }),
  )
  .map(([startNs, length]) => clampWindow({ startNs, endNs: startNs + length }, duration))

describe('viewport', () => {
  it('leaves a window to the last bit where it is while the trace grows', () => {
    fc.assert(
      fc.property(
        anyWindow,
        fc.double({ min: duration, max: 100 * duration, noNaN: true }),
        (window, grown) => {
          expect(clampWindow(window, grown)).toEqual(window)
        },
      ),
    )
  })

  it('keeps the instant under the cursor where it is while zooming in', () => {
    fc.assert(
      fc.property(anyWindow, fc.double({ min: 0, max: 1, noNaN: true }), (window, part) => {
        fc.pre(window.endNs - window.startNs > 10 * SHORTEST_NS)
        const at = window.startNs + part * (window.endNs - window.startNs)
        fc.pre(at > 0 && at < duration)
        const zoomed = zoomAt(window, 0.5, at, duration)
        expect((at - zoomed.startNs) / (zoomed.endNs - zoomed.startNs)).toBeCloseTo(part, 4)
      }),
    )
  })

  it('never leaves the trace further than its margin, and never turns inside out', () => {
    fc.assert(
      fc.property(
        anyWindow,
        fc.double({ min: 0.001, max: 1000, noNaN: true }),
        fc.integer({ min: -1e10, max: 1e10 }),
        (window, factor, by) => {
          const moved = panBy(zoomAt(window, factor, window.startNs, duration), by, duration)
          expect(moved.endNs - moved.startNs).toBeGreaterThanOrEqual(SHORTEST_NS * 0.999)
          expect(moved.startNs).toBeGreaterThanOrEqual(-duration * 0.05)
          expect(moved.endNs).toBeLessThanOrEqual(duration * 1.05)
        },
      ),
    )
  })

  it('shows all, with air', () => {
    const all = fitAll(duration)
    expect(all.startNs).toBeLessThan(0)
    expect(all.endNs).toBeGreaterThan(duration)
  })

  it('shows an instant as a stretch of its own', () => {
    const { startNs, endNs } = fitStretch(500, 500, duration)
    expect(endNs - startNs).toBeGreaterThanOrEqual(SHORTEST_NS)
  })

  it('converts px and ns both ways', () => {
    const window = { startNs: 1000, endNs: 3000 }
    expect(nsAt(window, 200, 200, 1200)).toBe(1000)
    expect(nsAt(window, 700, 200, 1200)).toBe(2000)
    expect(pxAt(window, 2000, 200, 1200)).toBe(700)
  })

  it('flies from one window exactly to the other, zooming all the way', () => {
    const from = { startNs: 0, endNs: 1e9 }
    const to = { startNs: 4e8, endNs: 4e8 + 1e6 }
    expect(between(from, to, 1)).toBe(to)
    const lengths = [0, 0.25, 0.5, 0.75, 0.99].map(t => {
      const { startNs, endNs } = between(from, to, t)
      return endNs - startNs
    })
    expect(lengths).toEqual(lengths.toSorted((a, b) => b - a))
    const near = between(from, to, 0.999999)
    expect(near.startNs).toBeCloseTo(to.startNs, -4)
  })

  it('survives a trace without length', () => {
    const { startNs, endNs } = fitAll(0)
    expect(Number.isFinite(startNs) && endNs > startNs).toBe(true)
  })
})
