import { describe, expect, test } from 'vitest'
import { type Model, roles } from '../../../src/core/convention/model.ts'
import { readModel } from '../../../src/core/convention/read-model.ts'
import { entityOfKey } from '../../../src/core/convention/tables/entity.ts'
import { mergeIntervals } from '../../../src/core/convention/tables/read-holds.ts'
import { type AttributesInput, type LogInput, type SpanInput, storeOf, unix } from '../../support/otlp.ts'

const ms = 1e6

/** A recorder span: short keys, times in ms. */
function rec(
  id: string,
  type: string,
  from: number,
  to: number | undefined,
  attributes: AttributesInput,
  more: Partial<SpanInput> = {},
): SpanInput {
  return {
    id,
    name: `${type} ${id}`,
    start: from * ms,
    ...(to === undefined ? {} : { end: to * ms }),
    attributes: {
      'interleave.record.type': type,
      'interleave.loop.id': 'main',
      ...Object.fromEntries(Object.entries(attributes).map(([key, value]) => [full(key), value])),
    },
    ...more,
  }
}

const full = (key: string): string => (/^(code|http|url|db)\./.test(key) ? key : `interleave.${key}`)

const log = (
  at: number,
  name: string,
  attributes: AttributesInput,
  more: Partial<LogInput> = {},
): LogInput => ({
  at: at * ms,
  name: `interleave.${name}`,
  attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [full(key), value])),
  ...more,
})

async function modelOf(spans: readonly SpanInput[], logs: readonly LogInput[] = []): Promise<Model> {
  return readModel(await storeOf({ resource: { 'service.name': 'api' }, scope: 'interleave', spans, logs }))
}

const site = {
  'code.function.name': 'auth.check',
  'code.file.path': '/srv/app/auth.ts',
  'code.line.number': 41,
}

