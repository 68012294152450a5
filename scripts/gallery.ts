/**
 * Writes `fixtures/gallery/gallery.otlp.jsonl`: one synthetic trace with every kind of lane and every state an item can
 * be in, each named for what it shows. It goes through the same import, model and lanes as any trace.
 *
 *     node scripts/gallery.ts
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Event, Key, Otel, RecordType, SCOPE_NAME } from '../src/core/convention/keys.ts'
import {
  type AttributesInput,
  type LogInput,
  lines,
  otlp,
  type SpanInput,
  unix,
} from '../test/support/otlp.ts'

const ms = 1e6
const spans: SpanInput[] = []
const logs: LogInput[] = []
const resources: AttributesInput = {
  [Otel.serviceName]: 'gallery',
  'process.pid': 1,
  [Key.clockSource]: 'synthetic',
  [Key.clockResolution]: 1e-9,
  [Key.recorderVersion]: '1.0.0',
}
let nextId = 1
let nextSeq = 1

interface Piece {
  readonly type: string
  readonly name: string
  readonly task?: string
  readonly fromMs: number
  /** Absent: never ended. */
  readonly toMs?: number
  readonly error?: boolean
  readonly parent?: string
  readonly attributes?: AttributesInput
}

/** A span of the convention, or with type `''` an ordinary one. Returns its id. */
function span({ type, name, task, fromMs, toMs, error = false, parent, attributes = {} }: Piece): string {
  const id = (nextId++).toString(16)
  const own = type === '' ? {} : { [Key.recordType]: type, [Key.seq]: nextSeq++, [Key.loopId]: 'main' }
  const all = { ...own, ...(task !== undefined && { [Key.taskId]: task }), ...attributes }
  const common = { id, name, start: fromMs * ms, ...(parent !== undefined && { parent }) }
  spans.push({
    ...common,
    ...(toMs !== undefined && { end: toMs * ms }),
    ...(error && { status: 2 }),
    attributes: all,
  })
  if (toMs === undefined) {
    logs.push({
      at: fromMs * ms,
      name: Event.spanOpen,
      id,
      attributes: { ...all, [Key.spanName]: name, [Key.spanStart]: unix(fromMs * ms) },
    })
    spans.pop()
  }
  return id
}

/** `runs`: when it was on the loop, from–to in ms. */
function task(
  id: string,
  name: string,
  fromMs: number,
  toMs: number | undefined,
  runs: readonly (readonly [number, number])[],
  outcome = 'completed',
): string {
  return span({
    type: RecordType.task,
    name: `task ${name}`,
    task: id,
    fromMs,
    ...(toMs !== undefined && { toMs }),
    error: outcome === 'failed',
    attributes: {
      [Key.taskName]: name,
      [Key.taskType]: 'request',
      [Key.taskOutcome]: toMs === undefined ? 'running' : outcome,
      [Key.runOffsets]: runs.map(([from]) => (from - fromMs) * ms),
      [Key.runDurations]: runs.map(([from, to]) => (to - from) * ms),
      ...at(`${id}.ts`, 1, 'handle'),
    },
  })
}

const at = (file: string, line: number, name: string): AttributesInput => ({
  [Otel.codeFile]: file,
  [Otel.codeLine]: line,
  [Otel.codeFunction]: name,
})

const awaits = (task: string, fromMs: number, toMs: number, target: string, parent: string): string =>
  span({
    type: RecordType.await,
    name: `await ${target}`,
    task,
    fromMs,
    toMs,
    parent,
    attributes: {
      [Key.awaitTargetType]: 'io',
      [Key.awaitTargetId]: target,
      [Key.awaitOutcome]: 'resolved',
    },
  })

interface Resource {
  readonly name: string
  readonly type: string
  readonly capacity: number
}

const resourceOf = ({ name, type, capacity }: Resource): AttributesInput => ({
  [Key.resourceId]: name,
  [Key.resourceName]: name,
  [Key.resourceType]: type,
  [Key.resourceCapacity]: capacity,
  [Key.resourceScope]: 'process',
  [Key.resourcePermits]: 1,
  [Key.resourceMode]: 'exclusive',
})

