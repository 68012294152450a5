import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { importTrace } from '../../../src/core/import/import-trace.ts'
import {
  attribute,
  attributesOf,
  type Store,
  spanIdOf,
  spanName,
  unixNano,
} from '../../../src/core/store/store.ts'
import { sourceOf } from '../../support/otlp.ts'

const trace = '5b8efff798038103d269b633813fc60c'
const epochMs = 1_767_225_600_000

interface Span {
  readonly id: string
  readonly parent: string
  readonly name: string
  readonly service: string
  readonly fromMs: number
  readonly toMs: number
}

const spans: readonly Span[] = [
  { id: 'eee19b7ec3c1b174', parent: '', name: 'checkout', service: 'shop', fromMs: 0, toMs: 120 },
  {
    id: 'eee19b7ec3c1b175',
    parent: 'eee19b7ec3c1b174',
    name: 'SELECT',
    service: 'shop',
    fromMs: 10,
    toMs: 45,
  },
  {
    id: 'eee19b7ec3c1b176',
    parent: 'eee19b7ec3c1b174',
    name: 'charge',
    service: 'bank',
    fromMs: 50,
    toMs: 110,
  },
]
const iso = (ms: number): string => new Date(epochMs + ms).toISOString()
const ms = ({ fromMs, toMs }: Span): number => toMs - fromMs

const rowsOf = (store: Store): readonly Span[] =>
  Array.from({ length: store.spans.count }, (_, row) => {
    const parent = store.spans.parent[row]!
    return {
      id: spanIdOf(store, row),
      parent: parent === -1 ? '' : spanIdOf(store, parent),
      name: spanName(store, row),
      service: store.processes[store.spans.process[row]!]!.service,
      fromMs: store.spans.startNs[row]! / 1e6,
      toMs: store.spans.endNs[row]! / 1e6,
    }
  })

const lines = (rows: readonly unknown[]): string => rows.map(row => JSON.stringify(row)).join('\n')
const kql = ['timestamp', 'id', 'name', 'duration', 'operation_Id', 'operation_ParentId', 'cloud_RoleName']
const frame = ['traceID', 'spanID', 'parentSpanID', 'operationName', 'serviceName', 'startTime', 'duration']

