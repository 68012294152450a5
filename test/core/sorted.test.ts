import fc from 'fast-check'
import { expect, test } from 'vitest'
import { firstAfter, firstAtOrAfter, partitionPoint } from '../../src/core/sorted.ts'

const times = fc.array(fc.integer({ min: 0, max: 20 })).map(all => all.sort((a, b) => a - b))

test('what is before a time and what is after it meet where a search through all of them says', () => {
  fc.assert(
    fc.property(times, fc.integer({ min: -1, max: 21 }), (all, ns) => {
      expect(firstAtOrAfter(all, ns)).toBe(all.filter(at => at < ns).length)
      expect(firstAfter(all, ns)).toBe(all.filter(at => at <= ns).length)
    }),
  )
})

test('only the part that is asked for is looked at', () => {
  const asked: number[] = []
  const found = partitionPoint(2, 7, at => {
    asked.push(at)
    return at < 5
  })
  expect(found).toBe(5)
  expect(asked.every(at => at >= 2 && at < 7)).toBe(true)
  expect(partitionPoint(3, 3, () => true)).toBe(3)
})
