/**
 * Writes OTLP JSON lines of any size for benchmarks: `node scripts/generate-trace.ts --spans 100000 --shape concurrent
 * --seed 1 -o trace.otlp.jsonl`. The same seed gives the same bytes. About 907 bytes a span, 8 attributes, an event on
 * every third; streamed, so that a million spans need no memory.
 *
 * concurrent: requests to one service, Poisson arrivals, each taking one of 20 connections of a pool. The pool is
 * simulated, so that waits and holds agree and no more than 20 are ever held.
 *
 *     request ├───────────────────────────┤   task, server span
 *     wait     ├────┤                         until a slot is free
 *     hold          ├────────────────┤        one of 20 slots
 *     read           ├──┤  write ├──┤         spans with state events on one of 500 rows
 *     work    ├─┤              ├──────┤       plain spans
 *
 * nested: the same spans in chains 200 deep.
 */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { parseArgs } from 'node:util'
import { Event, Key, RecordType, SCOPE_NAME } from '../src/core/convention/keys.ts'

export type Shape = 'concurrent' | 'nested'

export interface TraceOptions {
  readonly spans: number
  readonly shape: Shape
  readonly seed: number
}

const epochNano = 1_795_000_000_000_000_000n
const poolSize = 20
const rowCount = 500
const spansPerRequest = 8
const spansPerLine = 64
const nestedDepth = 200
const bytesPerSpan = 907

/** Numbers in [0, 1): mulberry32, small and good enough to shape a load. */
function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

type Value = { stringValue: string } | { intValue: string }
interface Attribute {
  readonly key: string
  readonly value: Value
}
interface SpanJson {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: Attribute[]
  readonly events: { timeUnixNano: string; name: string; attributes: Attribute[] }[]
  readonly status: Record<string, never>
}

const text = (key: string, value: string): Attribute => ({ key, value: { stringValue: value } })
const int = (key: string, value: number): Attribute => ({ key, value: { intValue: String(value) } })
const unix = (ns: number): string => (epochNano + BigInt(Math.round(ns))).toString()

/** Spans of a trace, one by one. */
export function* generateSpans({ spans, shape, seed }: TraceOptions): Generator<SpanJson> {
  const next = random(seed)
  const hex = (digits: number): string => {
    let out = ''
    while (out.length < digits)
      out += Math.floor(next() * 2 ** 32)
        .toString(16)
        .padStart(8, '0')
    return out.slice(0, digits)
  }
  const exponential = (mean: number): number => -Math.log(1 - next()) * mean
  /** When each connection is free again. */
  const freeAtNs = new Float64Array(poolSize)
  let made = 0
  let arrivalNs = 0
  let request = 0
  let chain: { traceId: string; spanId: string; startNs: number; endNs: number }[] = []

  const build = (
    at: { traceId: string; spanId?: string; parent: string },
    what: { name: string; kind: number; startNs: number; endNs: number; task: string },
    attributes: Attribute[],
    events: SpanJson['events'] = [],
  ): SpanJson => {
    const common = [text(Key.taskId, what.task), text(Key.loopId, 'main'), int(Key.seq, made++)]
    const rest = [
      text('http.route', '/api/orders/:id'),
      text('code.file.path', 'src/orders/complete-order.ts'),
      text('code.function.name', 'completeOrder'),
      int('code.line.number', 17 + (made % 200)),
      text('server.address', 'db-1.internal'),
    ]
    const all = [...common, ...attributes, ...rest].slice(0, Math.max(8, attributes.length + 3))
    const span: SpanJson = {
      traceId: at.traceId,
      spanId: at.spanId ?? hex(16),
      ...(at.parent !== '' && { parentSpanId: at.parent }),
      name: what.name,
      kind: what.kind,
      startTimeUnixNano: unix(what.startNs),
      endTimeUnixNano: unix(what.endNs),
      attributes: all,
      events,
      status: {},
    }
    const missing = bytesPerSpan - JSON.stringify(span).length
    // One attribute of a length that real ones have (a statement, a user agent) makes up the rest.
    if (missing > 60) all[all.length - 1] = text('db.query.text', statement.slice(0, missing + 10))
    return span
  }

  while (made < spans) {
    arrivalNs += exponential(1e9 / 1200)
    if (shape === 'nested') {
      const depth = chain.length
      const parent = chain.at(-1)
      const startNs = parent ? parent.startNs + 1e3 : arrivalNs
      const endNs = parent ? parent.endNs - 1e3 : arrivalNs + 1e9
      const traceId = parent?.traceId ?? hex(32)
      const spanId = hex(16)
      yield build(
        { traceId, spanId, parent: parent?.spanId ?? '' },
        {
          name: `step ${depth}`,
          kind: depth === 0 ? 2 : 1,
          startNs,
          endNs,
          task: `t${Math.floor(made / nestedDepth)}`,
        },
        depth === 0 ? [text(Key.recordType, RecordType.task), text(Key.taskName, 'GET /api/report')] : [],
      )
      chain = depth + 1 < nestedDepth ? [...chain, { traceId, spanId, startNs, endNs }] : []
      continue
    }
    const task = `t${request++}`
    const traceId = hex(32)
    const root = hex(16)
    const slot = freeAtNs.indexOf(freeAtNs.reduce((least, at) => Math.min(least, at)))
    const askedNs = arrivalNs + 0.5e6
    const grantedNs = Math.max(askedNs, freeAtNs[slot] ?? 0)
    const heldNs = 4e6 + exponential(10e6)
    const releasedNs = grantedNs + heldNs
    freeAtNs[slot] = releasedNs
    const endNs = releasedNs + 1e6
    const pool = [
      text(Key.resourceId, 'pool-1'),
      text(Key.resourceName, 'db-pool'),
      text(Key.resourceType, 'pool'),
      int(Key.resourceCapacity, poolSize),
    ]
    const row = `row:orders/${Math.floor(next() * rowCount)}`
    const access = (op: string, atNs: number): SpanJson['events'] => [
      {
        timeUnixNano: unix(atNs),
        name: Event.state + op,
        attributes: [text(Key.stateKey, row), text(Key.stateValue, op === 'read' ? 'open' : 'done')],
      },
    ]
    const within = (from: number, to: number) => ({
      startNs: grantedNs + heldNs * from,
      endNs: grantedNs + heldNs * to,
      task,
    })
    const under = { traceId, parent: root }
    const stamped = [text(Key.holdIds, `h${request}`)]
    const spansOfRequest: readonly SpanJson[] = [
      build(
        { traceId, spanId: root, parent: '' },
        { name: 'POST /api/orders/:id', kind: 2, startNs: arrivalNs, endNs, task },
        [
          text(Key.recordType, RecordType.task),
          text(Key.taskName, 'POST /api/orders/:id'),
          text(Key.taskType, 'request'),
        ],
      ),
      build(under, { name: 'acquire db-pool', kind: 1, startNs: askedNs, endNs: grantedNs, task }, [
        text(Key.recordType, RecordType.wait),
        text(Key.waitId, `w${request}`),
        text(Key.resourceOutcome, 'acquired'),
        ...pool,
      ]),
      build(under, { name: 'hold db-pool', kind: 1, startNs: grantedNs, endNs: releasedNs, task }, [
        text(Key.recordType, RecordType.hold),
        text(Key.holdId, `h${request}`),
        text(Key.waitId, `w${request}`),
        ...pool,
      ]),
      build(
        under,
        { name: 'SELECT orders', kind: 3, ...within(0.02, 0.3) },
        stamped,
        access('read', within(0.1, 1).startNs),
      ),
      build(under, { name: 'compute price', kind: 1, ...within(0.3, 0.5) }, stamped),
      build(
        under,
        { name: 'UPDATE orders', kind: 3, ...within(0.5, 0.98) },
        stamped,
        access('write', within(0.7, 1).startNs),
      ),
      build(under, { name: 'parse body', kind: 1, startNs: arrivalNs, endNs: askedNs, task }, []),
      build(under, { name: 'serialize answer', kind: 1, startNs: releasedNs, endNs, task }, []),
    ]
    yield* spansOfRequest.slice(0, Math.max(0, spans - (made - spansPerRequest)))
  }
}