/** What gives such a table → three spans as it writes them. */
const tables: Readonly<Record<string, string>> = {
  'Honeycomb, rows of a query': JSON.stringify(
    spans.map(span => ({
      Timestamp: iso(span.fromMs),
      'trace.trace_id': trace,
      'trace.span_id': span.id,
      'trace.parent_id': span.parent || undefined,
      name: span.name,
      'service.name': span.service,
      duration_ms: ms(span),
    })),
  ),
  'Honeycomb, events': lines(
    spans.map(span => ({
      time: iso(span.fromMs),
      samplerate: 1,
      data: {
        'trace.trace_id': trace,
        'trace.span_id': span.id,
        'trace.parent_id': span.parent,
        name: span.name,
        service_name: span.service,
        duration_ms: ms(span),
      },
    })),
  ),
  'New Relic, a query': JSON.stringify({
    results: [
      {
        events: spans.map(span => ({
          'trace.id': trace,
          id: span.id,
          'parent.id': span.parent || null,
          name: span.name,
          'entity.name': span.service,
          timestamp: epochMs + span.fromMs,
          'duration.ms': ms(span),
          duration: ms(span) / 1000,
        })),
      },
    ],
  }),
  'New Relic, what its SDKs send': JSON.stringify(
    ['shop', 'bank'].map(service => ({
      common: { attributes: { 'service.name': service } },
      spans: spans
        .filter(span => span.service === service)
        .map(span => ({
          id: span.id,
          'trace.id': trace,
          timestamp: epochMs + span.fromMs,
          attributes: { name: span.name, 'duration.ms': ms(span), 'parent.id': span.parent },
        })),
    })),
  ),
  'Elastic APM, hits of a search': JSON.stringify({
    hits: {
      hits: spans.map(span => ({
        _source: {
          '@timestamp': iso(span.fromMs),
          processor: { event: span.parent ? 'span' : 'transaction' },
          trace: { id: trace },
          ...(span.parent ? { parent: { id: span.parent }, transaction: { id: spans[0]!.id } } : {}),
          [span.parent ? 'span' : 'transaction']: {
            id: span.id,
            name: span.name,
            duration: { us: ms(span) * 1000 },
          },
          timestamp: { us: (epochMs + span.fromMs) * 1000 },
          service: { name: span.service },
        },
      })),
    },
  }),
  'Data Prepper, documents': lines(
    spans.map(span => ({
      traceId: trace,
      spanId: span.id,
      parentSpanId: span.parent,
      name: span.name,
      startTime: iso(span.fromMs),
      endTime: iso(span.toMs),
      durationInNanos: ms(span) * 1e6,
      serviceName: span.service,
    })),
  ),
  'Application Insights, a query': JSON.stringify({
    tables: [
      {
        name: 'PrimaryResult',
        columns: kql.map(name => ({ name, type: 'string' })),
        rows: spans.map(span => [
          iso(span.fromMs),
          span.id,
          span.name,
          ms(span),
          trace,
          span.parent || trace,
          span.service,
        ]),
      },
    ],
  }),
  'Application Insights, a table of the portal': `timestamp [UTC],${kql.slice(1).join(',')}\n${spans
    .map(
      span =>
        `"1/1/2026, 12:00:00.${String(span.fromMs).padStart(3, '0')} AM",${span.id},${span.name},${ms(span)},${trace},${span.parent || trace},${span.service}`,
    )
    .join('\n')}`,
  'Application Insights, what its SDKs send': lines(
    spans.map(span => ({
      name: 'Microsoft.ApplicationInsights.Request',
      time: iso(span.fromMs),
      tags: {
        'ai.cloud.role': span.service,
        'ai.operation.id': trace,
        'ai.operation.parentId': span.parent || trace,
      },
      data: {
        baseType: 'RequestData',
        baseData: {
          id: span.id,
          name: span.name,
          duration: `00.00:00:00.${String(ms(span) * 10_000).padStart(7, '0')}`,
        },
      },
    })),
  ),
  'SigNoz, its API': JSON.stringify({
    status: 'success',
    data: {
      spans: spans.map(span => ({
        timestamp: epochMs + span.fromMs,
        durationNano: ms(span) * 1e6,
        spanId: span.id,
        parentSpanId: span.parent,
        traceId: trace,
        serviceName: span.service,
        name: span.name,
      })),
    },
  }),
  'Grafana, frames of a query': JSON.stringify({
    results: {
      A: {
        frames: [
          {
            schema: { refId: 'A', fields: frame.map(name => ({ name })) },
            data: {
              values: [
                spans.map(() => trace),
                spans.map(span => span.id),
                spans.map(span => span.parent || null),
                spans.map(span => span.name),
                spans.map(span => span.service),
                spans.map(span => epochMs + span.fromMs),
                spans.map(ms),
              ],
            },
          },
        ],
      },
    },
  }),
  'BigQuery, rows': lines(
    spans.map(span => ({
      trace_id: trace,
      span_id: span.id,
      parent_span_id: span.parent || null,
      span_name: span.name,
      service_name: span.service,
      start_time: iso(span.fromMs).replace('T', ' ').replace('Z', ' UTC'),
      duration: `${ms(span)}ms`,
    })),
  ),
}

describe('a table of spans is read whoever wrote it', () => {
  test.each(Object.entries(tables))('%s', async (_, text) => {
    const { store, report } = await importTrace([sourceOf('x', text)])
    expect(report.inputs[0]!.format).toBe('span-table')
    expect(rowsOf(store)).toEqual(spans)
    expect(unixNano(store, 0)).toBe(`${epochMs}000000`)
    expect(report.issues.map(issue => issue.code).filter(code => code !== 'coarse-clock')).toEqual(
      text.startsWith('timestamp [UTC]') ? ['zone-assumed'] : [],
    )
  })
})

