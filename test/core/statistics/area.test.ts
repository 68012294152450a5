import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Session } from '../../../src/core/scene/scene.ts'
import { type Area, areaStatistics } from '../../../src/core/statistics/area.ts'
import { blameBySite } from '../../../src/core/statistics/blame-by-site.ts'
import { histogramOf } from '../../../src/core/statistics/histogram.ts'
import { laneOf, starved } from '../../support/scene.ts'

function statisticsOf(session: Session, area: Area) {
  const steps = areaStatistics(session, area)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

const ms = 1e6
describe('an area', () => {
  it('counts what lies in it once and cuts it to its edges', () => {
    const session = starved()
    const { model, lanes, store } = session
    const all = statisticsOf(session, { startNs: 0, endNs: store.durationNs, lanes })
    expect(all.tasks.count).toBe(3)
    expect(all.holds.count).toBe(2)
    // T3's wait is drawn by its task and by the pool.
    const t3 = model.waits.findIndex(wait => wait.outcome === 'timeout')
    expect(all.waits.listed.filter(wait => wait.index === t3)).toHaveLength(1)
    const part = statisticsOf(session, { startNs: 1500 * ms, endNs: 1700 * ms, lanes })
    expect(part.resources).toEqual([
      { resource: 0, holds: 2, heldNs: 400 * ms, waits: 1, waitedNs: 200 * ms },
    ])
  })

  it('takes only the lanes it covers', () => {
    const session = starved()
    const lanes = [laneOf(session, 'resource:db')]
    const pool = statisticsOf(session, { startNs: 0, endNs: session.store.durationNs, lanes })
    expect(pool.tasks.count).toBe(0)
    expect(pool.holds.count).toBe(2)
  })
})

describe('blame by site', () => {
  it('splits waiting evenly over those who held meanwhile', () => {
    const { model } = starved()
    const t3 = model.waits.findIndex(wait => wait.outcome === 'timeout')
    const sites = blameBySite(model, [t3], 1500 * ms, 1700 * ms)
    expect(sites.reduce((sum, { ns }) => sum + ns, 0)).toBeCloseTo(200 * ms)
    expect(sites.every(({ known }) => known)).toBe(true)
  })

  it('nothing is lost: blame is all the waiting in the area, however the holds lie', () => {
    const piece = fc.record({ startNs: fc.nat(1000), length: fc.nat(1000) })
    fc.assert(
      fc.property(
        fc.array(piece),
        fc.array(piece),
        fc.nat(1000),
        fc.nat(1000),
        (waits, holds, from, length) => {
          const { model } = starved()
          const made = {
            ...model,
            waits: waits.map(one => ({
              ...model.waits[0]!,
              startNs: one.startNs,
              endNs: one.startNs + one.length,
            })),
            holds: holds.map((one, index) => ({
              ...model.holds[0]!,
              site: `s${index % 3}`,
              startNs: one.startNs,
              endNs: one.startNs + one.length,
            })),
          }
          const to = from + length
          const inside = waits.reduce(
            (sum, one) =>
              sum + Math.max(0, Math.min(to, one.startNs + one.length) - Math.max(from, one.startNs)),
            0,
          )
          const blamed = blameBySite(
            made,
            waits.map((_, index) => index),
            from,
            to,
          )
          expect(blamed.reduce((sum, { ns }) => sum + ns, 0)).toBeCloseTo(inside, 3)
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('a histogram', () => {
  it('counts every length once, in buckets that double', () => {
    expect(histogramOf([])).toBeNull()
    const found = histogramOf([0, 1, 3, 1000, 1e9])!
    expect(found.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(5)
    expect(found).toMatchObject({ medianNs: 3, longestNs: 1e9 })
    expect(found.buckets.length).toBeLessThanOrEqual(24)
  })
})
