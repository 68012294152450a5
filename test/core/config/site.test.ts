import { expect, it } from 'vitest'
import { sameSite } from '../../../src/core/config/site.ts'

it('sites agree in every part that the wanted one names', () => {
  expect(sameSite('hash (hash.ts:4)', 'hash (hash.ts:4)')).toBe(true)
  expect(sameSite('hash (hash.ts)', 'hash (hash.ts:4)')).toBe(true)
  expect(sameSite('hash (hash.ts:4)', 'hash (hash.ts:5)')).toBe(false)
  expect(sameSite('hash (hash.ts:4)', 'hash.ts:4')).toBe(false)
  expect(sameSite('hash', 'hash')).toBe(true)
  expect(sameSite('hash', 'hash (hash.ts:4)')).toBe(true)
})
