/** What commands to Redis tell, in traces without any recorder: locks that expire, caches that everybody refreshes. */
import { describe, expect, it } from 'vitest'
import { readModel } from '../../../src/core/convention/read-model.ts'
import { analyze } from '../../../src/core/detect/analyze.ts'
import { importOf, type SpanInput } from '../../support/otlp.ts'

const ms = 1e6

/** A request with its commands, each taking 1 ms: `[at, text]`. */
function request(
  id: string,
  from: number,
  to: number,
  commands: readonly (readonly [number, string])[],
): SpanInput[] {
  return [
    { id, trace: id, name: 'GET /', kind: 2, start: from * ms, end: to * ms },
    ...commands.map(
      ([at, text], i): SpanInput => ({
        id: `${id}${i}`,
        trace: id,
        parent: id,
        name: text.split(' ', 1)[0]!,
        kind: 3,
        start: at * ms,
        end: (at + 1) * ms,
        attributes: { 'db.system.name': 'redis', 'db.query.text': text },
      }),
    ),
  ]
}

async function found(spans: readonly SpanInput[]): Promise<string[]> {
  const { store, report } = await importOf({ spans })
  return analyze(store, readModel(store), report)
    .findings.filter(({ product }) => product === 'observed')
    .map(({ detector, subject }) => `${detector} ${subject.name}`)
}

const set = 'set lock:billing [4 other arguments]'
const del = 'del lock:billing'

describe('a lock in Redis', () => {
  /**
   *     a  SET ├──── work ─────────┤ DEL
   *     b   SET SET SET ├──── work ─────────┤ DEL      let in before a was done: the lease had expired
   */
  it('that expires under its holder lets two in', async () => {
    const spans = [
      ...request('a', 0, 420, [
        [2, set],
        [410, del],
      ]),
      ...request('b', 10, 580, [
        [12, set],
        [60, set],
        [160, set],
        [570, del],
      ]),
    ]
    expect(await found(spans)).toEqual(['overlapping-critical-section redis:lock:billing'])
  })

  it('that is waited for until it is free does not', async () => {
    const spans = [
      ...request('a', 0, 420, [
        [2, set],
        [410, del],
      ]),
      ...request('b', 10, 880, [
        [12, set],
        [200, set],
        [412, set],
        [870, del],
      ]),
    ]
    expect(await found(spans)).toEqual([])
  })

  it('is not what is set and deleted without having to wait: an entry of its own', async () => {
    const spans = [
      ...request('a', 0, 420, [
        [2, set],
        [410, del],
      ]),
      ...request('b', 10, 580, [
        [12, set],
        [570, del],
      ]),
    ]
    expect(await found(spans)).toEqual([])
  })

  /**
   *     a  SET GET ✕                                 over at 40 without a DEL
   *     b       SET SET SET … SET ├ work ┤ DEL       let in when the lease had run out
   */
  const left = (nextNs: number) => [
    ...request('a', 0, 40, [
      [2, set],
      [10, 'GET rate'],
    ]),
    ...request('b', 10, nextNs + 60, [
      [12, set],
      [nextNs / 3, set],
      [nextNs / 2, set],
      [nextNs, set],
      [nextNs + 50, del],
    ]),
  ]
  it('that nobody gives back, and others ask for in vain, was left to expire', async () => {
    expect(await found(left(900))).toEqual(['leaked-hold redis:lock:billing'])
  })
  it('that others get as its holder is over was given back: the span of that was lost', async () => {
    expect(await found(left(60))).toEqual([])
  })

  /** Each holds it for 20 ms and then asks again every 5 ms; one comes every `stepMs`, for something else each. */
  const crowd = (stepMs: number) =>
    Array.from({ length: 14 }, (_, i) => {
      const gotMs = Math.max(20 + i * stepMs + 2, 20 + i * 24)
      const [server, ...commands] = request(`${(i + 1).toString(16)}0`, 20 + i * stepMs, gotMs + 24, [
        [20 + i * stepMs + 1, set],
        ...(gotMs > 20 + i * stepMs + 2 ? [[gotMs, set] as const] : []),
        [gotMs + 20, del],
      ])
      return [{ ...server!, attributes: { 'url.path': `/prices/${i}` } }, ...commands]
    }).flat()
  it('before which a queue stands is too coarse', async () => {
    expect(await found(crowd(4))).toEqual(['lock-convoy redis:lock:billing'])
  })
  it('that is free when the next one comes is not', async () => {
    expect(await found(crowd(30))).toEqual([])
  })
})

describe('a cache in Redis', () => {
  const miss = (id: string, at: number, workMs: number) =>
    request(id, at, at + workMs + 5, [
      [at + 1, 'GET catalog'],
      [at + workMs, 'SET catalog [2 other arguments]'],
    ])
  const hits = (from: number) =>
    [0, 1, 2, 3, 4].flatMap(i =>
      request(`f${i}`, from + 20 * i, from + 20 * i + 4, [[from + 20 * i + 1, 'GET catalog']]),
    )

  it('that all refresh at once is stormed', async () => {
    expect(
      await found([...[0, 20, 40, 60].flatMap((at, i) => miss(`a${i}`, at, 200)), ...hits(300)]),
    ).toEqual(['thundering-herd redis:catalog'])
  })

  it.each([
    ['one refreshes it', [...miss('a', 0, 200), ...hits(300)]],
    [
      'they do so one after the other',
      [...[0, 300, 600].flatMap((at, i) => miss(`a${i}`, at, 200)), ...hits(900)],
    ],
    ['everybody reads and writes it: a session', [0, 20, 40, 60].flatMap((at, i) => miss(`a${i}`, at, 200))],
    [
      'there is hardly any work between',
      [...[0, 2, 4, 6].flatMap((at, i) => miss(`a${i}`, at, 10)), ...hits(300)],
    ],
  ])('is not when %s', async (_, spans) => {
    expect(await found(spans)).toEqual([])
  })
})
