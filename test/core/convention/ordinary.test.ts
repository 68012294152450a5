/** Roles inferred from ordinary spans, each rule beside the near misses in which it must stay silent. */
import { describe, expect, test } from 'vitest'
import type { Model } from '../../../src/core/convention/model.ts'
import { readStatement } from '../../../src/core/convention/queries/sql.ts'
import { readModel } from '../../../src/core/convention/read-model.ts'
import { analyze } from '../../../src/core/detect/analyze.ts'
import { type AttributesInput, importOf, type SpanInput, storeOf } from '../../support/otlp.ts'

const ms = 1e6
const server = 2
const client = 3

let ids = 0
const id = (): string => (++ids).toString(16)

/** Times in ms. */
function span(
  name: string,
  from: number,
  to: number,
  more: Partial<SpanInput> = {},
  attributes: AttributesInput = {},
): SpanInput {
  return { id: id(), name, start: Math.round(from * ms), end: Math.round(to * ms), attributes, ...more }
}

function request(path: string, from: number, to: number, more: Partial<SpanInput> = {}): SpanInput {
  const attributes = {
    'http.request.method': 'GET',
    'http.route': path.replace(/\d+/, ':id'),
    'url.path': path,
  }
  return span(`GET ${path}`, from, to, { kind: server, ...more }, attributes)
}

const query = (parent: SpanInput, text: string, from: number, to: number, more: AttributesInput = {}) =>
  span(
    'pg.query',
    from,
    to,
    { kind: client, parent: parent.id },
    { 'db.system.name': 'postgresql', 'db.query.text': text, ...more },
  )

const acquire = (parent: SpanInput, from: number, to: number, more: AttributesInput = {}, status = 0) =>
  span('pg-pool.connect', from, to, { kind: client, parent: parent.id, status }, more)

async function modelOf(spans: readonly SpanInput[], language = 'nodejs'): Promise<Model> {
  const resource = { 'service.name': 'api', 'telemetry.sdk.language': language }
  return readModel(await storeOf({ resource, spans }))
}

const holds = (model: Model): string[] =>
  model.holds.map(
    hold =>
      `${hold.inferred?.rule} ${model.resources[hold.resource]!.name} ${hold.startNs / ms}–${hold.endNs / ms} ${hold.site}`,
  )