test('what is not known by its name is an attribute, of the process where it belongs there', async () => {
  const row = {
    TraceId: trace,
    SpanId: spans[0]!.id,
    Timestamp: iso(0),
    Duration: 5e6,
    SpanName: 'a',
    ResourceAttributes: { 'service.name': 'shop', 'host.name': 'h1' },
    SpanAttributes: { 'http.route': '/a', n: 3 },
    'k8s.pod.name': 'p',
    customer: 'c',
  }
  const { store } = await importTrace([sourceOf('x', JSON.stringify(row))])
  expect(Object.fromEntries(attributesOf(store, store.spans, 0))).toEqual({
    'http.route': '/a',
    n: 3,
    customer: 'c',
  })
  expect(store.processes[0]!.attributes).toMatchObject({ 'host.name': 'h1', 'k8s.pod.name': 'p' })
})

test('of two columns for one thing none is lost, and a value that is not what its name promises is an attribute', async () => {
  const row = {
    trace_id: trace,
    span_id: spans[0]!.id,
    id: 'row-7',
    name: 'a',
    start_time: iso(0),
    timestamp: iso(500),
    duration_ms: 5,
    status: 404,
    kind: 'llm',
    error: 'no such card',
    events: 'none',
  }
  const { store } = await importTrace([sourceOf('x', JSON.stringify(row))])
  expect(unixNano(store, store.spans.startNs[0]!)).toBe(`${epochMs}000000`)
  expect([store.spans.status[0], store.strings[store.spans.statusMessage[0]!]]).toEqual([2, 'no such card'])
  expect(Object.fromEntries(attributesOf(store, store.spans, 0))).toEqual({
    id: 'row-7',
    timestamp: iso(500),
    status: 404,
    kind: 'llm',
    events: 'none',
  })
})

test('a duration without any unit is told, a log line with a duration is a log line', async () => {
  const row = { trace_id: trace, span_id: spans[0]!.id, name: 'a', started_at: iso(0), duration: 5 }
  const { store, report } = await importTrace([sourceOf('x', JSON.stringify(row))])
  expect(store.spans.endNs[0]).toBe(5e6)
  expect(report.issues.map(issue => issue.code)).toContain('unit-assumed')
  const line = { time: iso(0), trace_id: trace, span_id: spans[0]!.id, duration: 5, msg: 'done' }
  expect((await importTrace([sourceOf('x', JSON.stringify(line))])).report.inputs[0]!.format).toBe('log')
})

test('fields with delimiters, quotes and line ends come back as they were, in chunks of any size', async () => {
  const style = fc.constantFrom(
    (words: string[]) => words.join('_'),
    (words: string[]) => words.map(word => word[0]!.toUpperCase() + word.slice(1)).join(''),
    (words: string[]) => words.join('.'),
    (words: string[]) => words.join(' ').toUpperCase(),
  )
  const names = fc.array(fc.stringMatching(/^[ -~\n]{0,12}$/), { minLength: 1, maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(
      style,
      fc.constantFrom(',', ';', '\t'),
      names,
      fc.integer({ min: 1, max: 90 }),
      async (...all) => {
        const [cased, delimiter, notes, chunk] = all
        const head = [
          ['trace', 'id'],
          ['span', 'id'],
          ['span', 'name'],
          ['start', 'time'],
          ['duration', 'us'],
          ['note'],
        ]
        const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`
        const rows = notes.map((note, nth) => [
          trace,
          String(nth + 1).padStart(16, '0'),
          `span ${nth}`,
          String((epochMs + nth) * 1000),
          '2500',
          `x${note}`,
        ])
        const text = [head.map(cased), ...rows].map(row => row.map(quote).join(delimiter)).join('\r\n')
        const { store } = await importTrace([sourceOf('x', text, chunk)])
        expect(store.spans.count).toBe(notes.length)
        for (const [row, note] of notes.entries()) {
          expect(attribute(store, store.spans, row, cased(['note']))).toBe(`x${note}`)
          expect(store.spans.endNs[row]! - store.spans.startNs[row]!).toBe(2.5e6)
        }
      },
    ),
    { numRuns: 60 },
  )
})
