/** Each preset on spans shaped as its instrumentation writes them, beside what must stay out of its way. */
import { describe, expect, test } from 'vitest'
import type { Model } from '../../../src/core/convention/model.ts'
import { presets } from '../../../src/core/convention/presets/registry.ts'
import { readModel } from '../../../src/core/convention/read-model.ts'
import type { UserRule } from '../../../src/core/convention/user-rule.ts'
import { type AttributesInput, type SpanInput, storeOf } from '../../support/otlp.ts'

const ms = 1e6
const internal = 1
const server = 2
const client = 3
const consumer = 5

type Shape = readonly [name: string, from: number, to: number, attributes?: AttributesInput, kind?: number]

/** One request from 0 to 100 ms with these spans below it, all of one scope. */
async function modelOf(
  scope: string,
  language: string,
  shapes: readonly Shape[],
  rules: readonly UserRule[] = [],
): Promise<Model> {
  const below = shapes.map(
    ([name, from, to, attributes = {}, kind = client], index): SpanInput => ({
      id: `b${index}`,
      parent: 'a',
      name,
      start: from * ms,
      end: to * ms,
      kind,
      attributes,
    }),
  )
  const resource = { 'service.name': 'api', 'telemetry.sdk.language': language }
  const request = { id: 'a', name: 'GET /jobs/:id', start: 0, end: 100 * ms, kind: server }
  return readModel(
    await storeOf([
      { resource, spans: [request] },
      { resource, scope, spans: below },
    ]),
    rules,
  )
}

/** What the presets made of it, a line each: `wait W1 pg-pool 1–2`. */
function told(model: Model): string[] {
  const lines = [
    ...model.waits.map(one => ({
      one,
      what: `wait ${one.inferred!.rule} ${model.resources[one.resource]!.name}`,
    })),
    ...model.holds.map(one => ({
      one,
      what: `hold ${one.inferred!.rule} ${model.resources[one.resource]!.name}`,
    })),
    ...model.awaits.map(one => ({ one, what: `await ${one.inferred!.rule} ${one.targetId}` })),
    ...model.stalls.map(one => ({ one, what: `stall ${one.inferred!.rule}` })),
    ...model.tasks
      .filter(task => task.name !== 'GET /jobs/:id')
      .map(one => ({ one, what: `task ${one.inferred!.rule} ${one.type}` })),
  ]
  return lines.map(({ one, what }) => `${what} ${one.startNs / ms}–${one.endNs / ms}`)
}

const pgServer = {
  'db.system.name': 'postgresql',
  'server.address': 'db',
  'server.port': 5432,
  'db.namespace': 'shop',
}
const sql = (text: string, more: AttributesInput = {}): AttributesInput => ({
  ...pgServer,
  'db.query.text': text,
  ...more,
})
const js = (name: string): string => `@opentelemetry/instrumentation-${name}`
const py = (name: string): string => `opentelemetry.instrumentation.${name}`

