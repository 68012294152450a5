import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ItemBuilder } from '../../../src/core/lanes/items.ts'
import { queryTrackKept } from '../../../src/core/lanes/kept-query.ts'
import { ItemFlag, type Lane } from '../../../src/core/lanes/lane.ts'
import { bucketFor, countStarts, type Emit, laneIndex, queryTrack } from '../../../src/core/lanes/mipmap.ts'

interface Item {
  readonly startNs: number
  readonly lengthNs: number
  readonly error: boolean
}

/** One row whose items lie one after another. */
function laneOf(items: readonly Item[]): Lane {
  const builder = new ItemBuilder()
  items.forEach(({ startNs, lengthNs, error }, at) => {
    builder.push('span', at, at, startNs, startNs + lengthNs, 0, error ? ItemFlag.error : 0)
  })
  return {
    id: 'x',
    kind: 'task',
    label: 'x',
    group: 'x',
    process: 0,
    subject: -1,
    rows: 1,
    items: builder.finish(),
  }
}

const rows = fc
  .array(fc.record({ gap: fc.nat(50), lengthNs: fc.oneof(fc.nat(3), fc.nat(400)), error: fc.boolean() }), {
    minLength: 1,
    maxLength: 300,
  })
  .map(given => {
    let at = 0
    return given.map(({ gap, lengthNs, error }) => {
      const startNs = at + gap
      at = startNs + lengthNs
      return { startNs, lengthNs, error: error && startNs % 7 === 0 }
    })
  })

function query(lane: Lane, fromNs: number, toNs: number, bucketNs: number, aloneNs = bucketNs) {
  const [track] = laneIndex(lane).tracks
  const out: { startNs: number; endNs: number; count: number; flags: number }[] = []
  const emit: Emit = (_, startNs, endNs, count, flags) => {
    out.push({ startNs, endNs, count, flags })
    return true
  }
  queryTrack(lane.items, track!, fromNs, toNs, bucketNs, emit, aloneNs)
  return out
}

describe('level of detail', () => {
  it('is the same when the view moves over what is kept of earlier queries', () => {
    const windows = fc.array(fc.tuple(fc.nat(20_000), fc.integer({ min: 1, max: 9000 }), fc.nat(9)), {
      minLength: 1,
      maxLength: 12,
    })
    fc.assert(
      fc.property(rows, windows, (given, moves) => {
        const lane = laneOf(given)
        for (const [fromNs, lengthNs, power] of moves) {
          const [toNs, bucketNs] = [fromNs + lengthNs, 2 ** power]
          const kept: ReturnType<typeof query> = []
          queryTrackKept(
            lane.items,
            laneIndex(lane).tracks[0]!,
            fromNs,
            toNs,
            bucketNs,
            (_, startNs, endNs, count, flags) => kept.push({ startNs, endNs, count, flags }) > 0,
          )
          // At the left edge a block may have begun further out.
          const inside = ({ startNs }: { startNs: number }): boolean => startNs >= fromNs + bucketNs
          expect(kept.filter(inside)).toEqual(query(lane, fromNs, toNs, bucketNs).filter(inside))
          for (const { startNs, endNs } of kept) expect(startNs <= toNs && endNs >= fromNs).toBe(true)
        }
      }),
    )
  })

  it('counts every item once and hides no error', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: 9 }), (given, power) => {
        const bucketNs = 2 ** power
        const drawn = query(laneOf(given), 0, Number.MAX_SAFE_INTEGER, bucketNs)
        expect(drawn.reduce((sum, each) => sum + each.count, 0)).toBe(given.length)
        for (const { startNs, lengthNs, error } of given) {
          const cover = drawn.filter(
            each => each.startNs <= startNs && each.endNs >= startNs + Math.min(lengthNs, 0),
          )
          expect(cover.length).toBeGreaterThan(0)
          if (error) expect(cover.some(each => (each.flags & ItemFlag.error) !== 0)).toBe(true)
        }
      }),
    )
  })

  it('draws at most one block a bucket, and long items by themselves', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 2, max: 9 }), (given, power) => {
        const bucketNs = 2 ** power
        const drawn = query(laneOf(given), 0, Number.MAX_SAFE_INTEGER, bucketNs)
        const long = given.filter(({ lengthNs }) => lengthNs >= bucketNs).length
        const span = given.at(-1)!.startNs + 1
        // A long item may split its bucket's block in two.
        expect(drawn.length).toBeLessThanOrEqual(2 * long + Math.ceil(span / bucketNs) + 1)
        expect(
          drawn.filter(({ startNs, endNs, count }) => count === 1 && endNs - startNs >= bucketNs).length,
        ).toBe(long)
      }),
    )
  })

  it('finds what reaches into the view from the left', () => {
    const lane = laneOf([
      { startNs: 0, lengthNs: 1000, error: false },
      ...Array.from({ length: 40 }, (_, at) => ({ startNs: 1000 + at * 10, lengthNs: 5, error: false })),
    ])
    const drawn = query(lane, 900, 1100, 1)
    expect(drawn[0]).toMatchObject({ startNs: 0, endNs: 1000 })
    expect(drawn.length).toBe(12)
    expect(countStarts(laneIndex(lane).tracks[0]!, 1000, 1100)).toBe(10)
  })

  it('draws few blocks where thousands of long items lie over each other, when none is to stand alone', () => {
    const lane = laneOf(
      Array.from({ length: 5000 }, (_, at) => ({ startNs: at % 3, lengthNs: 1000, error: at === 77 })),
    )
    expect(query(lane, 0, 1000, 64)).toHaveLength(5000)
    const [block, ...others] = query(lane, 0, 1000, 64, Number.POSITIVE_INFINITY)
    expect(others).toEqual([])
    expect(block).toEqual({ startNs: 0, endNs: 1002, count: 5000, flags: ItemFlag.error })
  })

  it('ends where a bucket is finer than a double can tell', () => {
    const far = 2 ** 52
    const lane = laneOf([0, 0, 1, 2].map(step => ({ startNs: far + step, lengthNs: 0, error: false })))
    expect(
      query(lane, 0, Number.MAX_SAFE_INTEGER, bucketFor(1e-9)).reduce((sum, each) => sum + each.count, 0),
    ).toBe(4)
  })

  it('is the same for buckets of the same power, so that panning does not shimmer', () => {
    expect(bucketFor(1000)).toBe(512)
    expect(bucketFor(1023)).toBe(512)
    expect(bucketFor(1024)).toBe(1024)
  })
})
