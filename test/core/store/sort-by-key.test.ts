import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SpareBuffers } from '../../../src/core/store/columns.ts'
import { sortByKey } from '../../../src/core/store/sort-by-key.ts'

const key = fc.oneof(
  fc.double({ noNaN: true }),
  fc.constant(Number.POSITIVE_INFINITY),
  fc.integer({ min: 0, max: 20 }),
  fc.integer({ min: 0, max: 2 ** 40 }),
  fc.constant(-0),
)

test('sorts as comparing does, few rows and many, equal ones as they stood', () => {
  fc.assert(
    fc.property(fc.array(key, { minLength: 1, maxLength: 60 }), fc.constantFrom(1, 90), (some, times) => {
      // Many rows are a few keys again and again: ties far apart.
      const keys = Float64Array.from({ length: some.length * times }, (_, at) => some[at % some.length]!)
      const rows = Int32Array.from(keys, (_, at) => keys.length - 1 - at)
      const expected = Array.from(rows).sort((a, b) => keys[a]! - keys[b]!)
      sortByKey(rows, keys, new SpareBuffers())
      expect(Array.from(rows)).toEqual(expected)
    }),
    { numRuns: 200 },
  )
})
