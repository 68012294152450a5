import { expect, test } from 'vitest'
import { parseInstant } from '../../src/cli/time.ts'

const trace = { epochUnixNano: '1795236696801589687', durationNs: 60e9 }

test.each([
  ['12.5s', 12.5e9],
  ['840ms', 840e6],
  ['0s', 0],
  ['250us', 250e3],
  ['250µs', 250e3],
  ['7ns', 7],
  ['0.5m', 30e9],
  ['2026-11-21T04:51:36.801589687Z', 0],
  ['2026-11-21T05:51:37.801589687+01:00', 1e9],
  ['2026-11-21 04:51:37Z', 198410313],
  // Printed times are rounded to ms: the last one may lie a little behind the end.
  ['60.0004s', 60e9],
])('%s', (text, expected) => {
  expect(parseInstant(text, trace)).toBe(expected)
})

test.each(['', '12', 's', '12 parsecs', '1e3s', '2026-11-21', '2026-13-41T00:00:00Z', '12.5s; rm', 'NaNs'])(
  '%j is no instant',
  text => {
    expect(() => parseInstant(text, trace)).toThrow(/is no instant/)
  },
)

test.each(['-1s', '61s', '2h', '2020-01-01T00:00:00Z'])('%s lies outside', text => {
  expect(() => parseInstant(text, trace)).toThrow(/lies outside the trace/)
})
