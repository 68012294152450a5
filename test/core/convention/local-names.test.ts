import { expect, test } from 'vitest'
import { LocalNames } from '../../../src/core/convention/tables/local-names.ts'

test('finds names within their process, after any number of others', () => {
  const names = new LocalNames()
  for (let name = 1; name <= 5000; name++)
    for (const process of [0, 1]) names.add(process, name, name * 2 + process)
  for (let name = 1; name <= 5000; name++) {
    expect(names.find(0, name)).toBe(name * 2)
    expect(names.find(1, name)).toBe(name * 2 + 1)
  }
  expect(names.find(2, 17)).toBe(-1)
  expect(names.find(0, 5001)).toBe(-1)
})

test('of two the first one counts, and no name finds nothing', () => {
  const names = new LocalNames()
  names.add(3, 7, 0)
  names.add(3, 7, 1)
  names.add(3, 0, 2)
  expect(names.find(3, 7)).toBe(0)
  expect(names.find(3, 0)).toBe(-1)
})
