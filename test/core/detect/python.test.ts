import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { score } from '../../../scripts/score.ts'

it('asyncio programs, recorded in Python, are told as their Node twins are, and healthy ones left in peace', async () => {
  const scored = await score(resolve(import.meta.dirname, '../../../fixtures/python'))
  expect(scored.filter(row => row.variant === 'bug').length).toBeGreaterThanOrEqual(13)
  expect(scored.filter(row => row.variant === 'benign').length).toBeGreaterThanOrEqual(5)
  expect(
    scored.flatMap(row => row.differences.map(text => `${row.incident} ${row.variant}: ${text}`)),
  ).toEqual([])
})
