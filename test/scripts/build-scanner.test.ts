import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compiled, target } from '../../scripts/build-scanner.ts'

test('the committed scanner is what its sources give', async () => {
  expect(readFileSync(target, 'utf8')).toBe(await compiled())
}, 60_000)
