import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readModel } from '../../../src/core/convention/read-model.ts'
import type { Imported } from '../../../src/core/import/import.ts'
import { importTrace } from '../../../src/core/import/import-trace.ts'
import { importers } from '../../../src/core/import/registry.ts'
import {
  attribute,
  hasFlag,
  SpanFlag,
  spanIdOf,
  spanName,
  traceIdOf,
  unixNano,
} from '../../../src/core/store/store.ts'
import { sourceOf } from '../../support/otlp.ts'

const folder = new URL('../../../fixtures/formats/', import.meta.url)
const read = (file: string, name = file, chunkBytes?: number): Promise<Imported> =>
  importTrace([sourceOf(name, readFileSync(new URL(file, folder)), chunkBytes)])

/** File → format id, spans, and the issues besides those that only note a spelling. */
const files: Readonly<Record<string, readonly [format: string, spans: number, issues: readonly string[]]>> = {
  'otlp.json': ['otlp-json', 3, []],
  'otlp.jsonl': ['otlp-json', 3, []],
  'otlp-loose-spans.jsonl': ['otlp-json', 3, []],
  'otlp-wrapped.log': ['otlp-json', 3, ['bad-line']],
  'otlp.jsonl.gz': ['otlp-json', 3, []],
  'otlp.jsonl.zst': ['otlp-json', 3, []],
  'otlp.zip': ['otlp-json', 3, ['archive-member']],
  'otlp.tar.gz': ['otlp-json', 3, ['archive-member']],
  'otlp.pb': ['otlp-protobuf', 3, []],
  'otlp-length-prefixed.pb': ['otlp-protobuf', 3, []],
  'otlp-length-prefixed.pb.zst': ['otlp-protobuf', 3, []],
  'otlp-zstd-frames.pb': ['otlp-protobuf', 3, []],
  'tempo-batches.json': ['tempo-json', 3, []],
  'tempo-v2.json': ['tempo-json', 3, []],
  'jaeger-list.json': ['jaeger-json', 3, []],
  'jaeger-one.json': ['jaeger-json', 3, []],
  'jaeger-bare.json': ['jaeger-json', 3, []],
  'jaeger-elasticsearch.json': ['jaeger-json', 3, []],
  'jaeger-grpc.json': ['jaeger-json', 3, []],
  'zipkin.json': ['zipkin-json', 3, []],
  'zipkin-lists.json': ['zipkin-json', 3, []],
  'zipkin-v1.json': ['zipkin-json', 3, []],
  'zipkin-shared.json': ['zipkin-json', 4, ['open-span']],
  'console-js.txt': ['console-js', 3, ['other-line', 'elided-value']],
  'console-python.txt': ['console-python', 3, []],
  'console-go.txt': ['console-go', 3, []],
  'console-dotnet.txt': ['console-dotnet', 3, ['other-line']],
  'collector-debug.txt': ['collector-debug', 3, []],
  'datadog.json': ['datadog-json', 3, []],
  'datadog-ui.json': ['datadog-json', 3, []],
  'elastic-apm.ndjson': ['elastic-apm', 3, []],
  'sentry-envelopes.txt': ['sentry', 3, []],
  'cloud-trace-v1.json': ['cloud-trace', 3, []],
  'cloud-trace-v2.json': ['cloud-trace', 3, []],
  'x-ray.json': ['x-ray-json', 3, ['open-span']],
  'span-table.jsonl': ['span-table', 3, []],
  'span-table.csv': ['span-table', 3, []],
  'chrome.json': ['chrome-trace', 5, ['skipped-event', 'unclosed-event', 'open-span']],
  'chrome-unterminated.json': ['chrome-trace', 2, []],
  'node-async-hooks.json': ['chrome-trace', 2, []],
  'viztracer.json': ['chrome-trace', 222, []],
  'tokio-console.jsonl': ['tokio-console', 2, ['open-span']],
  'java-threads.txt': ['java-threads', 27, ['open-span', 'zone-assumed']],
  'asyncio-debug.log': ['log', 1, ['line-without-time']],
  'correlated.log': ['log', 0, ['no-spans', 'zone-assumed']],
  'json-lines.log': ['log', 0, ['no-spans']],
  'access.log': ['log', 0, ['no-spans', 'zone-assumed']],
  'wrapped.log': ['log', 0, ['no-spans']],
}

/** Spellings that are read as what they stand for; nothing is lost. */
const notes = new Set(['coarse-clock', 'enum-name', 'base64-id', 'near-form'])

test('every file of the folder has an expectation', () => {
  expect(
    readdirSync(folder)
      .filter(name => !['README.md', 'make.ts'].includes(name))
      .sort(),
  ).toEqual(Object.keys(files).sort())
})