describe('pooled connections', () => {
  test('are held at least until the last query of their caller (H3)', async () => {
    const job = request('/jobs/7', 0, 100)
    const model = await modelOf([
      job,
      acquire(job, 1, 2, { 'db.postgresql.max.client': 5 }),
      query(job, 'SELECT 1', 3, 10),
      query(job, 'SELECT 2', 20, 25),
    ])
    expect(holds(model)).toEqual(['H3 pg-pool 2–25 GET /jobs/:id'])
    expect(model.holds[0]).toMatchObject({ wait: 0, usefulNs: 12 * ms, lastUseNs: 25 * ms })
    expect(model.holds[0]!.inferred!.reason).toContain('inferred from pg-pool.connect')
    expect(model.resources[0]!.capacity).toBe(5)
    expect(model.waits[0]!.hold).toBe(0)
    expect(model.coverage.hasHolds).toBe(false)
  })

  test('each query of parallel acquires goes to a grant of its own', async () => {
    const job = request('/jobs/7', 0, 100)
    const model = await modelOf([
      job,
      acquire(job, 1, 2),
      acquire(job, 1, 3),
      query(job, 'SELECT 1', 3, 10),
      query(job, 'SELECT 2', 4, 30),
    ])
    expect(holds(model)).toEqual(['H3 pg-pool 2–10 GET /jobs/:id', 'H3 pg-pool 3–30 GET /jobs/:id'])
  })

  /** `takers` streams take one connection each and stay open; then one request waits from 1000 to `until`. */
  function crowd(takers: number, made: number, until: number, status = 2): SpanInput[] {
    const spans: SpanInput[] = []
    for (let i = 0; i < takers; i++) {
      const stream = request(`/streams/${i}`, 10 * i, 9000)
      const asked = acquire(stream, 10 * i, 10 * i + 5)
      spans.push(stream, asked, query(stream, 'SELECT 1', 10 * i + 5, 10 * i + 7))
      if (i < made) spans.push(span('pg.connect', 10 * i, 10 * i + 4, { kind: client, parent: asked.id }))
    }
    const late = request('/jobs/7', 1000, until + 10)
    spans.push(late, acquire(late, 1000, until, {}, status))
    return spans
  }

  test('were kept by all takers still open when the pool made others wait (H4)', async () => {
    const model = await modelOf(crowd(4, 4, 4000))
    expect(holds(model)).toEqual([0, 1, 2, 3].map(i => `H4 pg-pool ${10 * i + 5}–4000 GET /streams/:id`))
    expect(model.resources[0]!.capacity).toBe(4)
  })

  test('are not said to be kept when more were open than there are connections', async () => {
    const model = await modelOf(crowd(6, 4, 4000))
    expect(model.holds.every(hold => hold.inferred!.rule === 'H3')).toBe(true)
    expect(model.resources[0]!.capacity).toBe(-1)
  })

  test('are not said to be kept when the wait was short', async () => {
    const model = await modelOf(crowd(4, 4, 1050))
    expect(model.holds.every(hold => hold.inferred!.rule === 'H3')).toBe(true)
  })

  test('are not said to be kept when somebody else got one meanwhile', async () => {
    const other = request('/jobs/8', 1500, 1600)
    const model = await modelOf([...crowd(4, 4, 4000), other, acquire(other, 1500, 1510)])
    expect(model.holds.every(hold => hold.inferred!.rule === 'H3')).toBe(true)
  })

  /**
   * Eight requests, one each 20 ms, of a pool of two: each asks for the price of something for 400 ms once it has a connection.
   *
   *     1   #############|          `tailMs` after it gave it back its answer is sent
   *     2    #############|
   *     3    ├────────────┤#############
   */
  function line(tailMs: number, askedLater = false): SpanInput[] {
    const spans: SpanInput[] = []
    for (let i = 0; i < 8; i++) {
      const at = 20 * i
      const from = i < 2 ? at + 5 : 5 + 400 * Math.floor(i / 2) + 20 * (i % 2)
      const job = request('/prices/7', at, from + 400 + tailMs)
      const asked = acquire(job, at, from)
      spans.push(job, asked, query(job, 'SELECT 1', from, from + 2))
      if (i < 2) spans.push(span('pg.connect', at, at + 4, { kind: client, parent: asked.id }))
    }
    if (askedLater) {
      const quick = request('/jobs/8', 200, 230)
      spans.push(quick, acquire(quick, 200, 205))
    }
    return spans
  }
  const kept = (model: Model): string[] => holds(model).filter(text => text.startsWith('H4'))

  test('were kept until the next in a queue got them, from hand-over to hand-over (H4)', async () => {
    const model = await modelOf(line(1))
    expect(kept(model)).toEqual(
      [5, 25, 405, 425, 805, 825]
        .map(from => `H4 pg-pool ${from}–${from + 400} GET /prices/:id`)
        .concat('H4 pg-pool 1205–1225 GET /prices/:id'),
    )
    expect(model.resources[0]!.capacity).toBe(2)
    const { store, report } = await importOf({ spans: line(1) })
    expect(analyze(store, readModel(store), report).findings).toMatchObject([
      { detector: 'pool-exhausted', culprit: { site: 'GET /prices/:id' }, victims: { count: 6 } },
    ])
  })

  test('are not said to be kept by takers who may just have been busy with other things', async () => {
    // Only of the first two: later ones share their time with those that were done with theirs.
    expect(kept(await modelOf(line(450)))).toHaveLength(2)
  })

  test('are not said to be kept when somebody who asked later got one at once: no queue', async () => {
    expect(kept(await modelOf(line(1, true)))).toEqual([])
  })

  test('a connect of a Redis client is no pool, one of SQLAlchemy is', async () => {
    const job = request('/jobs/7', 0, 100)
    const connect = (system: string): SpanInput =>
      span('connect', 1, 2, { kind: client, parent: job.id }, { 'db.system': system })
    expect((await modelOf([job, connect('redis')])).waits).toEqual([])
    expect((await modelOf([job, connect('postgresql')], 'python')).waits).toHaveLength(1)
  })
})