const cases: readonly (readonly [
  library: string,
  scope: string,
  language: string,
  readonly Shape[],
  readonly string[],
])[] = [
  [
    'pg',
    js('pg'),
    'nodejs',
    [
      ['pg-pool.connect', 1, 5, { ...pgServer, 'db.postgresql.max.client': 10 }],
      ['pg.query:SELECT shop', 6, 9, sql('SELECT 1')],
    ],
    ['wait W1 db:5432/shop 1–5', 'hold H3 db:5432/shop 5–9'],
  ],
  [
    'generic-pool',
    js('generic-pool'),
    'nodejs',
    [['generic-pool.acquire', 1, 5, {}, internal]],
    ['wait W1 generic-pool 1–5'],
  ],
  [
    'mysql2',
    js('mysql2'),
    'nodejs',
    [
      [
        'BEGIN',
        1,
        2,
        { 'db.system.name': 'mysql', 'db.query.text': 'START TRANSACTION', 'db.namespace': 'shop' },
      ],
      ['COMMIT', 8, 9, { 'db.system.name': 'mysql', 'db.query.text': 'COMMIT', 'db.namespace': 'shop' }],
    ],
    ['hold H2 transactions on shop 2–9'],
  ],
  [
    'MySqlConnector',
    'MySqlConnector',
    'dotnet',
    [
      ['Open', 1, 4, { 'db.system': 'mysql', 'net.peer.name': 'db' }],
      ['Execute', 5, 6, { 'db.system': 'mysql', 'db.statement': 'SELECT 1', 'db.connection_id': 7 }],
    ],
    ['wait W1 db 1–4', 'hold H3 db 4–6', 'hold H5 connections to mysql 5–6'],
  ],
  [
    'mongodb',
    js('mongodb'),
    'nodejs',
    [['find users', 1, 2, { 'db.system.name': 'mongodb', 'db.operation.name': 'find' }]],
    [],
  ],
  [
    'ioredis',
    js('ioredis'),
    'nodejs',
    [
      ['connect', 0, 1, { 'db.system': 'redis' }],
      ['set', 2, 3, { 'db.system': 'redis', 'db.statement': 'set lock:7 [4 other arguments]' }],
      [
        'eval',
        8,
        9,
        {
          'db.system': 'redis',
          'db.statement':
            'eval if redis.call("get",KEYS[1]) == ARGV[1] then return redis.call("del",KEYS[1]) else return 0 end 1 lock:7 token',
        },
      ],
    ],
    ['hold L2 redis:lock:7 3–9'],
  ],
  [
    'redis 4',
    js('redis'),
    'nodejs',
    [
      ['redis-connect', 0, 1, { 'db.system.name': 'redis' }],
      ['redis-SET', 2, 3, { 'db.system.name': 'redis', 'db.query.text': 'SET lock:7 [4 other arguments]' }],
      ['redis-DEL', 8, 9, { 'db.system.name': 'redis', 'db.query.text': 'DEL lock:7' }],
    ],
    ['hold L2 redis:lock:7 3–9'],
  ],
  [
    'knex',
    js('knex'),
    'nodejs',
    [
      ['raw shop', 1, 2, sql('BEGIN;')],
      ['raw shop', 8, 9, sql('COMMIT;')],
    ],
    ['hold H2 transactions on shop 2–9'],
  ],
  [
    'prisma',
    'prisma',
    'nodejs',
    [
      ['prisma:engine:connection', 1, 3, { 'db.system': 'postgresql' }, internal],
      ['prisma:client:transaction', 0, 50, { method: '$transaction' }, internal],
    ],
    ['wait W1 prisma-pool 1–3', 'hold H1 prisma transactions 0–50'],
  ],
  ['undici', js('undici'), 'nodejs', [['GET', 1, 9, { 'server.address': 'upstream' }]], []],
  [
    'System.Net.Http',
    'Experimental.System.Net.Http.Connections',
    'dotnet',
    [['HTTP wait_for_connection upstream:443', 1, 9, {}, internal]],
    ['wait W1 http-connections 1–9'],
  ],
  [
    'otelhttptrace',
    'go.opentelemetry.io/contrib/instrumentation/net/http/httptrace/otelhttptrace',
    'go',
    [['http.getconn', 1, 9, { 'server.address': 'upstream:443' }]],
    ['wait W1 upstream:443 1–9'],
  ],
  [
    'oracledb',
    js('oracledb'),
    'nodejs',
    [
      ['oracledb.Pool.getConnection', 1, 2, {}],
      [
        'oracledb.Connection.execute',
        3,
        4,
        { 'db.system.name': 'oracle.db', 'db.query.text': 'SELECT 1 FROM dual' },
      ],
      ['oracledb.Connection.close', 8, 9, {}],
    ],
    ['wait W1 oracledb-pool 1–2', 'hold H1 oracledb-pool 2–9'],
  ],
  [
    'bullmq',
    'bullmq',
    'nodejs',
    [
      ['process mails', 10, 30, { 'bullmq.job.id': '7' }, consumer],
      ['extendLocks mails', 40, 41, {}, internal],
    ],
    ['task T4 background 10–30'],
  ],
  [
    'kafkajs',
    js('kafkajs'),
    'nodejs',
    [['process orders', 10, 30, { 'messaging.system': 'kafka' }, consumer]],
    ['task T4 background 10–30'],
  ],
  [
    'amqplib',
    js('amqplib'),
    'nodejs',
    [['orders process', 10, 30, { 'messaging.system': 'rabbitmq' }, consumer]],
    ['task T4 background 10–30'],
  ],
  [
    'socket.io',
    js('socket.io'),
    'nodejs',
    [['/chat receive', 10, 11, { 'messaging.system': 'socket.io' }, consumer]],
    ['task T4 callback 10–11'],
  ],
  [
    'asyncio',
    py('asyncio'),
    'python',
    [
      ['asyncio coro-work', 10, 30, {}, internal],
      ['asyncio to_thread-hash', 31, 32, {}, internal],
    ],
    ['task T3 coroutine 10–30', 'task T3 thread_job 31–32'],
  ],
  [
    'logfire',
    'logfire',
    'python',
    [['Async work blocked for 0.060 seconds', 90, 90, {}, internal]],
    ['stall S2 30–90'],
  ],
  [
    'asgi',
    py('asgi'),
    'python',
    [
      ['POST /jobs http receive', 1, 9, {}, internal],
      ['POST /jobs http send', 20, 20, {}, internal],
    ],
    ['await I1 the client 1–9'],
  ],
  [
    'fastapi',
    py('fastapi'),
    'python',
    [['BackgroundTask notify', 50, 90, {}, internal]],
    ['task T4 background 50–90'],
  ],
  [
    'sqlalchemy',
    py('sqlalchemy'),
    'python',
    [
      ['connect', 1, 4, { 'db.system': 'postgresql', 'db.name': 'shop' }],
      ['SELECT shop', 5, 6, { 'db.system': 'postgresql', 'db.statement': 'SELECT 1' }],
    ],
    ['wait W1 sqlalchemy-pool 1–4', 'hold H3 sqlalchemy-pool 4–6'],
  ],
  [
    'psycopg',
    py('psycopg'),
    'python',
    [['SELECT', 5, 6, { 'db.system': 'postgresql', 'db.statement': 'SELECT 1' }]],
    [],
  ],
  [
    'asyncpg',
    py('asyncpg'),
    'python',
    [
      ['BEGIN;', 1, 2, { 'db.system': 'postgresql', 'db.statement': 'BEGIN;', 'db.name': 'shop' }],
      ['COMMIT;', 8, 9, { 'db.system': 'postgresql', 'db.statement': 'COMMIT;', 'db.name': 'shop' }],
    ],
    ['hold H2 transactions on shop 2–9'],
  ],
  [
    'redis-py',
    py('redis'),
    'python',
    [['SET', 1, 2, { 'db.system': 'redis', 'db.statement': 'SET ? ? ? ? ?' }]],
    [],
  ],
  [
    'celery',
    py('celery'),
    'python',
    [['run/tasks.mail', 10, 30, { 'celery.action': 'run' }, consumer]],
    ['task T4 background 10–30'],
  ],
  [
    'tokio',
    'tracing-opentelemetry',
    'rust',
    [['runtime.spawn', 10, 30, { busy_ns: 1000, idle_ns: 19_999_000 }, internal]],
    ['task T5 coroutine 10–30'],
  ],
  [
    'sqlx',
    'sqlx-tracing',
    'rust',
    [
      ['sqlx.pool.acquire', 1, 3, {}, internal],
      ['sqlx.transaction.begin', 3, 4, {}],
      ['sqlx.transaction.commit', 8, 9, {}],
    ],
    ['wait W1 sqlx-pool 1–3', 'hold H3 sqlx-pool 3–9', 'hold H1 transactions 4–9'],
  ],
  [
    'npgsql',
    'Npgsql',
    'dotnet',
    [
      ['shop', 1, 3, sql('SELECT 1', { 'db.npgsql.connection_id': 4 })],
      ['shop', 7, 9, sql('SELECT 2', { 'db.npgsql.connection_id': 4 })],
    ],
    ['hold H5 connections to shop 1–9'],
  ],
  [
    'jdbc',
    'io.opentelemetry.jdbc',
    'java',
    [
      ['HikariDataSource.getConnection', 1, 4, {}, internal],
      ['SELECT shop.jobs', 5, 6, { 'db.system': 'postgresql', 'db.statement': 'SELECT ?' }],
    ],
    ['wait W1 datasource 1–4', 'hold H3 datasource 4–6'],
  ],
  [
    'otelsql',
    'github.com/XSAM/otelsql',
    'go',
    [
      ['sql.connector.connect', 0, 1, {}],
      ['sql.conn.begin_tx', 1, 2, {}],
      ['sql.tx.commit', 8, 9, {}],
    ],
    ['hold H1 transactions 2–9'],
  ],
  [
    'otelpgx',
    'github.com/exaring/otelpgx',
    'go',
    [
      ['pool.acquire', 1, 4, pgServer],
      ['query SELECT 1', 5, 6, sql('SELECT 1')],
    ],
    ['wait W1 db:5432/shop 1–4', 'hold H3 db:5432/shop 4–6'],
  ],
  ['fs', js('fs'), 'nodejs', [['fs readFileSync', 10, 80, {}, internal]], ['stall S2 10–80']],
  ['long-task', js('long-task'), 'webjs', [['longtask', 10, 80, {}, internal]], ['stall S2 10–80']],
]

