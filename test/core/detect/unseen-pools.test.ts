/** Pools and limiters of which no span tells, seen by when calls begin, and by calls that nobody makes any more. */
import { describe, expect, it } from 'vitest'
import { observedIn } from '../../support/analysed.ts'
import type { SpanInput } from '../../support/otlp.ts'

const ms = 1e6

interface Shape {
  readonly from: number
  readonly to: number
  readonly status?: number
  readonly call?: readonly [number, number]
}

/** Times in ms. */
const request = (
  at: number,
  { from, to, status = 200, call }: Shape,
  attributes: SpanInput['attributes'],
): SpanInput[] => {
  const id = (at + 1).toString(16)
  const error = status >= 500 ? 2 : 0
  const own = { 'http.request.method': 'POST', 'http.route': '/fetch', 'http.response.status_code': status }
  const server = {
    id,
    trace: id,
    name: 'POST /fetch',
    kind: 2,
    start: Math.round(from * ms),
    end: Math.round(to * ms),
    attributes: own,
    status: error,
  }
  if (!call) return [server]
  const [start, end] = call
  return [
    server,
    {
      id: `${id}f`,
      trace: id,
      parent: id,
      name: 'call',
      kind: 3,
      start: Math.round(start * ms),
      end: Math.round(end * ms),
      ...(attributes && { attributes }),
    },
  ]
}
const requests = (
  count: number,
  of: (at: number) => Shape,
  attributes?: SpanInput['attributes'],
): Promise<string[]> =>
  observedIn(Array.from({ length: count }, (_, at) => request(at, of(at), attributes)).flat())

describe('a pool that shows only by when calls begin', () => {
  const database = { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT 1' }
  /** One request every 33 ms, calls of 100 ms, at most `size` at a time, one after the other on each connection. */
  const pooled = (size: number) => {
    const freeAt = Array.from({ length: size }, () => 0)
    return (at: number): Shape => {
      const from = at * 33
      const slot = freeAt.indexOf(Math.min(...freeAt))
      const start = Math.max(from + 1, freeAt[slot]! + 0.3)
      const end = start + 100 + (at % 7)
      freeAt[slot] = end
      return { from, to: end + 1, call: [start, end] }
    }
  }
  it('is empty when each begins as another ends, after its request did nothing', async () => {
    expect(await requests(100, pooled(2), database)).toEqual(['pool-exhausted connection pool of test 98'])
  })
  it('is large enough when they begin at once', async () => {
    expect(await requests(100, pooled(8), database)).toEqual([])
  })
  it('is none where calls need no connection of their own', async () => {
    expect(await requests(100, pooled(2), { 'db.system.name': 'redis', 'db.query.text': 'GET a' })).toEqual(
      [],
    )
  })
  it('had a burst that drained', async () => {
    expect(await requests(24, pooled(8), database)).toEqual([])
  })
  it('is none where requests work before they call', async () => {
    const busy = (at: number): Shape => ({
      from: at * 33,
      to: at * 33 + 260,
      call: [at * 33 + 150, at * 33 + 250],
    })
    expect(await requests(100, busy, database)).toEqual([])
  })
})

describe('calls that nobody makes any more', () => {
  const well = (at: number): Shape => ({
    from: at * 100,
    to: at * 100 + 50,
    call: [at * 100 + 2, at * 100 + 48],
  })
  const hangs = (at: number): Shape => ({ from: at * 100, to: at * 100 + 5000, status: 504 })
  it('have run out of slots when their requests hang', async () => {
    expect(await requests(40, at => (at < 25 ? well(at) : hangs(at)))).toEqual([
      'pool-exhausted slots for call 15',
    ])
  })
  it.each([
    [
      'others do without as well',
      (at: number) => (at % 3 === 0 ? { from: at * 100, to: at * 100 + 2 } : at < 25 ? well(at) : hangs(at)),
    ],
    ['they are made again', (at: number) => (at < 25 || at === 39 ? well(at) : hangs(at))],
    [
      'their requests fail at once',
      (at: number) => (at < 25 ? well(at) : { ...hangs(at), to: at * 100 + 3 }),
    ],
    ['their requests are answered', (at: number) => (at < 25 ? well(at) : { ...hangs(at), status: 200 })],
  ])('have not when %s', async (_, of) => {
    expect(await requests(40, of)).toEqual([])
  })
})