describe('transactions and locks', () => {
  const complete = (path: string, from: number): SpanInput[] => {
    const job = request(path, from, from + 100)
    return [
      job,
      query(job, 'BEGIN', from + 1, from + 2),
      query(job, 'SELECT status FROM jobs WHERE id = $1 FOR UPDATE', from + 3, from + 5),
      query(job, `UPDATE jobs SET status = 'done' WHERE id = $1`, from + 10, from + 12),
      query(job, 'COMMIT', from + 20, from + 22),
    ]
  }

  test('last from BEGIN to COMMIT, row locks from their query to COMMIT (H2, L1)', async () => {
    const model = await modelOf([...complete('/jobs/7', 0), ...complete('/jobs/7', 50)])
    expect(holds(model)).toEqual([
      'H2 transactions on postgresql 2–22 GET /jobs/:id',
      'L1 row:jobs/7 5–22 GET /jobs/:id',
      'H2 transactions on postgresql 52–72 GET /jobs/:id',
      'L1 row:jobs/7 55–72 GET /jobs/:id',
    ])
    expect(
      model.waits.map(wait => [wait.startNs / ms, wait.endNs / ms, model.holds[wait.hold]!.startNs / ms]),
    ).toEqual([
      [3, 5, 5],
      [53, 55, 55],
    ])
  })

  test('rows that only one task locks are no resource; two transactions at once are nobody’s', async () => {
    const model = await modelOf([...complete('/jobs/7', 0), ...complete('/jobs/8', 50)])
    expect(model.holds.map(hold => hold.inferred!.rule)).toEqual(['H2', 'H2'])
    const job = request('/jobs/7', 0, 100)
    const mixed = await modelOf([
      job,
      query(job, 'BEGIN', 1, 2),
      query(job, 'BEGIN', 3, 4),
      query(job, 'COMMIT', 10, 11),
      query(job, 'COMMIT', 12, 13),
    ])
    expect(mixed.holds).toEqual([])
  })

  test('a Redis key that one task sets with options and deletes is a lock, a cache entry is none (L2)', async () => {
    const redis = (parent: SpanInput, text: string, from: number): SpanInput =>
      span(
        'redis-SET',
        from,
        from + 1,
        { kind: client, parent: parent.id },
        { 'db.system.name': 'redis', 'db.query.text': text },
      )
    const job = request('/jobs/7', 0, 100)
    const locked = await modelOf([
      job,
      redis(job, 'SET lock:7 [4 other arguments]', 5),
      redis(job, 'DEL lock:7', 50),
    ])
    expect(holds(locked)).toEqual(['L2 redis:lock:7 6–51 GET /jobs/:id'])
    // Some instrumentation writes placeholders for keys: these two need not be of one.
    for (const [set, freed] of [
      ['page:7', 'page:8'],
      ['?', '?'],
    ]) {
      const cached = await modelOf([
        job,
        redis(job, `SET ${set} [3 other arguments]`, 5),
        redis(job, `DEL ${freed}`, 50),
      ])
      expect(cached.holds).toEqual([])
    }
  })
})

