/** What databases and pools say themselves, in traces without any recorder. */
import { describe, expect, it } from 'vitest'
import { readModel } from '../../../src/core/convention/read-model.ts'
import { analyze } from '../../../src/core/detect/analyze.ts'
import { type AttributesInput, importOf, type RequestInput, type SpanInput } from '../../support/otlp.ts'

const ms = 1e6
const server = 2
const client = 3

const request = (id: string, name: string, from: number, to: number, status = 200): SpanInput => ({
  id,
  trace: id,
  name,
  kind: server,
  start: from * ms,
  end: to * ms,
  attributes: { 'http.request.method': 'POST', 'http.response.status_code': status },
  ...(status >= 500 && { status: 2 }),
})

async function findingsOf(input: RequestInput) {
  const { store, report } = await importOf(input)
  return analyze(store, readModel(store), report).findings.filter(({ product }) => product === 'observed')
}

describe('a deadlock that the database broke up', () => {
  /**
   *     transfer  UPDATE ├┤        UPDATE ├───────✕
   *     refund     UPDATE ├┤       UPDATE ├────────┤
   */
  const sql = (id: string, of: string, text: string, from: number, to: number, error = '') => ({
    id,
    trace: of,
    parent: of,
    name: text.slice(0, 6),
    kind: client,
    start: from * ms,
    end: to * ms,
    ...(error && { status: 2, statusMessage: error }),
    attributes: { 'db.system.name': 'mysql', 'db.query.text': text },
  })
  const spans = (error: string) => [
    request('a', 'POST /transfer', 0, 1200, 500),
    sql('a1', 'a', 'UPDATE accounts SET cents = cents - ? WHERE id = ?', 5, 8),
    sql('a2', 'a', 'UPDATE accounts SET cents = cents + ? WHERE id = ?', 60, 1070, error),
    request('b', 'POST /refund', 4, 1210),
    sql('b1', 'b', 'UPDATE accounts SET cents = cents - ? WHERE id = ?', 9, 12),
    sql('b2', 'b', 'UPDATE accounts SET cents = cents + ? WHERE id = ?', 64, 1074),
    // Of somebody else: over long before.
    request('c', 'GET /accounts', 2, 40),
    sql('c1', 'c', 'SELECT * FROM accounts', 3, 30),
  ]

  it.each([
    'Deadlock found when trying to get lock; try restarting transaction',
    'ERROR: deadlock detected (SQLSTATE 40P01)',
    'Transaction (Process ID 53) was deadlocked on lock resources with another process and has been chosen as the deadlock victim',
  ])('is told with both sides: %s', async error => {
    const [deadlock, ...others] = await findingsOf({ spans: spans(error) })
    expect(others).toEqual([])
    expect(deadlock).toMatchObject({
      detector: 'deadlock',
      severity: 'high',
      subject: { kind: 'resource', name: 'rows of accounts' },
      culprit: { site: 'POST /transfer', sites: ['POST /transfer', 'POST /refund'] },
      victims: { count: 2 },
    })
    expect(deadlock!.steps.map(({ event }) => event)).toEqual([
      'locked by',
      'locked by',
      'waits with',
      'waits with',
      'rolled back by the database',
      'went on',
    ])
  })

  it('is not made of any other failure', async () => {
    expect(await findingsOf({ spans: spans('canceling statement due to statement timeout') })).toEqual([])
  })
})

