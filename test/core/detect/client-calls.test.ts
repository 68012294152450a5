import { describe, expect, it } from 'vitest'
import { callNames } from '../../../src/core/convention/calls/client-calls.ts'
import { readModel } from '../../../src/core/convention/read-model.ts'
import { analyze } from '../../../src/core/detect/analyze.ts'
import { type AttributesInput, importOf, storeOf } from '../../support/otlp.ts'

const client = 3
const call = (id: string, name: string, from: number, lengthMs: number, attributes: AttributesInput) => ({
  id,
  name,
  kind: client,
  start: from * 1e6,
  end: (from + lengthMs) * 1e6,
  attributes,
})
const get = (url: string) => ({ 'http.request.method': 'GET', 'url.full': url, 'server.address': 'weather' })

describe('calls of ordinary clients', () => {
  it.each([
    ['GET', get('http://weather/v1/cities/17?day=2'), 'GET weather /v1/cities/#'],
    ['GET', { 'http.request.method': 'GET', 'server.address': 'weather' }, ''],
    [
      'SELECT shop',
      { 'db.query.text': "SELECT a FROM t WHERE id = 7 AND b = 'x'" },
      'SELECT a FROM t WHERE id = ? AND b = ?',
    ],
    [
      'pg.query',
      { 'db.query.text': 'SELECT a FROM t WHERE id = $1' },
      'pg.query SELECT a FROM t WHERE id = $1',
    ],
    ['BRPOP', { 'db.system.name': 'redis' }, ''],
    ['orders receive', { 'messaging.system.name': 'kafka' }, ''],
    ['GET prices', {}, 'GET prices'],
  ])('%s %o is told as "%s"', async (name, attributes, expected) => {
    const store = await storeOf({ spans: [call('1', name, 0, 5, attributes)] })
    expect(callNames(store)(0)).toBe(expected)
  })

  const found = async (slow: string) => {
    const spans = Array.from({ length: 20 }, (_, i) =>
      call(
        (i + 1).toString(16),
        'GET',
        i * 100,
        i === 12 ? 47_300 : 50,
        get(i === 12 ? slow : 'http://weather/v1/today'),
      ),
    )
    const { store, report } = await importOf({ spans })
    return analyze(store, readModel(store), report).findings.map(finding => finding.detector)
  }
  it('show a wait without a deadline, without any recorder', async () => {
    expect(await found('http://weather/v1/today')).toEqual(['missing-timeout'])
  })
  it('are not compared with those of another address', async () => {
    expect(await found('http://weather/v1/archive')).toEqual([])
  })
})

/**
 *     POST /checkout  ├ SELECT ┤├ POST fraud ┤├ INSERT ┤     forty of them
 *     (missing)       ├ SELECT ┤                              one
 */
describe('a call that never ended', () => {
  const names = ['SELECT', 'POST fraud', 'INSERT']
  const checkout = (at: number, parts: number, isThere: boolean) => {
    const id = `${(at + 16).toString(16)}0`
    const from = at * 500
    return [
      ...(isThere
        ? [{ id, trace: id, name: 'POST /checkout', kind: 2, start: from * 1e6, end: (from + 40) * 1e6 }]
        : []),
      ...names.slice(0, parts).map((name, part) => ({
        ...call(`${id}${part + 1}`, name, from + 10 * part + 1, 9, {}),
        trace: id,
        parent: id,
      })),
    ]
  }
  const found = async (missing: (at: number) => number | null) => {
    const spans = Array.from({ length: 40 }, (_, at) => {
      const parts = missing(at)
      return checkout(at, parts ?? 3, parts === null)
    }).flat()
    const { store, report } = await importOf({ spans })
    return analyze(store, readModel(store), report)
      .findings.filter(({ product }) => product === 'observed')
      .map(({ detector, subject, severity }) => `${severity} ${detector} ${subject.name}`)
  }
  it('is what all others of its kind did next', async () => {
    expect(await found(at => (at === 12 ? 1 : null))).toEqual(['medium missing-timeout POST fraud'])
  })
  it.each([
    ['just begun when the recording ended', (at: number) => (at === 39 ? 1 : null)],
    ['lost on its way like whole requests', (at: number) => (at === 12 ? 1 : at === 20 ? 3 : null)],
    ['not what the others do next', (at: number) => (at === 12 ? 3 : null)],
  ])('is not one that was %s', async (_, missing) => {
    expect(await found(missing)).toEqual([])
  })
})