test('every format has a row in the documentation, and every row is one', () => {
  const table = readFileSync(new URL('../../../docs/formats.md', import.meta.url), 'utf8')
  const cells = table.split('\n').flatMap(line => line.split('|')[2] ?? [])
  const documented = cells.flatMap(cell => Array.from(cell.matchAll(/`([\w-]+)`/g), match => match[1]))
  expect(new Set(documented)).toEqual(new Set(importers.map(importer => importer.id)))
})

describe('each file is known by its content, and nothing is lost without a count', () => {
  test.each(Object.entries(files))('%s', async (file, [format, spans, issues]) => {
    const named = await read(file)
    expect(named.report.inputs[0]).toMatchObject({ format, spans })
    expect(
      named.report.issues
        .map(issue => issue.code)
        .filter(code => !notes.has(code))
        .sort(),
    ).toEqual([...issues].sort())
    expect((await read(file, 'unknown')).store).toEqual(named.store)
    for (const chunkBytes of [1, 13]) expect((await read(file, file, chunkBytes)).store).toEqual(named.store)
    expect(readModel(named.store).roleOfSpan.length).toBe(named.store.spans.count)
  })
})

/** Formats that have no place for them, or as logs of their own. */
const withoutEvents = new Set(['datadog.json', 'datadog-ui.json', 'cloud-trace-v1.json'])
const withoutMessages = new Set(['elastic-apm.ndjson', 'sentry-envelopes.txt'])

describe('the same three spans come out of every format that can hold them', () => {
  const same = Object.entries(files)
    .filter(([file, [, spans]]) => spans === 3 && file !== 'x-ray.json')
    .map(([file]) => file)
  test.each(same)('%s', async file => {
    const { store } = await read(file)
    const rows = Array.from({ length: 3 }, (_, row) => ({
      id: spanIdOf(store, row),
      name: spanName(store, row),
      parent: store.spans.parent[row],
      service: store.processes[store.spans.process[row]!]!.service,
      kind: store.spans.kind[row],
      error: store.spans.status[row] === 2,
      ms: [store.spans.startNs[row]! / 1e6, store.spans.endNs[row]! / 1e6],
    }))
    expect(rows).toEqual([
      {
        id: 'eee19b7ec3c1b174',
        name: 'checkout',
        parent: -1,
        service: 'shop',
        kind: 2,
        error: false,
        ms: [0, 120],
      },
      {
        id: 'eee19b7ec3c1b175',
        name: 'SELECT stock',
        parent: 0,
        service: 'shop',
        kind: 3,
        error: true,
        ms: [10, 45],
      },
      {
        id: 'eee19b7ec3c1b176',
        name: 'charge',
        parent: 0,
        service: 'bank',
        kind: 2,
        error: false,
        ms: [50, 110],
      },
    ])
    const zipkinKeepsLowHalf = file.startsWith('zipkin')
    expect(traceIdOf(store, 0).slice(zipkinKeepsLowHalf ? 16 : 0)).toBe(
      '5b8efff798038103d269b633813fc60c'.slice(zipkinKeepsLowHalf ? 16 : 0),
    )
    expect(unixNano(store, 0)).toBe('1767225600000000000')
    if (!withoutEvents.has(file)) {
      expect(store.strings[store.records.name[0]!]).toBe('exception')
      expect(store.records.span[0]).toBe(1)
      expect(store.records.timeNs[0]).toBe(40e6)
    }
    if (!withoutMessages.has(file)) expect(store.strings[store.spans.statusMessage[1]!]).toBe('lock timeout')
  })
})

test('Zipkin: the server’s half of a shared id is a child, and what the server did hangs under it', async () => {
  const { store } = await read('zipkin-shared.json')
  const parents = Array.from({ length: 4 }, (_, row) => {
    const parent = store.spans.parent[row]!
    return [spanName(store, row), parent === -1 ? '' : spanName(store, parent)]
  })
  expect(parents).toEqual([
    ['call', ''],
    ['called', 'call'],
    ['query', 'called'],
    ['in flight', 'called'],
  ])
  expect(hasFlag(store, 3, SpanFlag.open)).toBe(true)
})

test('X-Ray: subsegments nest, a segment in progress is open', async () => {
  const { store } = await read('x-ray.json')
  expect(Array.from({ length: 3 }, (_, row) => [spanName(store, row), store.spans.parent[row]])).toEqual([
    ['shop', -1],
    ['SELECT stock', 0],
    ['bank', 0],
  ])
  expect(hasFlag(store, 2, SpanFlag.open)).toBe(true)
  expect(store.spans.status[1]).toBe(2)
})