describe('a pool of which only the acquires are told', () => {
  const acquire = (id: string, from: number, to: number, error = '') => ({
    id: `${id}1`,
    trace: id,
    parent: id,
    name: 'HikariDataSource.getConnection',
    kind: 1,
    start: from * ms,
    end: to * ms,
    // Java's instrumentation tells it by an event.
    ...(error && {
      status: 2,
      events: [{ name: 'exception', at: to * ms, attributes: { 'exception.message': error } }],
    }),
  })
  const spans = (error: string) => [
    ...[0, 100, 200].flatMap((at, i) => [
      request(`a${i}`, 'GET /report', at, at + 50),
      acquire(`a${i}`, at + 1, at + 2),
    ]),
    ...[400, 460].flatMap((at, i) => [
      request(`b${i}`, 'GET /report', at, at + 3010, 500),
      acquire(`b${i}`, at + 1, at + 3001, error),
    ]),
  ]
  const java = (error: string): RequestInput => ({ scope: 'io.opentelemetry.jdbc', spans: spans(error) })

  it('was empty when they time out', async () => {
    const [empty, ...others] = await findingsOf(
      java('HikariPool-1 - Connection is not available, request timed out after 3000ms.'),
    )
    expect(others).toEqual([])
    expect(empty).toMatchObject({ detector: 'pool-exhausted', severity: 'critical', victims: { count: 2 } })
    expect(empty!.culprit.site).toBe('GET /report')
    expect(empty!.missing).toHaveLength(1)
  })

  it('was not when the server could not be reached', async () => {
    expect(await findingsOf(java('Connection refused: timed out after 3000 ms'))).toEqual([])
  })
})

describe('a pool that no span tells of', () => {
  const failed = (error: string, lengthMs = 2010): RequestInput => ({
    spans: [0, 40].map((at, n) => ({
      ...request(`a${n}`, 'POST /orders', at, at + lengthMs, 500),
      events: [{ name: 'exception', at: (at + lengthMs) * ms, attributes: { 'exception.message': error } }],
    })),
  })

  it.each([
    "couldn't get a connection after 2.00 sec",
    'QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 2.00',
    'Knex: Timeout acquiring a connection. The pool is probably full.',
  ])('was empty when requests fail with its words: %s', async error => {
    const [empty, ...others] = await findingsOf(failed(error))
    expect(others).toEqual([])
    expect(empty).toMatchObject({
      detector: 'pool-exhausted',
      severity: 'high',
      culprit: { site: 'POST /orders' },
      victims: { count: 2 },
    })
  })

  it.each([
    ['other words', failed('bad input')],
    ['its words, but at once', failed("couldn't get a connection after 2.00 sec", 30)],
  ])('was not when they fail with %s', async (_, input) => {
    expect(await findingsOf(input)).toEqual([])
  })
})

