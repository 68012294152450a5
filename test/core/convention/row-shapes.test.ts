import fc from 'fast-check'
import { expect, test } from 'vitest'
import { noShape, RowShapes } from '../../../src/core/convention/attributes/row-shapes.ts'

/** Rows of keys as a table of attributes. */
function tableOf(rows: readonly (readonly number[])[]) {
  const key = Int32Array.from(rows.flat())
  const attrEnd = new Int32Array(rows.length)
  const attrStart = new Int32Array(rows.length)
  let at = 0
  for (const [row, keys] of rows.entries()) {
    attrStart[row] = at
    at += keys.length
    attrEnd[row] = at
  }
  const attributes = { count: at, key, type: new Uint8Array(at), value: new Float64Array(at) }
  return { attributes, table: { count: rows.length, attrStart, attrEnd } }
}

test('rows are of one shape exactly when their keys are the same in the same order', () => {
  const rows = fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }), { maxLength: 40 })
  fc.assert(
    fc.property(rows, all => {
      const { attributes, table } = tableOf(all)
      const shapes = new RowShapes(attributes).of(table)
      for (const [a, keys] of all.entries())
        for (const [b, others] of all.entries())
          expect(shapes[a] === shapes[b]).toBe(keys.join() === others.join())
    }),
  )
})

test('of wild rows some have no shape, and those before keep theirs', () => {
  const { attributes, table } = tableOf(Array.from({ length: 10_000 }, (_, row) => [1, row]))
  const shapes = new RowShapes(attributes).of(table)
  expect(shapes.indexOf(noShape)).toBeGreaterThan(4000)
  expect(new Set(shapes).size).toBeGreaterThan(4000)
  expect(shapes.lastIndexOf(shapes[7]!)).toBe(7)
})