describe('tasks', () => {
  test('are found by an id that one span writes as a text and another as a number', async () => {
    const model = await modelOf([
      rec('a', 'task', 0, 10, { 'task.id': '42' }),
      rec('b', 'task', 2, 8, { 'task.id': 7, 'task.parent.id': 42 }),
      rec('c', 'await', 3, 5, { 'task.id': '7' }),
    ])
    expect(model.tasks.map(task => [task.id, task.parent])).toEqual([
      ['42', -1],
      ['7', 0],
    ])
    expect(model.awaits[0]!.task).toBe(1)
  })

  test('are inferred where locks are told by hand and tasks are not', async () => {
    const lock = { 'resource.name': 'stock', 'resource.type': 'mutex' }
    const model = await modelOf([
      { id: 'a', name: 'POST /a', start: 0, end: 90 * ms, kind: 2 },
      rec('b', 'resource.wait', 10, 20, lock, { parent: 'a' }),
      rec('c', 'resource.hold', 20, 80, lock, { parent: 'a' }),
      rec('d', 'resource.hold', 200, 210, lock),
    ])
    expect(model.tasks.map(task => [task.name, task.inferred?.rule])).toEqual([['POST /a', 'T1']])
    expect([model.waits[0]!.task, model.holds[0]!.task, model.holds[1]!.task]).toEqual([0, 0, -1])
  })
  test('spans, parents, slices and what other spans belong to', async () => {
    const model = await modelOf([
      rec('a', 'task', 0, 100, {
        'task.id': 't1',
        'task.name': 'GET /x',
        'task.type': 'request',
        'run.offsets': [0, 50 * ms],
        'run.durations': [10 * ms, 5 * ms],
      }),
      rec('b', 'task', 10, 90, { 'task.id': 't2', 'task.parent.id': 't1' }, { parent: 'a' }),
      {
        id: 'c',
        name: 'SELECT',
        start: 20 * ms,
        end: 30 * ms,
        kind: 3,
        attributes: { 'interleave.task.id': 't2' },
      },
      { id: 'd', name: 'inner', start: 21 * ms, end: 22 * ms, parent: 'c' },
      rec('e', 'run', 60, 61, { 'task.id': 't2' }),
    ])
    expect(model.tasks.map(task => [task.id, task.name, task.parent, task.loop])).toEqual([
      ['t1', 'GET /x', -1, 0],
      ['t2', 'b', 0, 0],
    ])
    expect(model.loops.map(loop => loop.label)).toEqual(['api#main'])
    const slices = Array.from(model.slices.startNs, (start, i) => [
      start / ms,
      model.slices.endNs[i]! / ms,
      model.slices.task[i],
    ])
    expect(slices).toEqual([
      [0, 10, 0],
      [50, 55, 0],
      [60, 61, 1],
    ])
    expect(model.requests.map(request => request.operation)).toEqual(['GET /x'])
    expect(Array.from(model.taskOfSpan).filter(task => task === 1)).toHaveLength(4)
  })

  test('a task that only others name is kept, and says so', async () => {
    const model = await modelOf([
      rec('a', 'await', 5, 20, { 'task.id': 't9', 'await.target.type': 'io' }),
      rec('b', 'await', 30, 40, { 'task.id': 't9', 'await.target.type': 'io' }),
    ])
    expect(model.tasks).toMatchObject([
      { id: 't9', row: -1, startNs: 5 * ms - 5 * ms, endNs: 35 * ms, inferred: { rule: 'T0' } },
    ])
    expect(model.awaits.map(one => one.task)).toEqual([0, 0])
  })

  test('a task that outlives the recording is running, with its slices from the open record', async () => {
    const model = await modelOf(
      [rec('a', 'task', 0, 10, { 'task.id': 't1' })],
      [
        log(
          2000,
          'span.open',
          {
            'record.type': 'task',
            'task.id': 't2',
            'loop.id': 'main',
            'span.name': 'task sse',
            'span.start_unix_nano': unix(5 * ms),
            'run.offsets': [0],
            'run.durations': [3 * ms],
          },
          { id: 'b' },
        ),
      ],
    )
    expect(model.tasks[1]).toMatchObject({
      id: 't2',
      name: 'sse',
      open: true,
      outcome: 'running',
      startNs: 5 * ms,
      endNs: 2000 * ms,
    })
    expect(model.slices.count).toBe(1)
  })
})