describe('a pool that hands out nothing any more, to acquires without a time limit', () => {
  /** Requests of 20 ms, each with an acquire and a query, then five that hang for 4 s; `more` may be among these. */
  const spans = (more: readonly SpanInput[] = [], hangMs = 4000, acquires = true): SpanInput[] => [
    ...Array.from({ length: 5 }, (_, n) => {
      const id = `a${n}`
      const child = (name: string, at: number, attributes: AttributesInput) => ({
        id: `${id}${at}`,
        trace: id,
        parent: id,
        name,
        kind: client,
        start: (n * 50 + at) * ms,
        end: (n * 50 + at + 4) * ms,
        attributes,
      })
      return [
        request(id, 'GET /items', n * 50, n * 50 + 20),
        ...(acquires ? [child('pg-pool.connect', 1, {})] : []),
        child('pg.query', 6, { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT 1' }),
      ]
    }).flat(),
    ...Array.from({ length: 5 }, (_, n) =>
      request(`b${n}`, 'GET /items', 300 + n * 50, 300 + n * 50 + hangMs),
    ),
    ...more,
  ]

  it('is told by requests that have no acquire, where each before began with one', async () => {
    const [dry, ...others] = await findingsOf({ spans: spans() })
    expect(others).toEqual([])
    expect(dry).toMatchObject({
      detector: 'pool-exhausted',
      severity: 'critical',
      subject: { kind: 'resource', name: 'pg-pool' },
      culprit: { site: 'GET /items' },
      victims: { count: 5 },
    })
    expect(dry!.confidence).toBeLessThan(0.65)
  })

  const late: SpanInput = {
    id: 'c1',
    trace: 'c',
    parent: 'c',
    name: 'pg-pool.connect',
    kind: client,
    start: 900 * ms,
    end: 903 * ms,
  }
  const upstream: SpanInput = { ...late, id: 'b01', trace: 'b0', parent: 'b0', name: 'GET', end: 4000 * ms }
  it.each([
    ['somebody got one meanwhile', spans([request('c', 'GET /items', 899, 920), late])],
    ['one of them waited for somebody else', spans([upstream])],
    ['they were over soon', spans([], 300)],
    ['one before did without', spans([request('c', 'GET /items', 20, 30)])],
    ['nobody ever acquired', spans([], 4000, false)],
  ])('is not when %s', async (_, input) => {
    expect(await findingsOf({ spans: input })).toEqual([])
  })
})

describe('a row that is locked while its holder waits for somebody else', () => {
  /**
   *     order 1   BEGIN UPDATE ├┤  mail ├────────┤ COMMIT ├┤
   *     order 2    BEGIN  UPDATE ├─────────────────────────┤
   */
  const sql = (of: string, at: number, lengthMs: number, text: string): SpanInput => ({
    id: `${of}${at.toString(16)}`,
    trace: of,
    parent: of,
    name: text.slice(0, 6),
    kind: client,
    start: at * ms,
    end: (at + lengthMs) * ms,
    attributes: { 'db.system.name': 'postgresql', 'db.query.text': text },
  })
  const update = 'UPDATE stock SET n = n - 1 WHERE id = $1'
  const spans = (mailMs: number, otherTable = 'stock', commitAt = 620): SpanInput[] => [
    request('a', 'POST /orders', 0, 640),
    sql('a', 2, 1, 'BEGIN'),
    sql('a', 4, 2, update),
    {
      id: 'a9',
      trace: 'a',
      parent: 'a',
      name: 'POST',
      kind: client,
      start: 10 * ms,
      end: (10 + mailMs) * ms,
    },
    sql('a', commitAt, 3, 'COMMIT'),
    request('b', 'POST /orders', 3, 700),
    sql('b', 5, 1, 'BEGIN'),
    sql('b', 7, 615, update.replace('stock', otherTable)),
    sql('b', 630, 3, 'COMMIT'),
  ]

  it('is told, though no span names the row', async () => {
    const [leak, ...others] = await findingsOf({ spans: spans(590) })
    expect(others).toEqual([])
    expect(leak).toMatchObject({
      detector: 'leaked-hold',
      subject: { kind: 'resource', name: 'a row of stock' },
      culprit: { site: 'POST /orders' },
      victims: { count: 1 },
    })
  })

  it.each([
    ['the holder called nobody for long', spans(40)],
    ['the other one is after another table', spans(590, 'carts')],
    ['the statement ended long before the transaction', spans(590, 'stock', 680)],
  ])('is not when %s', async (_, rows) => {
    expect(await findingsOf({ spans: rows })).toEqual([])
  })
})

describe('an insert that a unique key refused', () => {
  /**
   *     POST /pay  SELECT ├┤        INSERT ├──┤
   *     POST /pay    SELECT ├┤        INSERT ├───✕
   */
  const sql = (of: string, at: number, lengthMs: number, text: string, error = ''): SpanInput => ({
    id: `${of}${at.toString(16)}`,
    trace: of,
    parent: of,
    name: text.slice(0, 6),
    kind: client,
    start: at * ms,
    end: (at + lengthMs) * ms,
    ...(error && { status: 2, statusMessage: error }),
    attributes: { 'db.system.name': 'postgresql', 'db.query.text': text },
  })
  const check = 'SELECT id FROM payments WHERE request_id = $1'
  const insert = 'INSERT INTO payments (request_id, cents) VALUES ($1, $2)'
  const refusal =
    'duplicate key value violates unique constraint\nDETAIL: Key (request_id)=(k0) already exists.'
  const spans = (checked: string, wonAt: number, status = 500): SpanInput[] => [
    request('a', 'POST /pay', 0, 90),
    sql('a', 2, 3, check),
    sql('a', wonAt, 8, insert),
    request('b', 'POST /pay', 6, 100, status),
    sql('b', 8, 3, checked),
    sql('b', 60, 9, insert, refusal),
  ]

  it('although its own check had found nothing came second: two ran at a time', async () => {
    const [double, ...others] = await findingsOf({ spans: spans(check, 50) })
    expect(others).toEqual([])
    expect(double).toMatchObject({
      detector: 'duplicate-operation',
      severity: 'high',
      subject: { kind: 'key', name: 'payments.request_id k0' },
      culprit: { site: 'POST /pay' },
      victims: { count: 1 },
    })
  })

  it('tells the column by the name of the constraint, where the detail is missing', async () => {
    const [...input] = spans(check, 50)
    input[5] = sql(
      'b',
      60,
      9,
      insert,
      'duplicate key value violates unique constraint "payments_request_id_key"',
    )
    expect(await findingsOf({ spans: input })).toMatchObject([
      { detector: 'duplicate-operation', subject: { name: 'payments.request_id' } },
    ])
  })

  it.each([
    ['without a check the row may have been there for long', spans('SELECT 1', 50)],
    ['what was checked is another column', spans('SELECT id FROM payments WHERE card = $1', 50)],
    ['nobody had inserted anything since the check', spans(check, 70)],
    ['the client was told so', spans(check, 50, 409)],
  ])('is no race where %s', async (_, input) => {
    expect(await findingsOf({ spans: input })).toEqual([])
  })
})

describe('an operation that every entity sees once', () => {
  /**
   *     POST /carts/77/pay   ├─ charge ─┤ INSERT ├┤ 200
   *     POST /carts/77/pay      ├─ charge ─┤ INSERT ├┤ 200
   */
  const pay = (id: string, cart: number, from: number, charges = true): SpanInput[] => [
    {
      ...request(id, 'POST /carts/:id/pay', from, from + 60),
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/carts/:id/pay',
        'url.path': `/carts/${cart}/pay`,
        'http.response.status_code': charges ? 200 : 409,
      },
    },
    {
      id: `${id}0`,
      trace: id,
      parent: id,
      name: charges ? 'POST' : 'GET',
      kind: client,
      start: (from + 5) * ms,
      end: (from + 45) * ms,
      attributes: { 'http.request.method': charges ? 'POST' : 'GET', 'url.full': 'http://bank/charges' },
    },
  ]
  const others = (carts: (at: number) => number): SpanInput[] =>
    Array.from({ length: 20 }, (_, at) => pay(`b${(at + 16).toString(16)}`, carts(at), 200 + 100 * at)).flat()
  const told = async (spans: readonly SpanInput[]) =>
    (await findingsOf({ spans })).map(
      ({ detector, subject, severity }) => `${severity} ${detector} ${subject.name}`,
    )

  it('was done twice when two posts at a time both did it', async () => {
    expect(await told([...pay('a1', 77, 0), ...pay('a2', 77, 18), ...others(at => at)])).toEqual([
      'high duplicate-operation cart 77',
    ])
  })
  it.each([
    ['the second was refused', [...pay('a1', 77, 0), ...pay('a2', 77, 18, false), ...others(at => at)]],
    [
      'the second came when the first was done',
      [...pay('a1', 77, 0), ...pay('a2', 77, 80), ...others(at => at)],
    ],
    [
      'others are done several times as well',
      [...pay('a1', 77, 0), ...pay('a2', 77, 18), ...others(at => at % 5)],
    ],
  ])('was not when %s', async (_, spans) => {
    expect(await told(spans)).toEqual([])
  })
})