const wait = (
  of: Resource,
  task: string,
  fromMs: number,
  toMs: number,
  outcome: string,
  parent: string,
): string =>
  span({
    type: RecordType.wait,
    name: `acquire ${of.name}`,
    task,
    fromMs,
    toMs,
    parent,
    error: outcome === 'timeout',
    attributes: {
      ...resourceOf(of),
      [Key.waitId]: `w${nextId}`,
      [Key.resourceOutcome]: outcome,
      ...at('acquire.ts', 7, 'acquire'),
    },
  })

function hold(of: Resource, task: string, fromMs: number, toMs: number | undefined, parent: string): void {
  const id = `h${nextId}`
  span({
    type: RecordType.hold,
    name: `hold ${of.name}`,
    task,
    fromMs,
    ...(toMs !== undefined && { toMs }),
    parent,
    attributes: {
      ...resourceOf(of),
      [Key.holdId]: id,
      ...(toMs !== undefined && { [Key.resourceReleaseType]: 'released' }),
      ...at('acquire.ts', 7, 'acquire'),
    },
  })
  const useMs = toMs === undefined ? fromMs + 20 : fromMs + (toMs - fromMs) * 0.4
  span({
    type: '',
    name: 'query',
    task,
    fromMs: fromMs + 2,
    toMs: useMs,
    parent,
    attributes: { [Key.holdIds]: [id] },
  })
}

const access = (task: string, op: string, atMs: number, key: string, value: string): number =>
  logs.push({
    at: atMs * ms,
    name: `${Event.state}${op}`,
    attributes: {
      [Key.recordType]: RecordType.access,
      [Key.seq]: nextSeq++,
      [Key.taskId]: task,
      [Key.stateKey]: key,
      [Key.stateValue]: value,
    },
  })

const queued = (task: string, op: 'put' | 'get', atMs: number, item: string, depth: number): number =>
  logs.push({
    at: atMs * ms,
    name: `${Event.queue}${op}`,
    attributes: {
      [Key.recordType]: RecordType.queueItem,
      [Key.taskId]: task,
      [Key.queueName]: 'a queue',
      [Key.queueItemId]: item,
      [Key.queueDepth]: depth,
      [Key.queueCapacity]: 5,
      ...at(`${task}.ts`, 3, op),
    },
  })

const mark = (atMs: number, kind: string, text: string): number =>
  logs.push({
    at: atMs * ms,
    name: Event.mark,
    attributes: { [Key.recordType]: RecordType.mark, [Key.markKind]: kind, [Key.markText]: text },
  })

const mutex: Resource = { name: 'a mutex', type: 'mutex', capacity: 1 }
const pool: Resource = { name: 'a pool of three', type: 'pool', capacity: 3 }

// A task that runs, awaits, waits and holds; spans of the application below it.
const whole = task('t1', 'runs, awaits, waits, holds', 0, 900, [
  [0, 30],
  [200, 260],
  [640, 700],
  [880, 900],
])
awaits('t1', 30, 200, 'a database', whole)
wait(mutex, 't1', 260, 640, 'acquired', whole)
hold(mutex, 't1', 640, 880, whole)
const request = span({
  type: '',
  name: 'a span of the application',
  task: 't1',
  fromMs: 20,
  toMs: 890,
  parent: whole,
})
span({ type: '', name: 'a span inside it', task: 't1', fromMs: 40, toMs: 190, parent: request })

const holder = task('t2', 'holds while another waits', 100, 660, [
  [100, 140],
  [600, 660],
])
hold(mutex, 't2', 140, 640, holder)
awaits('t2', 150, 600, 'a slow peer', holder)

// A pool: three hold, one waits and gets it, one waits in vain, one never gives back.
for (const [index, toMs] of [700, 760, undefined].entries()) {
  const id = `p${index + 1}`
  const parent = task(
    id,
    toMs === undefined ? 'never ends and keeps its hold' : `holds a permit`,
    120 + index * 20,
    toMs,
    [[120 + index * 20, 150 + index * 20]],
  )
  hold(pool, id, 150 + index * 20, toMs, parent)
}
const late = task('p4', 'waits in the queue', 220, 950, [
  [220, 240],
  [700, 720],
])
wait(pool, 'p4', 240, 700, 'acquired', late)
hold(pool, 'p4', 700, 940, late)
const vain = task(
  'p5',
  'waits in vain and fails',
  260,
  620,
  [
    [260, 270],
    [600, 620],
  ],
  'failed',
)
wait(pool, 'p5', 270, 600, 'timeout', vain)
task('c1', 'is cancelled', 300, 480, [[300, 320]], 'cancelled')

