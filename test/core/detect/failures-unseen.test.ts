/** Failures that nobody sees, or that everybody gets again, in traces without any recorder. */
import { describe, expect, it } from 'vitest'
import { observedIn } from '../../support/analysed.ts'
import type { SpanInput } from '../../support/otlp.ts'

const ms = 1e6

interface Shape {
  readonly from: number
  readonly to: number
  readonly status?: number
  /** Below it: name, from, to, error. */
  readonly parts?: readonly (readonly [string, number, number, (string | undefined)?])[]
}

/** Times in ms. */
const request = (at: number, { from, to, status = 200, parts = [] }: Shape): SpanInput[] => {
  const id = (at + 1).toString(16)
  const attributes = {
    'http.request.method': 'PATCH',
    'http.route': '/me',
    'http.response.status_code': status,
  }
  return [
    {
      id,
      trace: id,
      name: 'PATCH /me',
      kind: 2,
      start: from * ms,
      end: to * ms,
      attributes,
      status: status >= 500 ? 2 : 0,
    },
    ...parts.map(
      ([name, start, end, error], part): SpanInput => ({
        id: `${id}f${part}`,
        trace: id,
        parent: id,
        name,
        kind: 3,
        start: start * ms,
        end: end * ms,
        ...(error && { status: 2, statusMessage: error }),
      }),
    ),
  ]
}
const requests = (count: number, of: (at: number, ms: number) => Shape): SpanInput[] =>
  Array.from({ length: count }, (_, at) => request(at, of(at, at * 100))).flat()

describe('work that goes on after the answer', () => {
  const audit = (at: number, from: number, error?: string): Shape => ({
    from,
    to: from + 10,
    parts: [['audit', from + 5, from + 80, at % 3 === 0 ? error : undefined]],
  })
  it('and fails is seen by nobody', async () => {
    expect(await observedIn(requests(9, (at, from) => audit(at, from, 'unavailable')))).toEqual([
      'fire-and-forget audit 3',
    ])
  })
  it.each([
    ['does well', (at: number, from: number) => audit(at, from)],
    [
      'is called off',
      (at: number, from: number) => audit(at, from, 'AbortError: This operation was aborted'),
    ],
    [
      'is tried again',
      (at: number, from: number): Shape => ({
        from,
        to: from + 10,
        parts: [...audit(at, from, 'unavailable').parts!, ['audit', from + 85, from + 95]],
      }),
    ],
    [
      'is awaited by those whose client has not gone away',
      (at: number, from: number): Shape =>
        at < 4 ? { ...audit(at, from), to: from + 85 } : audit(at, from, 'unavailable'),
    ],
    [
      'belongs to a request that failed',
      (at: number, from: number) => ({ ...audit(at, from, 'unavailable'), status: 500 }),
    ],
  ])('and %s is no defect', async (_, of) => {
    expect(await observedIn(requests(9, of))).toEqual([])
  })
})

describe('a failed call', () => {
  const well = (from: number): Shape => ({ from, to: from + 20, parts: [['token', from + 2, from + 18]] })
  const failed = (from: number): Shape => ({
    from,
    to: from + 20,
    status: 500,
    parts: [['token', from + 2, from + 18, 'bad gateway']],
  })
  const atOnce = (from: number): Shape => ({ from, to: from + 2, status: 500 })
  it('of which everybody gets the failure from then on is kept', async () => {
    expect(
      await observedIn(
        requests(30, (at, from) => (at < 5 ? well(from) : at === 5 ? failed(from) : atOnce(from))),
      ),
    ).toEqual(['stuck-flag token 24'])
  })
  it.each([
    [
      'is made again in the end',
      (at: number, from: number) => (at < 5 || at > 25 ? well(from) : at === 5 ? failed(from) : atOnce(from)),
    ],
    [
      'is made again now and then, as a breaker does',
      (at: number, from: number) => (at % 8 === 5 ? failed(from) : at < 5 ? well(from) : atOnce(from)),
    ],
    [
      'failed for some, and others do well without',
      (at: number, from: number) =>
        at === 5 ? failed(from) : at % 2 ? { from, to: from + 2 } : atOnce(from),
    ],
    [
      'failed at the very end',
      (at: number, from: number) => (at < 24 ? well(from) : at === 24 ? failed(from) : atOnce(from)),
    ],
  ])('that %s is not', async (_, of) => {
    expect(await observedIn(requests(30, of))).toEqual([])
  })
})