test('Chrome: spans nest by time on their thread, flows become links, times keep their fractions', async () => {
  const { store } = await read('chrome.json')
  const rows = Array.from({ length: 5 }, (_, row) => [
    spanName(store, row),
    store.spans.parent[row],
    store.spans.startNs[row],
  ])
  expect(rows).toEqual([
    ['outer', -1, 0],
    ['inner', 0, 9500],
    ['begun', -1, 39_500],
    ['async', -1, 69_500],
    ['never ends', -1, 94_500],
  ])
  expect([store.links.from[0], store.links.to[0]]).toEqual([2, 1])
  expect(store.records.span[0]).toBe(0)
})

test('Node’s async_hooks events give tasks, their slices and who created them', async () => {
  const model = readModel((await read('node-async-hooks.json')).store)
  expect(model.tasks.map(task => [task.name, task.type, task.parent])).toEqual([
    ['PROMISE 2', 'promise', -1],
    ['PROMISE 3', 'promise', 0],
  ])
  expect(Array.from(model.slices.startNs, (start, i) => [start / 1e6, model.slices.endNs[i]! / 1e6])).toEqual(
    [
      [2, 62],
      [69, 70],
    ],
  )
})

test('VizTracer: asyncio tasks, their runs, where the code stands', async () => {
  const { store } = await read('viztracer.json')
  const model = readModel(store)
  expect(model.tasks.map(task => task.name)).toEqual(['Task-1', 'request-0', 'request-1', 'report'])
  expect(model.loops.map(({ id }) => id)).toEqual(['main'])
  const runsMs = (name: string): number[] =>
    Array.from(model.slices.task.keys())
      .filter(at => model.tasks[model.slices.task[at]!]!.name === name)
      .map(at => Math.round((model.slices.endNs[at]! - model.slices.startNs[at]!) / 1e6))
  expect(runsMs('report')).toEqual([0, 400])
  expect(runsMs('request-0')).toEqual([0, 0, 0])
  const row = Array.from(store.spans.name.keys()).find(at => spanName(store, at) === 'handle')!
  expect(['code.file.path', 'code.line.number'].map(key => attribute(store, store.spans, row, key))).toEqual([
    '/srv/shop.py',
    2,
  ])
})

test('tokio-console: tasks, polls as slices, a task that never ended', async () => {
  const model = readModel((await read('tokio-console.jsonl')).store)
  expect(model.tasks.map(task => [task.name, task.open, task.site])).toEqual([
    ['worker', false, 'main.rs:12'],
    ['task 8', true, ''],
  ])
  expect(Array.from(model.slices.startNs, start => start / 1e6)).toEqual([1, 9])
})

test('asyncio’s debug lines give the stall, its task and its site', async () => {
  const { store } = await read('asyncio-debug.log')
  const model = readModel(store)
  expect(model.stalls).toMatchObject([{ site: 'crunch (jobs.py:41)', detector: 'asyncio_debug' }])
  expect(model.stalls[0]!.endNs - model.stalls[0]!.startNs).toBe(250e6)
  expect(model.tasks[model.stalls[0]!.task]!.name).toBe('crunch')
  expect(model.marks.map(mark => mark.text)).toContain('ValueError: no such card')
})

test('logs join the spans of another file by their ids', async () => {
  const { store, report } = await importTrace(
    ['otlp.jsonl', 'correlated.log', 'json-lines.log'].map(file =>
      sourceOf(file, readFileSync(new URL(file, folder))),
    ),
  )
  expect(report.inputs.map(input => input.format)).toEqual(['otlp-json', 'log', 'log'])
  const joined = Array.from({ length: store.records.count }, (_, at) => store.records.span[at])
  expect(joined.filter(row => row === 0)).toHaveLength(2)
  expect(joined.filter(row => row === 1)).toHaveLength(3)
  expect(attribute(store, store.records, joined.indexOf(-1), 'x')).toBeUndefined()
})

test('what a runtime puts around log lines gives them time, program and level', async () => {
  const { store } = await read('wrapped.log')
  const { records, strings, processes } = store
  const rows = Array.from({ length: records.count }, (_, at) => [
    strings[records.body[at]!],
    processes[records.process[at]!]!.service,
    records.timeNs[at]! / 1e9,
    records.severity[at],
  ])
  expect(rows).toEqual([
    ['compose', 'api', 0, 0],
    ['kubectl', 'worker', 0.999999999, 9],
    ['cri\n  indented under it', 'log', 2.499999999, 0],
    ['docker', 'log', 2.999999999, 0],
    ['journal', 'shop', 3.999999999, 17],
    ['syslog', 'shop', 5.002999999, 9],
    ['level=WARN msg="logfmt" user=1', 'log', 6.122999999, 13],
    ['compact', 'log', 7.123456699, 17],
  ])
})