/**
 *     GET /feed   ├─────────────────────────────┤
 *     posts        ├─┤
 *     author          ├──┤├──┤├──┤├──┤ …            eight in a row
 */
describe('calls of one request, one after the other', () => {
  interface Shape {
    readonly of: (i: number) => AttributesInput
    /** From the start of one to the start of the next; each takes 30 ms. */
    readonly stepMs?: number
    readonly kind?: number
    readonly failed?: boolean
  }
  const server = 2
  const consumer = 5
  const row = (i: number) => ({ 'db.query.text': `SELECT name FROM authors WHERE id = ${i}` })

  const found = async ({ of, stepMs = 31, kind = server, failed = false }: Shape) => {
    const calls = Array.from({ length: 8 }, (_, i) => ({
      ...call((i + 2).toString(16), 'lookup', 10 + i * stepMs, 30, of(i)),
      parent: '1',
      ...(failed && i === 3 && { status: 2 }),
    }))
    const end = calls.at(-1)!.end + 5e6
    const { store, report } = await importOf({
      spans: [
        { id: '1', name: 'GET /feed', kind, start: 0, end },
        // Named alike, but another question: what there is to be looked up.
        { ...call('f0', 'lookup', 1, 8, { 'db.query.text': 'SELECT id FROM posts' }), parent: '1' },
        ...calls,
      ],
    })
    return analyze(store, readModel(store), report).findings.map(
      finding => `${finding.severity} ${finding.detector} at ${finding.culprit.site}`,
    )
  }

  it.each([
    ['rows', row],
    [
      'rows whose keys were not recorded',
      () => ({ 'db.query.text': 'SELECT name FROM authors WHERE id = $1' }),
    ],
    ['addresses', (i: number) => get(`http://users/v1/users/${i}`)],
    ['procedures', () => ({ 'rpc.system': 'grpc', 'rpc.service': 'Users', 'rpc.method': 'GetUser' })],
    ['documents', () => ({ 'db.system': 'mongodb', 'db.operation': 'find' })],
  ])('are told: %s', async (_, of) => {
    expect(await found({ of })).toEqual(['low sequential-awaits at GET /feed'])
  })

  it.each([
    ['pages, each of which needs the one before', (i: number) => get(`http://users/v1/users?page=${i}`)],
    ['keyset pages', () => ({ 'db.query.text': 'SELECT a FROM t WHERE team = 7 AND id > $1 LIMIT 10' })],
    ['the same thing again and again, as polling does', () => get('http://users/v1/users/7')],
    ['writes, which have an order', (i: number) => ({ 'db.query.text': `INSERT INTO t (id) VALUES (${i})` })],
    ['procedures that change something', () => ({ 'rpc.system': 'grpc', 'rpc.method': 'AddUser' })],
    ['the next parts of a list', () => ({ 'db.system': 'mongodb', 'db.operation': 'getMore' })],
    ['calls of which nothing is known', () => ({})],
  ])('are not when they are %s', async (_, of) => {
    expect(await found({ of })).toEqual([])
  })

  it('are not when they run side by side, with pauses, after a failure, or in a consumer that nobody waits for', async () => {
    expect(await found({ of: row, stepMs: 12 })).toEqual([])
    expect(await found({ of: row, stepMs: 130 })).toEqual([])
    expect(await found({ of: row, failed: true })).toEqual([])
    expect(await found({ of: row, kind: consumer })).toEqual([])
  })
})

