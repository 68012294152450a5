import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { importTrace } from '../../../src/core/import/import-trace.ts'
import {
  attribute,
  hasFlag,
  SpanFlag,
  spanIdOf,
  spanName,
  traceIdOf,
  unixNano,
} from '../../../src/core/store/store.ts'
import {
  importOf,
  lines,
  otlp,
  sourceOf,
  spanId,
  storeOf,
  testEpoch,
  traceId,
  unix,
} from '../../support/otlp.ts'

const two = otlp({
  spans: [
    { id: 'a', name: 'parent', start: 0, end: 100, kind: 2 },
    { id: 'b', name: 'child', parent: 'a', start: 10, end: 50 },
  ],
})
const other = otlp({ spans: [{ id: 'c', name: 'third', parent: 'a', start: 60, end: 80 }] })

const read = (text: string | Uint8Array, chunk?: number) => importTrace([sourceOf('x', text, chunk)])

describe('framings of the same requests give the same store', () => {
  const utf16 = (text: string): Uint8Array =>
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])
  const framings: Readonly<Record<string, string | Uint8Array>> = {
    'JSON lines': lines(two, other),
    'Windows line ends': lines(two, other).replaceAll('\n', '\r\n'),
    'no newline at the end': lines(two, other).trimEnd(),
    'blank lines between': lines(two, other).replaceAll('\n', '\n\n'),
    'an array of requests': JSON.stringify([two, other]),
    'a pretty array': JSON.stringify([two, other], null, 2),
    'back to back': JSON.stringify(two) + JSON.stringify(other),
    'pretty, back to back': `${JSON.stringify(two, null, 2)}\n${JSON.stringify(other, null, 4)}\n`,
    'record separators': `\u001e${JSON.stringify(two)}\n\u001e${JSON.stringify(other)}\n`,
    'byte order mark': `\ufeff${lines(two, other)}`,
    'UTF-16 of PowerShell': utf16(lines(two, other)),
    gzip: gzipSync(lines(two, other)),
    'gzip, two members': Buffer.concat([gzipSync(lines(two)), gzipSync(lines(other))]),
    'CRI log lines': lines(two, other).replaceAll(/^(?=\{)/gm, '2026-01-01T00:00:00.123456789Z stdout F '),
    'docker json-file': lines(
      ...[two, other].map(one => ({ log: `${JSON.stringify(one)}\n`, stream: 'stdout', time: 'x' })),
    ),
    'docker compose': lines(two, other).replaceAll(/^(?=\{)/gm, 'api-1  | '),
  }
  test.each(Object.entries(framings))('%s', async (_name, content) => {
    const expected = await read(lines(two, other))
    for (const chunk of [1 << 16, 5]) {
      const { store, report } = await read(content, chunk)
      expect(store).toEqual(expected.store)
      expect(report.issues).toEqual([])
    }
  })
})

describe('spellings of the same request', () => {
  const snake = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(snake)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        key.replaceAll(/[A-Z]/g, c => `_${c.toLowerCase()}`),
        snake(member),
      ]),
    )
  }
  const text = JSON.stringify(two)
  const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64')
  const spellings: Readonly<Record<string, string>> = {
    snake_case: JSON.stringify(snake(two)),
    'upper-case ids': text.replaceAll(/"([0-9a-f]{16,32})"/g, (_, hex: string) => `"${hex.toUpperCase()}"`),
    'base64 ids': text.replaceAll(/"([0-9a-f]{16}|[0-9a-f]{32})"/g, (_, hex: string) => `"${base64(hex)}"`),
    'base64 of hex': text.replaceAll(
      /"([0-9a-f]{16}|[0-9a-f]{32})"/g,
      (_, hex: string) => `"${Buffer.from(hex).toString('base64')}"`,
    ),
    '0x ids': text.replaceAll(/"([0-9a-f]{16}|[0-9a-f]{32})"/g, '"0x$1"'),
    'numeric nanoseconds': text.replaceAll(/"(\d{19})"/g, '$1'),
    'enum names': text
      .replaceAll('"kind":2', '"kind":"SPAN_KIND_SERVER"')
      .replaceAll('"kind":1', '"kind":"internal"'),
    batches: text.replace('resourceSpans', 'batches'),
    'Tempo v2': `{"trace":${text},"metrics":{}}`,
    instrumentationLibrarySpans: text
      .replace('scopeSpans', 'instrumentationLibrarySpans')
      .replace('"scope"', '"instrumentationLibrary"'),
    'one ResourceSpans': JSON.stringify((two.resourceSpans as unknown[])[0]),
  }
  test.each(Object.entries(spellings))('%s', async (_name, content) => {
    expect((await read(content)).store).toEqual((await read(text)).store)
  })
})

