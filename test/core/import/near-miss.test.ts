import { expect, test } from 'vitest'
import { importTrace } from '../../../src/core/import/import-trace.ts'
import { sourceOf } from '../../support/otlp.ts'

/** What people save by mistake or hope → what it is called. */
const misses: readonly (readonly [content: unknown, named: RegExp])[] = [
  [{ meta: { version: 27 }, libs: [], threads: [] }, /Firefox Profiler/],
  [{ $schema: 'x', shared: { frames: [] }, profiles: [] }, /speedscope/],
  [{ trace: { root_id: '1', spans: {} }, orphaned: [] }, /Datadog.* with 0 spans/],
  [
    { data: [{ id: 'A', attributes: { operation_name: 'web', trace_id: '1', start_timestamp: 'x' } }] },
    /table of spans without an end/,
  ],
  [
    [{ Timestamp: 'x', data: { 'trace.trace_id': 'a', duration_ms: 3 } }],
    /table of spans without a span id: .*span_id/,
  ],
  ['trace_id,span_id,name\n1,2,3\n', /table of spans without a start and an end or duration/],
  [{ event_id: 'a', type: 'transaction', start_timestamp: 1, spans: [] }, /Sentry/],
  [{ data: { trace: { spans: [{ segmentId: 's' }] } } }, /SkyWalking/],
  [{ hits: { hits: [{ _source: { a: 1 } }] } }, /Elasticsearch without spans/],
  [{ status: 'success', data: { result: [{ stream: {}, values: [] }] } }, /Loki.*logcli/],
  [{ status: 'success', data: { result: [{ metric: {}, values: [] }] } }, /Prometheus/],
  [{ events: [{ timestamp: 1, message: 'x', ingestionTime: 2 }] }, /CloudWatch.*jq -c "\.events/],
  [[{ timestamp: 'x', jsonPayload: {} }], /one entry a line/],
  [[{ schema: { refId: 'A', fields: [] }, data: {} }], /Grafana data frames without spans/],
  [{ header: { reportVersion: 3, nodejsVersion: 'v20' } }, /Node\.js diagnostic report/],
  ['node  1234 [001] 123.466789:     250000 cpu-clock:pppH: \n\t7f uv__io_poll+0xe\n', /perf script/],
  ['main;a;b 12\nmain;a;c 3\n', /folded stacks/],
  ['# HELP x Total\n# TYPE x counter\nx 1\n', /Prometheus/],
  ['Nov 21 10:00:00 host api[123]: hello\n', /syslog without years.*journalctl/],
  ['12345 10:00:00.123456 openat(AT_FDCWD, "/etc", O_RDONLY) = 3\n', /strace/],
  ['goroutine 1 [running]:\nmain.main()\n\t/app/main.go:10\n', /goroutines/],
  [
    'fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive]:\nmain.main()\n\t/app/main.go:10\n\ngoroutine 2 [select]:\nmain.x()\n\t/app/x.go:1\n',
    /goroutines/,
  ],
  ['tid        task id              task name            coroutine stack\n---\n', /asyncio tasks.*ps/],
  ['└── (T) Task-1\n    └──  main app.py:3\n', /asyncio tasks.*pstree/],
  [Buffer.from('PAR1\x15\x04'), /Parquet table: write its rows as JSON lines/],
  [Buffer.from('7z\xbc\xaf', 'latin1'), /7-Zip archive: unpack/],
  [Buffer.from('\x04\x22\x4d\x18'), /LZ4 data: unpack/],
  [Buffer.from('Nettrace\x14'), /\.NET trace/],
  [Buffer.from('\xd4\xc3\xb2\xa1\x02', 'latin1'), /network packets/],
  ['time,name,duration\n1,2,3\n', /CSV/],
  [{ TraceSummaries: [{ Id: '1-5b8efff7-98038103d269b633813fc60c' }] }, /X-Ray.*batch-get-traces/],
  [{ trace: { services: [{ serviceName: 'a', scopes: [] }] } }, /Tempo.*application\/json/],
  [{ data: ['shop', 'bank'], total: 2, limit: 0, errors: null }, /list of names.*Jaeger/],
  [{ data: [], total: 0, errors: null }, /Jaeger.*no trace/],
  [{ data: null, errors: [{ code: 404, msg: 'trace not found' }] }, /error.*API/],
  [{ id: 't', observations: [{ id: 'o', traceId: 't' }] }, /Langfuse/],
  [{ nodes: [{ sources: [{ asyncId: 1 }] }] }, /Clinic\.js.*async_hooks/],
  [{ name: 'root', value: 1, children: [] }, /flame graph/],
  [{ data: [{ type: 'snapshots', attributes: { spans: [] } }] }, /Lightstep/],
  ['#<struct OpenTelemetry::SDK::Trace::SpanData\n name="a",\n', /Ruby/],
  [
    `Spans\nSpan #0\n\tName         : a\n\tTraceId      : ${'5b'.repeat(16)}\n\tSpanId       : ${'e1'.repeat(8)}\n`,
    /Rust.*interleave receive/,
  ],
  [Buffer.from('789c4b4c4a4e494d03000b8d02c5', 'hex'), /zlib data/],
  [{}, /empty.*\{\}/],
  [[], /empty.*\[\]/],
  ['null', /JSON.*null/],
  ['42', /JSON.*42/],
  ['trace not found\n', /answer.*"trace not found"/],
  ['404 page not found\n', /answer.*"404 page not found"/],
  ['http_requests_total{code="200"} 5\nup 1\n', /Prometheus/],
  ['receivers:\n  otlp:\n    protocols:\n', /YAML/],
  [btoa(`{"resourceSpans":[${' '.repeat(60)}]}`), /base64/],
  [Buffer.from('464c5200000200010000', 'hex'), /Java Flight Recorder.*jfr/],
  [Buffer.from('0a0540e80750010a0550014080100a00', 'hex'), /Perfetto.*json/],
  [Buffer.from('0a040801100212040803100432070a0501000000003a003a07', 'hex'), /pprof.*samples/],
  [Buffer.from('9183a7736572766963 65a473686f70a474726163655f6964cf'.replace(' ', ''), 'hex'), /MessagePack/],
]

test.each(misses)('%j', async (content, named) => {
  const text = typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content)
  await expect(importTrace([sourceOf('x', text)])).rejects.toThrow(named)
})

test('a line that takes long to look at does not', async () => {
  const startedMs = performance.now()
  for (const part of [';', 'a,', '(a', '<1>', '1 ', 'a;b '])
    await expect(importTrace([sourceOf('x', part.repeat(50_000))])).rejects.toThrow(/Interleave reads/)
  expect(performance.now() - startedMs).toBeLessThan(2000)
})