describe('waits and holds', () => {
  const pool = {
    'resource.id': 'pool-1',
    'resource.name': 'db-pool',
    'resource.type': 'pool',
    'resource.capacity': 2,
  }

  test('pairs are joined, uses merged and clipped', async () => {
    const model = await modelOf(
      [
        rec('a', 'task', 0, 100, { 'task.id': 't1' }),
        rec('b', 'resource.wait', 0, 10, {
          ...pool,
          'task.id': 't1',
          'wait.id': 'w1',
          'resource.outcome': 'acquired',
          ...site,
        }),
        rec('c', 'resource.hold', 10, 90, {
          ...pool,
          'task.id': 't1',
          'wait.id': 'w1',
          'hold.id': 'h1',
          ...site,
        }),
        { id: 'd', start: 15 * ms, end: 20 * ms, attributes: { 'interleave.hold.ids': ['h1'] } },
        { id: 'e', start: 18 * ms, end: 25 * ms, attributes: { 'interleave.hold.ids': ['h1', 'h7'] } },
        { id: 'f', start: 85 * ms, end: 95 * ms, attributes: { 'interleave.hold.ids': ['h1'] } },
      ],
      [log(40, 'state.write', { 'state.key': 'row:a/1', 'hold.ids': ['h1'], 'task.id': 't1' })],
    )
    expect(model.resources).toMatchObject([{ name: 'db-pool', label: 'db-pool', capacity: 2, type: 'pool' }])
    expect(model.waits[0]).toMatchObject({ hold: 0, outcome: 'acquired', site: 'auth.check (auth.ts:41)' })
    expect(model.holds[0]!.wait).toBe(0)
    expect(model.holds[0]!.uses.map(use => [use.startNs / ms, use.endNs / ms])).toEqual([
      [15, 25],
      [40, 40],
      [85, 90],
    ])
    expect(model.holds[0]!.usefulNs).toBe(15 * ms)
    expect(model.holds[0]!.lastUseNs).toBe(90 * ms)
    expect(model.accesses[0]!.holds).toEqual([0])
  })

  test('of a pool’s connection only the queries count, when there are any', async () => {
    const model = await modelOf([
      rec('c', 'resource.hold', 0, 90, { ...pool, 'hold.id': 'h1', 'task.id': 't1' }),
      { id: 'd', start: 5 * ms, end: 90 * ms, attributes: { 'interleave.hold.ids': ['h1'] } },
      { id: 'e', start: 6 * ms, end: 8 * ms, kind: 3, attributes: { 'interleave.hold.ids': ['h1'] } },
    ])
    expect(model.holds[0]!.usefulNs).toBe(2 * ms)
  })

  test('names that repeat are told apart; host-wide resources are one', async () => {
    const hold = (id: string, resource: string, scope: string) =>
      rec(id, 'resource.hold', 0, 5, {
        'resource.id': resource,
        'resource.name': 'lock',
        'resource.type': 'mutex',
        'resource.scope': scope,
        'hold.id': id,
      })
    const model = readModel(
      await storeOf([
        {
          resource: { 'service.name': 'a' },
          spans: [hold('1', 'x', 'process'), hold('2', 'y', 'process'), hold('3', 'z', 'cluster')],
        },
        { resource: { 'service.name': 'b' }, spans: [hold('4', 'x', 'process'), hold('5', 'z', 'cluster')] },
      ]),
    )
    expect(model.resources).toHaveLength(4)
    expect(new Set(model.resources.map(resource => resource.label)).size).toBe(4)
    expect(model.resources.every(resource => resource.capacity === 1)).toBe(true)
  })
})

test('awaits: readiness, and the tasks they wait for by links', async () => {
  const model = await modelOf([
    rec('a', 'task', 0, 50, { 'task.id': 't1' }),
    rec('b', 'task', 1, 30, { 'task.id': 't2' }),
    rec('c', 'task', 2, 40, { 'task.id': 't3' }),
    rec(
      'd',
      'await',
      3,
      45,
      {
        'task.id': 't1',
        'await.target.type': 'promise',
        'await.join': 'all',
        'await.ready_unix_nano': unix(40 * ms),
      },
      { links: ['b', 'c'].map(id => ({ id, attributes: { 'interleave.link.type': 'awaits' } })) },
    ),
  ])
  expect(model.awaits[0]).toMatchObject({ task: 0, awaits: [1, 2], join: 'all', readyNs: 40 * ms })
})

test('accesses: order by time and sequence, values, versions, unknown operations left out', async () => {
  const model = await modelOf(
    [],
    [
      log(5, 'state.write', {
        'state.key': 'row:jobs/1',
        'state.value': 'done',
        'state.read.seq': 1,
        seq: 4,
        'task.id': 't1',
      }),
      log(5, 'state.read', {
        'state.key': 'row:jobs/1',
        'state.value.hash': 'ab',
        'state.version': 7,
        seq: 3,
        'task.id': 't2',
      }),
      log(6, 'state.teleport', { 'state.key': 'row:jobs/1' }),
      log(7, 'state.read', {}),
    ],
  )
  expect(model.keys).toEqual(['row:jobs/1'])
  expect(
    model.accesses.map(({ op, value, version, readSeq, seq }) => ({ op, value, version, readSeq, seq })),
  ).toEqual([
    { op: 'read', value: 'ab', version: '7', readSeq: -1, seq: 3 },
    { op: 'write', value: 'done', version: '', readSeq: 1, seq: 4 },
  ])
})