describe('accesses', () => {
  const accesses = (model: Model): string[] =>
    model.accesses.map(access => `${access.op} ${model.keys[access.key]} at ${access.atNs / ms}`)

  test('of the row that the request is about: reads at their end, writes at their start (A1)', async () => {
    const job = request('/jobs/7', 0, 100)
    const model = await modelOf([
      job,
      query(job, 'SELECT status FROM jobs WHERE id = $1', 1, 3),
      query(job, `UPDATE public."jobs" SET status = 'done' WHERE jobs.id = $1`, 10, 12),
      query(job, 'INSERT INTO payouts (job_id, amount) VALUES ($1, $2)', 13, 14),
      query(job, 'SELECT name FROM users WHERE id = $1', 15, 16),
      query(job, 'UPDATE jobs SET seen = 1', 17, 18),
    ])
    expect(accesses(model)).toEqual([
      'read row:jobs/7 at 3',
      'write row:jobs/7 at 10',
      'create row:payouts/7 at 13',
    ])
    expect(model.accesses[0]!.inferred).toMatchObject({ rule: 'A1' })
    expect(model.coverage.hasAccesses).toBe(false)
  })

  test('with the key from the text or the parameters', async () => {
    const job = request('/', 0, 100)
    const model = await modelOf([
      job,
      query(job, 'SELECT * FROM users WHERE id = 42', 1, 2),
      query(job, 'UPDATE users SET n = n + 1 WHERE name = $1 AND id = $2', 3, 4, {
        'db.postgresql.values': ['ada', '42'],
      }),
    ])
    expect(accesses(model)).toEqual(['read row:users/42 at 2', 'compare_and_set row:users/42 at 3'])
  })
})

describe('statements', () => {
  test.each([
    ['select a from jobs j where id = $1', 'select', 'jobs', 'id', 0],
    ['SELECT a FROM jobs, users WHERE id = $1', 'select', '', '', -1],
    ['SELECT a FROM jobs WHERE id = $1 OR x = 2', 'select', 'jobs', '', -1],
    ['SELECT a FROM jobs WHERE id IN ($1, $2)', 'select', 'jobs', '', -1],
    ['UPDATE jobs SET a = ?, b = ? WHERE uuid = ?', 'update', 'jobs', 'uuid', 2],
    ['DELETE FROM "s"."Jobs" WHERE id = 7;', 'delete', 'jobs', 'id', -1],
    ['INSERT INTO jobs (name, id) VALUES (?, ?)', 'insert', 'jobs', 'id', 1],
    ['INSERT INTO jobs (id) VALUES (1), (2)', 'insert', 'jobs', '', -1],
    ['SELECT 1; DROP TABLE jobs', 'other', '', '', -1],
    ['ROLLBACK TO SAVEPOINT a', 'other', '', '', -1],
    ['ROLLBACK', 'end', '', '', -1],
    ['START TRANSACTION ISOLATION LEVEL SERIALIZABLE', 'begin', '', '', -1],
  ])('%s', (text, kind, table, column, parameter) => {
    expect(readStatement(text)).toMatchObject({ kind, table, column, parameter })
  })

  test('writes that guard themselves or count', () => {
    expect(readStatement(`UPDATE jobs SET s = 'done' WHERE id = $1 AND s = 'open'`).guarded).toBe(true)
    expect(readStatement('UPDATE jobs SET n = n + $2 WHERE id = $1').counts).toBe(true)
    expect(readStatement('INSERT INTO jobs (id) VALUES ($1) ON CONFLICT DO NOTHING').guarded).toBe(true)
    expect(readStatement('SELECT a FROM jobs WHERE id = 1 FOR SHARE').locks).toBe('shared')
    expect(readStatement('SELECT a FROM jobs WHERE id = 1 FOR UPDATE SKIP LOCKED').locks).toBe('')
  })

  test('hostile texts take no time', () => {
    const started = performance.now()
    for (const text of [
      'select '.repeat(5000),
      `select a from ${'x.'.repeat(5000)}`,
      `insert into j (${'a,'.repeat(5000)}`,
    ])
      readStatement(text)
    expect(performance.now() - started).toBeLessThan(200)
  })
})

