import { expect, it } from 'vitest'
import { columnsOf, rowsOf } from '../../renderer/table-columns.ts'
import { plainRow } from './plain-row.ts'

it('makes the same rows again', () => {
  const site = 'orders.ts:41'
  const rows = [
    { task: 0, site, open: false, uses: [{ startNs: 1, endNs: 2.5 }], holds: [7], inferred: null },
    { task: -1, site: '', open: true, uses: [], holds: [], inferred: { rule: 'H3' } },
    {
      task: -0,
      site,
      open: true,
      uses: [
        { startNs: 3, endNs: Number.NaN },
        { startNs: 5, endNs: 6 },
      ],
      holds: [],
      inferred: null,
    },
  ]
  const table = columnsOf(rows)!
  const made = rowsOf(structuredClone(table))
  expect(made.map(plainRow)).toEqual(rows)
  expect('uses' in (made[0] as object)).toBe(true)
  expect('wait' in (made[0] as object)).toBe(false)
})

it('sends texts that repeat once, and moves numbers, as small as they fit', () => {
  const { columns } = columnsOf(
    Array.from({ length: 1000 }, (_, at) => ({ at, atNs: at / 2, far: at * 1e9, name: `n${at % 3}` })),
  )!
  expect(columns).toMatchObject([
    { numbers: new Int32Array(1000).map((_, at) => at) },
    { numbers: new Float64Array(1000).map((_, at) => at / 2) },
    { numbers: new Float64Array(1000).map((_, at) => at * 1e9) },
    { texts: ['n0', 'n1', 'n2'] },
  ])
})

it('leaves alone what is no table', () => {
  expect(columnsOf([])).toBeNull()
  expect(columnsOf(['a', 'b'])).toBeNull()
  expect(columnsOf([{ a: 1 }, { a: 1, b: 2 }])).toBeNull()
  expect(columnsOf([{ a: 1 }, null])).toBeNull()
  const mixed = [{ mixed: 1 }, { mixed: 'one' }]
  expect(rowsOf(columnsOf(mixed)!).map(plainRow)).toEqual(mixed)
})