test('stalls without a task find the slice that stalled', async () => {
  const model = await modelOf([
    rec('a', 'task', 0, 900, { 'task.id': 't1', 'run.offsets': [0], 'run.durations': [10 * ms], ...site }),
    rec('b', 'task', 10, 900, { 'task.id': 't2', 'run.offsets': [0], 'run.durations': [800 * ms], ...site }),
    rec('c', 'loop.stall', 15, 815, { 'stall.threshold': 0.05 }),
  ])
  expect(model.stalls[0]).toMatchObject({
    task: 1,
    loop: 0,
    thresholdNs: 50 * ms,
    site: 'auth.check (auth.ts:41)',
  })
})

test('timers, messages, queues, cancels, marks and losses', async () => {
  const model = await modelOf(
    [
      rec('a', 'timer', 100, 101, {
        'timer.series.id': 's1',
        'timer.delay': 0.05,
        'timer.expected_unix_nano': unix(90 * ms),
        'timer.lateness': 0.01,
        'timer.repeating': true,
        'timer.style': 'interval',
      }),
      {
        id: 'e',
        start: 0,
        end: 5 * ms,
        events: [
          {
            name: 'exception',
            at: 2 * ms,
            attributes: { 'exception.type': 'E', 'exception.message': 'boom' },
          },
        ],
      },
    ],
    [
      log(110, 'message.send', { 'message.channel': 'c', 'message.sequence': 3 }),
      log(111, 'queue.put', { 'queue.name': 'q', 'queue.depth': 2 }),
      log(112, 'task.cancel', { 'task.id': 't5', 'task.cancel.reason': 'timeout' }),
      log(113, 'mark', { 'mark.kind': 'deploy', 'mark.text': 'v2' }),
      log(114, 'recorder.loss', {
        'loss.count': 4,
        'loss.from_unix_nano': unix(10 * ms),
        'loss.to_unix_nano': unix(20 * ms),
      }),
    ],
  )
  expect(model.ticks[0]).toMatchObject({
    series: 's1',
    delayNs: 50 * ms,
    expectedNs: 90 * ms,
    latenessNs: 10 * ms,
    repeating: true,
  })
  expect(model.messages[0]).toMatchObject({ direction: 'send', channel: 'c', sequence: 3 })
  expect(model.queueItems[0]).toMatchObject({ op: 'put', queue: 'q', depth: 2, capacity: -1 })
  expect(model.cancels[0]).toMatchObject({ reason: 'timeout', task: 0 })
  expect(model.marks.map(mark => [mark.kind, mark.text])).toEqual([
    ['error', 'E: boom'],
    ['deploy', 'v2'],
  ])
  expect(model.coverage.lossIntervals[0]).toEqual({ process: 0, fromNs: 10 * ms, toNs: 20 * ms, count: 4 })
})

describe('requests', () => {
  const server = (attributes: AttributesInput): SpanInput => ({
    id: 'a',
    name: 'x',
    kind: 2,
    start: 0,
    end: 5 * ms,
    attributes,
  })
  const first = async (attributes: AttributesInput) => (await modelOf([server(attributes)])).requests[0]!

  test.each<[string, AttributesInput, string, string]>([
    [
      'route and path',
      {
        'http.request.method': 'POST',
        'http.route': '/api/jobs/:id/complete',
        'url.path': '/api/jobs/4521/complete',
      },
      'POST /api/jobs/:id/complete',
      'job 4521',
    ],
    [
      'older names',
      { 'http.method': 'GET', 'http.route': '/items/{id}', 'http.target': '/items/7?x=1' },
      'GET /items/{id}',
      'item 7',
    ],
    ['an id in an attribute', { 'job.id': '99' }, 'x', 'job 99'],
    ['who asks is no entity', { 'user.id': '3', 'session.id': '4' }, 'x', ''],
    ['a path alone', { 'url.path': '/orders/12/pay' }, 'x', 'order 12'],
  ])('%s', async (_name, attributes, operation, entity) => {
    expect(await first(attributes)).toMatchObject({ operation, entity })
  })

  test('the key its task wrote comes before the url', async () => {
    const model = await modelOf(
      [
        server({ 'interleave.task.id': 't1', 'url.path': '/orders/12' }),
        rec('b', 'task', 0, 5, { 'task.id': 't1' }),
      ],
      [
        log(1, 'state.read', { 'state.key': 'row:users/1', 'task.id': 't1' }),
        log(2, 'state.write', { 'state.key': 'row:jobs/4521', 'task.id': 't1' }),
      ],
    )
    expect(model.requests[0]!.entity).toBe('job 4521')
  })

  test('status and errors', async () => {
    expect(await first({ 'http.response.status_code': 503 })).toMatchObject({ status: 503, error: true })
    expect(await first({ 'http.response.status_code': 409 })).toMatchObject({ status: 409, error: false })
  })
})