test('attributes of every type', async () => {
  const attributes = [
    { key: 'text', value: { stringValue: 'x' } },
    { key: 'yes', value: { boolValue: true } },
    { key: 'int', value: { intValue: '42' } },
    { key: 'huge', value: { intValue: '9007199254740993' } },
    { key: 'double', value: { doubleValue: 1.5 } },
    { key: 'nan', value: { doubleValue: 'NaN' } },
    { key: 'list', value: { arrayValue: { values: [{ intValue: '1' }, { stringValue: 'b' }] } } },
    { key: 'map', value: { kvlistValue: { values: [{ key: 'k', value: { boolValue: false } }] } } },
    { key: 'bytes', value: { bytesValue: 'AQI=' } },
    { key: 'empty', value: {} },
    { key: 'go', value: { Value: { StringValue: 'dump' } } },
  ]
  const request = otlp({ spans: [{ id: 'a', start: 0, end: 1 }] })
  const text = JSON.stringify(request).replace(
    '"attributes":[],"events"',
    `"attributes":${JSON.stringify(attributes)},"events"`,
  )
  const { store } = await read(text)
  const get = (key: string) => attribute(store, store.spans, 0, key)
  expect(get('text')).toBe('x')
  expect(get('yes')).toBe(true)
  expect(get('int')).toBe(42)
  expect(get('huge')).toBe('9007199254740993')
  expect(get('double')).toBe(1.5)
  expect(get('nan')).toBeNaN()
  expect(get('list')).toBe('[1,"b"]')
  expect(get('map')).toBe('{"k":false}')
  expect(get('bytes')).toBe('{"bytesValue":"AQI="}')
  expect(get('empty')).toBe('null')
  expect(get('go')).toBe('dump')
})

test('events, logs and links join their spans', async () => {
  const store = await storeOf({
    spans: [
      { id: 'a', start: 0, end: 100, events: [{ name: 'exception', at: 20 }] },
      {
        id: 'b',
        start: 10,
        end: 30,
        links: [{ id: 'a', attributes: { 'interleave.link.type': 'awaits' } }, { id: 'zz' }],
      },
    ],
    logs: [
      { at: 15, body: 'hello', id: 'b' },
      { at: 5, body: 'nobody' },
    ],
  })
  expect(Array.from(store.records.timeNs)).toEqual([5, 15, 20])
  expect(Array.from(store.records.span)).toEqual([-1, 1, 0])
  expect(Array.from(store.links.to)).toEqual([0, -1])
  expect(store.strings[store.links.type[0]!]).toBe('awaits')
  expect(traceIdOf(store, 0)).toBe(traceId())
  expect(spanIdOf(store, 1)).toBe(spanId('b'))
})

test('open records without a span are never-ended spans with the last record’s attributes', async () => {
  const open = (at: number, more: Record<string, string | number>) => ({
    at,
    name: 'interleave.span.open',
    id: 'f',
    attributes: {
      'interleave.record.type': 'resource.hold',
      'interleave.span.name': 'hold db-pool',
      'interleave.span.start_unix_nano': unix(40),
      'interleave.span.parent.id': spanId('a'),
      ...more,
    },
  })
  const { store, report } = await importOf({
    spans: [{ id: 'a', start: 0, end: 50 }],
    logs: [open(900, { nth: 2 }), open(500, { nth: 1 }), { ...open(950, {}), id: 'a' }],
  })
  expect(store.spans.count).toBe(2)
  const row = 1
  expect(spanName(store, row)).toBe('hold db-pool')
  expect(hasFlag(store, row, SpanFlag.open)).toBe(true)
  expect(store.spans.parent[row]).toBe(0)
  expect(store.spans.startNs[row]).toBe(40)
  expect(store.spans.endNs[row]).toBe(950)
  expect(attribute(store, store.spans, row, 'nth')).toBe(2)
  expect(report.issues.map(issue => [issue.code, issue.count])).toEqual([['open-span', 1]])
})

test('an open span in a stretch of losses is unknown, not open for certain', async () => {
  const { report, store } = await importOf({
    spans: [{ id: 'a', start: 0, end: 50 }],
    logs: [
      {
        at: 60,
        name: 'interleave.span.open',
        id: 'f',
        attributes: { 'interleave.span.name': 'x', 'interleave.span.start_unix_nano': unix(40) },
      },
      {
        at: 90,
        name: 'interleave.recorder.loss',
        attributes: {
          'interleave.loss.count': 7,
          'interleave.loss.from_unix_nano': unix(50),
          'interleave.loss.to_unix_nano': unix(80),
        },
      },
    ],
  })
  expect(report.issues.map(issue => issue.code)).toEqual(['open-span-unknown', 'recorder-loss'])
  expect(store.processes[0]!.lost).toBe(7)
})

