import { expect, it } from 'vitest'
import { columnsOf, rowsOf } from '../../renderer/table-columns.ts'

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
  expect(rowsOf(structuredClone(table))).toEqual(rows)
  expect(Object.keys(rowsOf(table)[0]!)).toEqual(Object.keys(rows[0]!))
})

it('sends texts that repeat once, and moves numbers', () => {
  const { columns } = columnsOf(Array.from({ length: 1000 }, (_, at) => ({ at, name: `n${at % 3}` })))!
  expect(columns).toMatchObject([
    { numbers: new Float64Array(1000).map((_, at) => at) },
    { texts: ['n0', 'n1', 'n2'] },
  ])
})

it('leaves alone what is no table', () => {
  expect(columnsOf([])).toBeNull()
  expect(columnsOf(['a', 'b'])).toBeNull()
  expect(columnsOf([{ a: 1 }, { a: 1, b: 2 }])).toBeNull()
  expect(columnsOf([{ a: 1 }, null])).toBeNull()
  expect(rowsOf(columnsOf([{ mixed: 1 }, { mixed: 'one' }])!)).toEqual([{ mixed: 1 }, { mixed: 'one' }])
})