test('ordinary traces: tasks from local roots, waits from pool acquires, both marked as inferred', async () => {
  const store = await storeOf([
    {
      resource: { 'service.name': 'web' },
      spans: [
        { id: 'a', name: 'GET /x', kind: 2, start: 0, end: 100 },
        {
          id: 'b',
          parent: 'a',
          name: 'pg-pool.connect',
          kind: 3,
          start: 10,
          end: 60,
          attributes: {
            'server.address': 'db',
            'server.port': 5432,
            'db.namespace': 'shop',
            'db.postgresql.max.client': 10,
          },
        },
        { id: 'c', parent: 'a', name: 'call', kind: 3, start: 61, end: 90 },
      ],
    },
    {
      resource: { 'service.name': 'back' },
      spans: [{ id: 'd', parent: 'c', name: 'work', kind: 2, start: 65, end: 80 }],
    },
  ])
  const model = readModel(store)
  expect(model.tasks.map(task => [task.name, task.type, task.parent, task.inferred?.rule])).toEqual([
    ['GET /x', 'request', -1, 'T1'],
    ['work', 'request', 0, 'T1'],
  ])
  expect(model.waits).toMatchObject([
    { task: 0, outcome: 'acquired', inferred: { rule: 'W1', reason: 'inferred from pg-pool.connect' } },
  ])
  expect(model.resources).toMatchObject([{ name: 'db:5432/shop', capacity: 10, type: 'pool' }])
  expect(Array.from(model.roleOfSpan, role => roles[role])).toEqual(['task', 'wait', 'plain', 'task'])
})

test('entities of keys', () => {
  expect(entityOfKey('row:jobs/4521')).toBe('job 4521')
  expect(entityOfKey('redis:stock:7')).toBe('stock 7')
  expect(entityOfKey('var:cart.total')).toBe('cart.total')
  expect(entityOfKey('row:categories/3')).toBe('category 3')
})

test('merged intervals are disjoint and ordered', () => {
  const merged = mergeIntervals([
    { startNs: 5, endNs: 9 },
    { startNs: 0, endNs: 2 },
    { startNs: 8, endNs: 12 },
    { startNs: 2, endNs: 3 },
  ])
  expect(merged).toEqual([
    { startNs: 0, endNs: 3 },
    { startNs: 5, endNs: 12 },
  ])
})

describe('log lines', () => {
  const lines: readonly LogInput[] = [
    { at: 0, body: 'request 42 started', severity: 9 },
    { at: 3 * ms, body: 'request 42 waits for stock', severity: 13 },
    { at: 9 * ms, body: 'request 42 failed', severity: 17 },
  ]

  test('without spans are all there is: each is a mark', async () => {
    const { marks } = await modelOf([], lines)
    expect(marks.map(({ kind, text }) => [kind, text])).toEqual([
      ['log', 'request 42 started'],
      ['log', 'request 42 waits for stock'],
      ['error', 'request 42 failed'],
    ])
  })

  test('beside spans are marks only where they tell of an error', async () => {
    const { marks } = await modelOf([{ id: '1', name: 'GET /', start: 0, end: 9 * ms }], lines)
    expect(marks.map(({ text }) => text)).toEqual(['request 42 failed'])
  })
})
