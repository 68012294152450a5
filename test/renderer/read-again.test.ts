import { expect, test } from 'vitest'
import { follow } from '../../renderer/actions/read-again.ts'
import { fitAll } from '../../renderer/timeline/viewport.ts'

const stay = (ns: number): number => ns

test('who sees the whole goes on seeing the whole', () => {
  expect(follow(fitAll(1000), 1000, 3000, stay)).toEqual(fitAll(3000))
})

test('who stands at the end stays there, at the same scale', () => {
  expect(follow({ startNs: 800, endNs: 1010 }, 1000, 3000, stay)).toEqual({ startNs: 2800, endNs: 3010 })
})

test('who looks elsewhere keeps that stretch, also when the trace begins earlier now', () => {
  const earlier = (ns: number): number => ns + 500
  expect(follow({ startNs: 200, endNs: 400 }, 1000, 3000, stay)).toEqual({ startNs: 200, endNs: 400 })
  expect(follow({ startNs: 200, endNs: 400 }, 1000, 3000, earlier)).toEqual({ startNs: 700, endNs: 900 })
  expect(follow({ startNs: 800, endNs: 1000 }, 1000, 3000, earlier)).toEqual({ startNs: 2800, endNs: 3000 })
})