// Two tasks that touch one key across an await: a lost update. The accesses follow in the order of their times.
const counter = 'row:counters/1'
for (const [id, from] of [
  ['r1', 320],
  ['r2', 340],
] as const) {
  const runs = [
    [from, from + 20],
    [from + 180, from + 220],
  ] as const
  awaits(id, from + 20, from + 180, 'a database', task(id, 'adds to a counter', from, from + 220, runs))
}
access('r1', 'read', 330, counter, '7')
access('r2', 'read', 350, counter, '7')
access('r1', 'write', 510, counter, '8')
access('r2', 'write', 530, counter, '8')

// A queue that fills faster than it is emptied; the last item nobody takes.
for (let item = 1; item <= 5; item++) queued('t2', 'put', 60 + item * 60, `item ${item}`, item)
for (let item = 1; item <= 4; item++) queued('t1', 'get', 420 + item * 110, `item ${item}`, 5 - item)

// A stall: nobody else runs.
task('s1', 'keeps the event loop', 1000, 1320, [[1000, 1320]])
span({
  type: RecordType.stall,
  name: 'eventloop.stall',
  task: 's1',
  fromMs: 1000,
  toMs: 1320,
  attributes: {
    [Key.stallThreshold]: 0.05,
    [Key.stallDetector]: 'async_hooks',
    ...at('hash.ts', 4, 'fingerprint'),
  },
})
for (let tick = 1; tick <= 6; tick++) {
  const dueMs = tick * 250
  const lateMs = dueMs > 1000 && dueMs < 1320 ? 1325 - dueMs : 0
  span({
    type: RecordType.timer,
    name: 'timer heartbeat',
    fromMs: dueMs - 250 + (tick > 1 ? 0 : 1),
    toMs: dueMs + lateMs,
    attributes: {
      [Key.timerSeriesId]: 'heartbeat',
      [Key.timerDelay]: 0.25,
      [Key.timerExpected]: unix(dueMs * ms),
      [Key.timerLateness]: lateMs / 1000,
      [Key.timerRepeating]: true,
      [Key.timerStyle]: 'heartbeat',
      [Key.timerOutcome]: 'fired',
    },
  })
}

// Many of one operation: packed by concurrency.
for (let index = 0; index < 40; index++) {
  const from = 30 + index * 34
  task(`m${index}`, 'one of many', from, from + 60 + (index % 5) * 25, [[from, from + 3]])
}
mark(60, 'deploy', 'a deploy')
mark(620, 'error', 'an error')
mark(1330, 'complaint', 'somebody complains')

// Another service, seen by ordinary instrumentation only: what is inferred is dashed.
const ordinary: SpanInput[] = [
  { id: 'f001', trace: '2', name: 'GET /ordinary', kind: 2, start: 200 * ms, end: 800 * ms },
  {
    id: 'f002',
    trace: '2',
    parent: 'f001',
    name: 'pg-pool.connect',
    kind: 3,
    start: 210 * ms,
    end: 420 * ms,
  },
  {
    id: 'f003',
    trace: '2',
    parent: 'f001',
    name: 'pg.query:SELECT',
    kind: 3,
    start: 430 * ms,
    end: 560 * ms,
  },
  { id: 'f004', trace: '2', parent: 'f001', name: 'GET', kind: 3, status: 2, start: 580 * ms, end: 780 * ms },
]

const folder = join(resolve(import.meta.dirname, '..'), 'fixtures', 'gallery')
mkdirSync(folder, { recursive: true })
writeFileSync(
  join(folder, 'gallery.otlp.jsonl'),
  lines(
    otlp({ resource: resources, scope: SCOPE_NAME, spans, logs }),
    otlp({
      resource: { [Otel.serviceName]: 'ordinary service', [Otel.sdkLanguage]: 'nodejs' },
      scope: '@opentelemetry/instrumentation-pg',
      spans: ordinary,
    }),
  ),
)