describe('presets', () => {
  test.each(cases)('%s', async (_, scope, language, shapes, expected) => {
    expect(told(await modelOf(scope, language, shapes))).toEqual(expected)
  })

  test('each one is tried above, or has nothing to try', () => {
    const tried = (scope: RegExp): boolean => cases.some(([, name]) => scope.test(name))
    expect(presets.filter(preset => !tried(preset.scope)).map(preset => preset.library)).toEqual([])
  })

  test('names that everybody uses mean nothing outside their scope', async () => {
    const model = await modelOf('my-app', 'nodejs', [
      ['Open', 1, 2, {}, internal],
      ['process orders', 3, 4, {}, internal],
      ['chat receive', 5, 6, {}, internal],
      ['connect', 7, 8, {}, internal],
      ['prepare getConnectionInfo', 9, 10, {}, internal],
      ['POST /jobs http receive', 11, 12, {}, internal],
    ])
    expect(told(model)).toEqual([])
    expect(model.coverage.gaps.every(gap => gap.of !== 'holds')).toBe(true)
  })

  test('of two on one span the more specific one wins, and the reason tells of the other', async () => {
    const rules: readonly UserRule[] = [{ match: { name: 'pg-pool.*' }, role: 'hold', resource: 'mine' }]
    const model = await modelOf(js('pg'), 'nodejs', [['pg-pool.connect', 1, 5, pgServer]], rules)
    expect(told(model)).toEqual(['hold user:1 mine 1–5'])
    expect(model.holds[0]!.inferred!.reason).toBe(
      'your rule 1 says so of pg-pool.connect; more specific than W1 of pg',
    )
    // Go's `connect` makes a connection; only where its scope is not known it could be a checkout of SQLAlchemy.
    const dial: readonly Shape[] = [['connect', 1, 5, pgServer]]
    expect(told(await modelOf('github.com/exaring/otelpgx', 'go', dial))).toEqual([])
    expect(told(await modelOf('', 'python', dial))).toEqual(['wait W1 db:5432/shop 1–5'])
  })

  test('a query inside the span of the library that made it counts once', async () => {
    const resource = { 'service.name': 'api' }
    const begin = { ...pgServer, 'db.query.text': 'BEGIN' }
    const spans: SpanInput[] = [
      { id: 'a', name: 'GET', start: 0, end: 100, kind: server },
      {
        id: 'b',
        parent: 'a',
        name: 'raw',
        start: 1,
        end: 9,
        kind: client,
        attributes: sql('UPDATE jobs SET n = 1 WHERE id = 7'),
      },
      {
        id: 'c',
        parent: 'b',
        name: 'pg.query',
        start: 2,
        end: 8,
        kind: client,
        attributes: sql('UPDATE jobs SET n = 1 WHERE id = 7'),
      },
      { id: 'd', parent: 'a', name: 'pg.query', start: 20, end: 30, kind: client, attributes: begin },
    ]
    expect(readModel(await storeOf({ resource, spans })).accesses).toHaveLength(1)
  })

  test('what a library never tells is told, with the line to add', async () => {
    const model = await modelOf(js('mysql2'), 'nodejs', [['SELECT', 1, 2, {}]])
    expect(model.coverage.gaps.map(gap => gap.of)).toEqual(['holds', 'stalls', 'accesses'])
    expect(model.coverage.gaps[0]!.add).toContain('one line')
  })
})