describe('stalls', () => {
  test('last as long as a synchronous call (S2)', async () => {
    const job = request('/jobs/7', 0, 400)
    const read = span('fs readFileSync', 50, 250, { parent: job.id })
    const other = request('/jobs/8', 10, 252)
    const model = await modelOf([job, read, other])
    expect(model.stalls).toHaveLength(1)
    expect(model.stalls[0]).toMatchObject({
      startNs: 50 * ms,
      endNs: 250 * ms,
      loop: 0,
      site: 'fs readFileSync',
    })
    expect(model.stalls[0]!.delayed!.map(task => model.tasks[task]!.name)).toEqual(['GET /jobs/8'])
    expect(model.loops[0]).toMatchObject({ label: 'api#main' })
  })

  test('long tasks of a page are shown, without victims', async () => {
    const load = span('documentLoad', 0, 405)
    const model = await modelOf([load, span('longtask', 100, 400)], 'webjs')
    expect(model.stalls).toMatchObject([{ site: 'longtask', delayed: [] }])
  })

  test('asyncio and Logfire tell theirs at the end', async () => {
    const told = span('Async task refresh blocked for 0.250 seconds', 500, 500)
    const model = await modelOf([request('/jobs/7', 0, 600), told], 'python')
    expect(model.stalls).toMatchObject([{ startNs: 250 * ms, endNs: 500 * ms, site: 'task refresh' }])
  })

  /**
   * Requests every 50 ms; between 1000 and 2000 an upload works and a report waits for its query.
   * `queued` requests begin together afterwards.
   */
  function day(queued: number, more: { reportEnds?: number; reportAsks?: boolean } = {}): SpanInput[] {
    const spans: SpanInput[] = []
    for (let at = 0; at < 4000; at += 50) {
      if (at > 990 && at < 2000) continue
      spans.push(request('/jobs', at + 0.1, at + 3.2))
    }
    const { reportEnds = 2001, reportAsks = true } = more
    const report = request('/report', 900, reportEnds)
    spans.push(report, request('/upload', 998, 2000.2))
    if (reportAsks) spans.push(query(report, 'SELECT pg_sleep(1)', 901, reportEnds - 0.2))
    for (let i = 0; i < queued; i++) spans.push(request('/jobs', 2002 + i / 2, 2020 + i))
    return spans
  }

  test('are told from silence: ready ones end and waiting requests begin at once (S3)', async () => {
    const model = await modelOf(day(18))
    expect(model.stalls).toHaveLength(1)
    const [stall] = model.stalls
    expect(stall!.inferred).toMatchObject({ rule: 'S3' })
    expect(model.tasks[stall!.task]!.name).toBe('GET /upload')
    expect(stall!.site).toBe('GET /upload')
    expect(stall!.delayed!.length).toBeGreaterThanOrEqual(18)
  })

  test('a quiet time is none: nobody came meanwhile', async () => {
    expect((await modelOf(day(0))).stalls).toEqual([])
  })

  test('two that wait for the same and end together are none', async () => {
    expect((await modelOf(day(2))).stalls).toEqual([])
  })

  test('a client that asks for much as soon as it has its answer is none', async () => {
    // Nobody else's answer came at that moment, and what came is not what the traffic would have brought in that time.
    for (const queued of [4, 120]) {
      expect((await modelOf(day(queued, { reportEnds: 2500 }))).stalls).toEqual([])
      expect((await modelOf(day(queued, { reportAsks: false }))).stalls).toEqual([])
    }
  })

  test('as many at once as steady traffic would have brought need no such answer', async () => {
    expect((await modelOf(day(18, { reportAsks: false }))).stalls).toHaveLength(1)
  })

  test('traffic in bursts is none', async () => {
    const bursts = [2300, 2900, 3500].flatMap(at =>
      Array.from({ length: 18 }, (_, i) => request('/jobs', at + i / 2, at + 20 + i)),
    )
    expect((await modelOf([...day(18), ...bursts])).stalls).toEqual([])
  })

  test('services with many threads are left in peace', async () => {
    expect((await modelOf(day(18), 'java')).stalls).toEqual([])
    // Python has one loop only where its instrumentation is of asyncio.
    expect((await modelOf(day(18), 'python')).stalls).toEqual([])
  })
})