describe('calls that fail', () => {
  /** Four requests, each of which calls at these times and fails; `address` by the number of the call. */
  const found = async (atMs: readonly number[], address: (i: number) => string) => {
    const spans = [1, 2, 3, 4].flatMap(n => [
      { id: `${n}`, trace: `${n}`, name: 'GET /pay', kind: 2, start: n * 1e6, end: 9e9 },
      ...atMs.map((at, i) => ({
        ...call(`${n}${(i + 16).toString(16)}`, 'POST', at + n * 7, 10, {
          'http.request.method': 'POST',
          'url.full': address(i),
          'server.address': 'bank',
        }),
        trace: `${n}`,
        parent: `${n}`,
        status: 2,
      })),
    ])
    const { store, report } = await importOf({ spans })
    return analyze(store, readModel(store), report).findings.map(
      ({ detector, subject, culprit, evidence }) =>
        `${detector} ${subject.name} at ${culprit.site}, ${evidence[0]!.label} ${evidence[0]!.value}`,
    )
  }
  const steady = Array.from({ length: 30 }, (_, i) => 100 + i * 150)

  it('are a storm when they are made again at one pace, each as often as it was made', async () => {
    expect(await found(steady, () => 'http://bank/charge')).toEqual([
      'retry-storm POST bank /charge at GET /pay, attempts per operation 30',
    ])
  })
  it('are none when they come in from outside: who asks for one thing need not be one client', async () => {
    const spans = Array.from({ length: 60 }, (_, n) => ({
      id: `${n + 1}`,
      trace: `${n + 1}`,
      name: 'GET',
      kind: 2,
      start: n * 80e6,
      end: (n * 80 + 20) * 1e6,
      status: 2,
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/offers/:id',
        'url.path': '/offers/7',
        'http.response.status_code': 503,
      },
    }))
    const { store, report } = await importOf({ spans })
    expect(analyze(store, readModel(store), report).findings).toEqual([])
  })
  it('are none of one address after that of another', async () => {
    expect(await found(steady, i => `http://bank/account-${String.fromCharCode(97 + i)}`)).toEqual([])
  })
  it('are none when each pause is longer than the one before and few follow', async () => {
    expect(await found([100, 400, 1000, 2200, 4600], () => 'http://bank/charge')).toEqual([])
  })
})

/**
 *     GET /home   ├┤ ├┤  ├ report ────┤                    ├┤ ├┤       a cache that expires
 *     GET /home           ├ report ────┤
 *     GET /home            ├ report ────┤
 */
describe('calls that only some of many alike requests make', () => {
  const report = 'SELECT sum(cents) FROM orders'
  /** Requests come every 20 ms; those of these numbers ask for the report, which takes 100 ms. */
  const found = async (
    askers: readonly number[],
    question: (n: number) => string = () => report,
    lengthMs: (n: number) => number = () => 100,
  ) => {
    const spans = Array.from({ length: 40 }, (_, n) => {
      const id = (n + 100).toString(16)
      const asks = askers.includes(n)
      return [
        {
          id,
          trace: id,
          name: 'GET /home',
          kind: 2,
          start: n * 20e6,
          end: (n * 20 + (asks ? lengthMs(n) + 10 : 5)) * 1e6,
        },
        ...(asks
          ? [
              {
                ...call(`${id}0`, 'SELECT', n * 20 + 2, lengthMs(n), { 'db.query.text': question(n) }),
                trace: id,
                parent: id,
              },
            ]
          : []),
      ]
    }).flat()
    const { store, report: imported } = await importOf({ spans })
    return analyze(store, readModel(store), imported).findings.map(
      ({ detector, culprit, victims }) => `${detector} at ${culprit.site}, ${victims.count} for nothing`,
    )
  }
  const herd = [10, 11, 12, 13, 14, 15]
  const always = Array.from({ length: 40 }, (_, n) => n)

  it('at once, for the same answer, are a herd', async () => {
    expect(await found(herd)).toEqual(['thundering-herd at GET /home, 5 for nothing'])
  })

  it.each<[string, readonly number[], ((n: number) => string)?, ((n: number) => number)?]>([
    ['all of them ask, and it is slow for a while', always, () => report, n => (herd.includes(n) ? 100 : 3)],
    [
      'the others ask for another page of it',
      always,
      n => `${report} WHERE page = ${herd.includes(n) ? 1 : n % 4}`,
      n => (herd.includes(n) ? 100 : 3),
    ],
    ['one of them asks for all', [10]],
    ['they ask for different things', herd, n => `${report} WHERE day = ${n}`],
    ['what they ask for is not in the trace', herd, () => `${report} WHERE day = $1`],
    ['others that come meanwhile do without', [10, 12, 14]],
    ['all of them ask, always', always],
    ['it is the start of the service', [0, 1, 2, 3, 4, 5]],
    ['they ask at any time', [3, 11, 19, 27, 35]],
  ])('are none when %s', async (_, askers, question, lengthMs) => {
    expect(await found(askers, question, lengthMs)).toEqual([])
  })
})
