import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutMiddle, estimateWidth, oneLine } from '../../../src/core/scene/measure.ts'
import { niceStep, ticks } from '../../../src/core/scene/ticks.ts'
import { formatClock, formatDuration, formatRelative } from '../../../src/core/scene/time-text.ts'

describe('times', () => {
  it.each([
    [0, '0 ms'],
    [7_000_000, '7 ms'],
    [1_240_000_000, '1.24 s'],
    [840_000, '840 µs'],
    [12, '12 ns'],
    [725e9, '12 min 5 s'],
    [3600e9 * 5 + 60e9, '5 h 1 min'],
    [71 * 3600e9, '71 h 0 min'],
    [30 * 86_400e9, '30 d'],
    [-7e6, '−7 ms'],
  ])('%d ns is %s', (ns, text) => expect(formatDuration(ns)).toBe(text))

  it.each([
    [12.34e9, 1e7, '12.34 s'],
    [0, 1e9, '0 s'],
    [5e6, 1e6, '5 ms'],
    [62.5e9, 5e8, '1:02.5'],
    [3723e9, 1e9, '1:02:03'],
    [59.96e9, 60e9, '1:00'],
    [7 * 86_400e9, 168 * 3600e9, '7 d'],
  ])('%d ns in steps of %d is %s', (ns, step, text) => expect(formatRelative(ns, step)).toBe(text))

  it('reads the clock in UTC, fine enough for the step', () => {
    const epoch = '1767225600000000000'
    expect(formatClock(epoch, 1.5e9, 1e8, 'utc')).toBe('00:00:01.5')
    expect(formatClock(epoch, 60e9, 60e9, 'utc', true)).toBe('2026-01-01 00:01')
    expect(formatClock(epoch, 1234, 1, 'utc')).toBe('00:00:00.000001234')
  })

  it('survives instants that no calendar has', () => {
    expect(formatClock('99999999999999999999999', 1e9, 1e9, 'utc')).toBe('1 s')
  })
})

describe('ticks', () => {
  it('are round, in view and far enough apart', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e15, noNaN: true }),
        fc.double({ min: 1, max: 1e14, noNaN: true }),
        (from, span) => {
          const minNs = span / 12
          const { stepNs, at } = ticks(from, from + span, minNs, 0)
          expect(stepNs).toBeGreaterThanOrEqual(minNs)
          expect(at.length).toBeLessThanOrEqual(14)
          for (const ns of at) {
            expect(ns).toBeGreaterThanOrEqual(from - stepNs * 1e-6)
            expect(ns).toBeLessThanOrEqual(from + span + stepNs * 1e-6)
          }
        },
      ),
    )
  })

  it('step as clocks do', () => {
    expect(niceStep(3e9)).toBe(5e9)
    expect(niceStep(11e9)).toBe(15e9)
    expect(niceStep(40e9)).toBe(60e9)
    expect(niceStep(1.2e6)).toBe(2e6)
  })

  it('of the wall clock fall on its round times', () => {
    const { at } = ticks(0, 10e9, 2e9, 0.25e9)
    expect(at[0]).toBe(1.75e9)
  })
})

describe('cutting', () => {
  const measure = (text: string): number => estimateWidth(text, 10, false)

  it('keeps both ends and always fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.nat(300), (text, maxPx) => {
        const cut = cutMiddle(text, maxPx, measure)
        if (cut !== '') expect(measure(cut)).toBeLessThanOrEqual(maxPx)
        expect(cut.isWellFormed()).toBe(true)
      }),
    )
    const cut = cutMiddle('GET /conversations/4521/stream', 100, measure)
    expect(cut).toMatch(/^GET .*….*m$/)
  })

  it('does not choke on a gigantic name, and drops what would break the line', () => {
    expect(cutMiddle('x'.repeat(5_000_000), 100, measure).length).toBeLessThan(30)
    expect(oneLine('a\nb\u202ec\u0000d')).toBe('a bc d')
  })
})