test('the same file twice is the same trace', async () => {
  const text = lines(
    otlp({
      spans: [{ id: 'a', start: 0, end: 100 }],
      logs: [
        { at: 10, body: 'tick' },
        { at: 10, body: 'tick' },
      ],
    }),
  )
  const once = await importTrace([sourceOf('a', text)])
  const twice = await importTrace([sourceOf('a', text), sourceOf('b', text)])
  expect(twice.store).toEqual(once.store)
  expect(twice.report.issues.map(issue => [issue.code, issue.count])).toEqual([
    ['duplicate-span', 1],
    ['duplicate-record', 2],
  ])
})

test('the file order does not matter', async () => {
  const [a, b] = [sourceOf('a', lines(two)), sourceOf('b', lines(other))]
  const [one, reversed] = [await importTrace([a, b]), await importTrace([b, a])]
  expect(one.store.fingerprint).toBe(reversed.store.fingerprint)
  expect(one.store.spans.spanId).toEqual(reversed.store.spans.spanId)
})

test('clocks: whole milliseconds of JavaScript, microseconds, and the recorder’s own', async () => {
  const at = (step: number) =>
    [0, 1, 2, 3, 4].map(i => ({ id: `${step}${i}`, start: i * 7 * step, end: i * 7 * step + 1 }))
  const { store, report } = await importOf([
    { resource: { 'service.name': 'js', 'telemetry.sdk.language': 'nodejs' }, spans: at(1e6) },
    { resource: { 'service.name': 'us' }, spans: at(1e3) },
    { resource: { 'service.name': 'ns' }, spans: at(1) },
    { resource: { 'service.name': 'both' }, spans: [{ id: 'e1', start: 0, end: 9 }], scope: 'interleave' },
  ])
  expect(store.processes.map(process => [process.service, process.uncertaintyNs])).toEqual([
    ['js', 1e6],
    ['us', 1e3],
    ['ns', 0],
    ['both', 0],
  ])
  const coarse = Array.from({ length: store.spans.count }, (_, row) => row).filter(row =>
    hasFlag(store, row, SpanFlag.coarse),
  )
  expect(coarse).toHaveLength(5)
  expect(report.issues.map(issue => issue.code)).toEqual(['coarse-clock'])
})

test('a process on a clock of its own is moved, and its inner order kept', async () => {
  const unixSpans = otlp({
    spans: [
      { id: 'a', start: 0, end: 1000 },
      { id: 'b', start: 10, end: 20 },
    ],
  })
  const monotonic = JSON.stringify(
    otlp({
      resource: { 'service.name': 'sim' },
      spans: [
        { id: 'c', start: 5, end: 25 },
        { id: 'd', start: 15, end: 17 },
      ],
    }),
  ).replaceAll(/"(\d{19})"/g, (_, text: string) => `"${BigInt(text) - testEpoch + 77_000_000_000n}"`)
  const { store, report } = await read(`${JSON.stringify(unixSpans)}\n${monotonic}\n`)
  expect(report.issues.map(issue => issue.code)).toEqual(['unaligned-clock'])
  const times = Array.from({ length: 4 }, (_, row) => [spanName(store, row), store.spans.startNs[row]])
  expect(times).toContainEqual(['c', 0])
  expect(times).toContainEqual(['d', 10])
  expect(store.durationNs).toBe(1000)
  expect(unixNano(store, 0)).toBe(testEpoch.toString())
})

test('progress is told in bytes, and cancelling stops', async () => {
  const text = lines(
    ...Array.from({ length: 50 }, (_, i) => otlp({ spans: [{ id: `${i + 1}`, start: i, end: i + 1 }] })),
  )
  const told: number[] = []
  await importTrace([sourceOf('a', text, 100)], { onProgress: progress => told.push(progress.bytesRead) })
  expect(told.at(-1)).toBe(text.length)
  const controller = new AbortController()
  let chunks = 0
  const source = {
    name: 'slow',
    size: -1,
    async *open() {
      for (let at = 0; at < text.length; at += 100) {
        if (++chunks === 3) controller.abort()
        yield new TextEncoder().encode(text.slice(at, at + 100))
      }
    },
  }
  await expect(importTrace([source], { signal: controller.signal })).rejects.toThrow(/abort/i)
  expect(chunks).toBeLessThan(5)
})

test('a source that fails gives one line, not its stack', async () => {
  const source = {
    name: 'gone.json',
    size: -1,
    // biome-ignore lint/correctness/useYield: fails before the first byte
    async *open(): AsyncGenerator<Uint8Array> {
      throw new Error('EACCES: permission denied')
    },
  }
  await expect(importTrace([source])).rejects.toThrow('gone.json: cannot be read: EACCES: permission denied')
})