const statement =
  'SELECT o.id, o.customer_id, o.status, o.total_cents, o.currency, o.created_at, o.updated_at, l.sku, l.quantity, l.unit_cents ' +
  'FROM orders o JOIN order_lines l ON l.order_id = o.id LEFT JOIN shipments s ON s.order_id = o.id ' +
  'WHERE o.id = $1 AND o.status <> $2 ORDER BY l.position ASC LIMIT $3 FOR SHARE OF o '.repeat(8)

/** Lines of OTLP JSON, each a request with a batch of spans. */
export function* generateLines(options: TraceOptions): Generator<string> {
  const resource = {
    attributes: [
      text('service.name', 'orders'),
      text('service.instance.id', 'orders-1'),
      text('telemetry.sdk.language', 'nodejs'),
    ],
  }
  let batch: SpanJson[] = []
  const line = (): string => {
    const scopeSpans = [{ scope: { name: SCOPE_NAME, version: '1.0.0' }, spans: batch }]
    batch = []
    return `${JSON.stringify({ resourceSpans: [{ resource, scopeSpans }] })}\n`
  }
  for (const span of generateSpans(options)) {
    batch.push(span)
    if (batch.length === spansPerLine) yield line()
  }
  if (batch.length > 0) yield line()
}

/** Writes a trace. Returns its size in bytes. */
export async function writeTrace(path: string, options: TraceOptions): Promise<number> {
  const file = createWriteStream(path, { highWaterMark: 4 * 1024 * 1024 })
  let bytes = 0
  for (const line of generateLines(options)) {
    bytes += Buffer.byteLength(line)
    if (!file.write(line)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'finish')
  return bytes
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      spans: { type: 'string', default: '10000' },
      shape: { type: 'string', default: 'concurrent' },
      seed: { type: 'string', default: '1' },
      output: { type: 'string', short: 'o' },
    },
  })
  const spans = Number(values.spans)
  const shape = values.shape === 'nested' ? 'nested' : 'concurrent'
  if (!Number.isInteger(spans) || spans < 1 || values.output === undefined) {
    console.error('usage: generate-trace.ts --spans N [--shape concurrent|nested] [--seed N] -o FILE')
    process.exit(2)
  }
  const bytes = await writeTrace(values.output, { spans, shape, seed: Number(values.seed) })
  console.log(`${spans} spans, ${bytes} bytes, ${(bytes / spans).toFixed(0)} bytes a span`)
}
