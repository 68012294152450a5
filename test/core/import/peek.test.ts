import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ImportError } from '../../../src/core/import/import.ts'
import { peek } from '../../../src/core/import/peek.ts'
import { openTrace } from '../../../src/core/session.ts'

/** As files are read: into memory that is used again, and closed at the end. */
function reading(parts: readonly Uint8Array[]) {
  const state = { closed: false }
  async function* open(): AsyncGenerator<Uint8Array> {
    const memory = new Uint8Array(Math.max(1, ...parts.map(part => part.length)))
    try {
      for (const part of parts) {
        memory.set(part)
        yield memory.subarray(0, part.length)
      }
    } finally {
      state.closed = true
    }
  }
  return { state, open }
}

const parts = fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 8 })

test('what was looked at comes again, in front of the rest', () =>
  fc.assert(
    fc.asyncProperty(parts, fc.integer({ min: 1, max: 30 }), async (all, count) => {
      const whole = all.flatMap(part => [...part])
      const { head, partial, bytes } = await peek(reading(all).open(), count)
      expect([...head]).toEqual(whole.slice(0, count))
      const seen: number[] = []
      for await (const chunk of bytes) seen.push(...chunk)
      expect(seen).toEqual(whole)
      if (!partial) expect(whole.length).toBeLessThanOrEqual(count)
    }),
  ))

test('a file that is refused at its first bytes is closed', async () => {
  const noise = new Uint8Array(200_000).map((_, at) => (at * 7) % 251)
  const { state, open } = reading([noise, noise])
  await expect(openTrace([{ name: 'noise.bin', size: -1, open }])).rejects.toThrow(ImportError)
  expect(state.closed).toBe(true)
})
