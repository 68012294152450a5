/** The short form of `npm run fuzz`, and proof that it can fail. */
import { expect, test } from 'vitest'
import { mutant, samples } from '../../scripts/fuzz/mutate.ts'
import { tryInput } from '../../scripts/fuzz/try-input.ts'

const files = samples()

test('2,000 damaged files of all formats', async () => {
  let opened = 0
  for (let number = 0; number < 2000; number++) {
    const input = mutant(files, 20261121, number)
    const outcome = await tryInput(input, number % 20 === 0)
    expect(outcome.failure, `number ${number}: ${input.recipe}`).toBe('')
    if (outcome.opened) opened++
  }
  // Damage that leaves nothing to read would test nothing.
  expect(opened).toBeGreaterThan(500)
})

test('a number always gives the same input', () => {
  expect(mutant(files, 1, 77)).toEqual(mutant(files, 1, 77))
  expect(mutant(files, 1, 77)).not.toEqual(mutant(files, 2, 77))
})
