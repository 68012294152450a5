/** The scanner is only the reader's fast way: whatever the bytes, both give the same store and the same issues. */
import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { headOf } from '../../../src/core/import/import-trace.ts'
import type { ImportContext } from '../../../src/core/import/importer.ts'
import { otlpJson, readRequests } from '../../../src/core/import/otlp/otlp-json.ts'
import { OtlpScanner } from '../../../src/core/import/otlp/otlp-scanner.ts'
import { StoreBuilder } from '../../../src/core/store/builder.ts'
import { attributesOf, type Store } from '../../../src/core/store/store.ts'
import { sourceOf } from '../../support/otlp.ts'

function contextOf(bytes: Uint8Array): ImportContext {
  const builder = new StoreBuilder()
  builder.beginInput('x')
  return {
    builder,
    file: 'x',
    head: headOf(bytes.subarray(0, 65536), bytes.length > 65536),
    pieceBytes: 1 << 24,
    place: line => (line > 0 ? `x line ${line}` : 'x'),
    breathe: async () => {},
  }
}

/** Everything a store says, with texts for string indices: their order is nobody's business. */
function plain({ strings, spans, records, links, processes, ...rest }: Store) {
  const text = (column: Int32Array): (string | undefined)[] => Array.from(column, index => strings[index])
  const store = { strings, spans, records, links, processes, ...rest }
  const attributes = (table: Store['spans' | 'records' | 'links']): unknown =>
    Array.from({ length: table.count }, (_, row) => [
      attributesOf(store, table, row),
      Array.from(rest.attributes.type.subarray(table.attrStart[row], table.attrEnd[row])),
    ])
  // Nor is where attributes lie.
  const { name, statusMessage, scope, attrStart: _1, attrEnd: _2, ...spanColumns } = spans
  const { name: recordName, body, scope: recordScope, attrStart: _3, attrEnd: _4, ...recordColumns } = records
  const { type, attrStart: _5, attrEnd: _6, ...linkColumns } = links
  return {
    fingerprint: rest.fingerprint,
    epoch: rest.epochUnixNano,
    duration: rest.durationNs,
    processes,
    scopes: rest.scopes,
    spans: { ...spanColumns, name: text(name), status: text(statusMessage), scope: text(scope) },
    records: { ...recordColumns, name: text(recordName), body: text(body), scope: text(recordScope) },
    links: { ...linkColumns, type: text(type) },
    attributes: [attributes(spans), attributes(records), attributes(links)],
  }
}

async function bySlowWay(bytes: Uint8Array) {
  const context = contextOf(bytes)
  await readRequests(sourceOf('x', bytes).open(), context)
  const { store, issues } = context.builder.freeze()
  return { store: plain(store), issues }
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function byImporter(bytes: Uint8Array, chunkBytes: number) {
  const context = contextOf(bytes)
  await otlpJson.read(sourceOf('x', bytes, chunkBytes).open(), context)
  const { strings } = context.builder.text
  expect(new Set(strings).size).toBe(strings.length)
  const { store, issues } = context.builder.freeze()
  return { store: plain(store), issues }
}

async function expectSame(bytes: Uint8Array, chunks = [1, 7, 65536]): Promise<void> {
  const slow = await bySlowWay(bytes)
  for (const chunkBytes of chunks) expect(await byImporter(bytes, chunkBytes)).toEqual(slow)
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Whether the scanner takes all of this as one value. */
function scans(text: string): boolean {
  return scanOf(contextOf(encode(text)), text)
}

function scanOf(context: ImportContext, text: string): boolean {
  return new OtlpScanner(context).value(encode(text), 1)
}

describe('files', () => {
  const root = new URL('../../../fixtures/', import.meta.url)
  const files = ['formats', 'invalid', 'incidents'].flatMap(folder =>
    readdirSync(new URL(folder, root), { recursive: true })
      .map(String)
      .filter(name => /\.jsonl?(\.gz)?$/.test(name) && !/bomb|deep-parent|gigantic/.test(name))
      .map(name => `${folder}/${name}`),
  )
  test.each(files)('%s', async name => {
    const raw = readFileSync(new URL(name, root))
    if (name.endsWith('.gz') && name.includes('truncated')) return
    const bytes = new Uint8Array(name.endsWith('.gz') ? gunzipSync(raw) : raw)
    await expectSame(bytes, bytes.length > 300_000 ? [65536] : [1, 7, 65536])
  })
})

// --- random OTLP: canonical at heart, with everything that makes the scanner give up mixed in

const words = [
  'GET /',
  'db.query',
  'ключ',
  '🙂',
  'a"b\\c',
  'tab\there',
  '',
  'x'.repeat(70),
  '\u2028',
  '\ud800',
]
const text = fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 12 }))
const key = fc.constantFrom(
  'a',
  'http.route',
  'event.name',
  'interleave.link.type',
  'ключ',
  'k\\"',
  '__proto__',
)
const digits = fc.oneof(
  fc.integer({ min: -5, max: 1e6 }).map(String),
  fc.constantFrom('9007199254740993', '-0', '007', '1e3', '123456789012345', '1234567890123456', 'x', ''),
)
const rare = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 60, arbitrary: usual as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: odd })
const anyValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 8, arbitrary: text.map(stringValue => ({ stringValue })) },
    { weight: 3, arbitrary: digits.map(intValue => ({ intValue })) },
    { weight: 3, arbitrary: fc.maxSafeInteger().map(intValue => ({ intValue })) },
    { weight: 2, arbitrary: fc.boolean().map(boolValue => ({ boolValue })) },
    { weight: 2, arbitrary: fc.double().map(doubleValue => ({ doubleValue })) },
    { weight: 1, arbitrary: fc.constantFrom('NaN', '-Infinity', '3').map(doubleValue => ({ doubleValue })) },
    {
      weight: 2,
      arbitrary: fc
        .array(text)
        .map(list => ({ arrayValue: { values: list.map(stringValue => ({ stringValue })) } })),
    },
    {
      weight: 1,
      arbitrary: fc.array(tie('value'), { maxLength: 3 }).map(values => ({ arrayValue: { values } })),
    },
    {
      weight: 1,
      arbitrary: fc
        .array(fc.record({ key, value: tie('value') }), { maxLength: 3 })
        .map(values => ({ kvlistValue: { values } })),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        { bytesValue: 'aGk=' },
        {},
        { arrayValue: {} },
        { stringValue: 'a', intValue: 1 },
        null,
        'bare',
        { string_value: 'snake' },
        { odd: { x: 1 } },
      ),
    },
  ),
})).value
const attributes = rare(
  fc.array(fc.record({ key, value: anyValue }), { maxLength: 5 }),
  fc.constantFrom(
    null,
    { plain: 1 },
    [{ key: '', value: { intValue: 1 } }],
    [{ key: 'no value' }],
    [{ key: 'a', value: { intValue: 1 }, extra: 1 }],
  ),
)
const hex = (length: number): fc.Arbitrary<unknown> =>
  rare(
    fc.integer({ min: 0, max: 40 }).map(n => n.toString(16).padStart(length, '0')),
    fc.constantFrom(
      '',
      'ABCDEF0123456789ABCDEF0123456789'.slice(0, length),
      'zz',
      '7QHTmMKHQp4=',
      null,
      17,
      '12',
    ),
  )
const time = rare(
  fc.integer({ min: 0, max: 5e9 }).map(ns => (1_767_225_600_000_000_000n + BigInt(ns)).toString()),
  fc.constantFrom(
    '0',
    '',
    0,
    1_767_225_600_000_000_000,
    '2026-01-01T00:00:00Z',
    'soon',
    null,
    '18446744073709551615',
    '1.5e9',
  ),
)
const count = rare(fc.constantFrom(0, 0, 3), fc.constantFrom('2', -1, 1.5, null, 1e10))
const some = <T extends Record<string, fc.Arbitrary<unknown>>>(members: T) =>
  fc.record(members, { requiredKeys: [] })
const event = some({ timeUnixNano: time, name: text, attributes, droppedAttributesCount: count })
const link = some({ traceId: hex(32), spanId: hex(16), traceState: text, attributes, flags: count })
const span = fc
  .tuple(
    some({
      traceId: hex(32),
      spanId: hex(16),
      traceState: text,
      parentSpanId: hex(16),
      flags: count,
      name: rare(text, fc.constantFrom(null, 5)),
      kind: rare(fc.integer({ min: 0, max: 5 }), fc.constantFrom('SPAN_KIND_SERVER', 9, -1, '2', 12)),
      startTimeUnixNano: time,
      endTimeUnixNano: time,
      attributes,
      droppedAttributesCount: count,
      events: fc.array(event, { maxLength: 2 }),
      links: rare(fc.array(link, { maxLength: 2 }), fc.constantFrom(null, {}, [1])),
      status: rare(
        some({ code: rare(fc.integer({ min: 0, max: 2 }), fc.constant('STATUS_CODE_ERROR')), message: text }),
        fc.constant(null),
      ),
    }),
    fc.nat(),
  )
  .map(([members, turn]) => turned(members, turn))
const log = some({
  timeUnixNano: time,
  observedTimeUnixNano: time,
  severityNumber: rare(fc.integer({ min: 0, max: 24 }), fc.constantFrom('SEVERITY_NUMBER_WARN', 99)),
  severityText: fc.constantFrom('WARN', 'error', 'хм', ''),
  body: anyValue,
  attributes,
  traceId: hex(32),
  spanId: hex(16),
  eventName: text,
  flags: count,
})
const resource = rare(
  fc.record({
    attributes: rare(
      fc.array(
        fc.record({ key: fc.constantFrom('service.name', 'service.version', 'host.name'), value: anyValue }),
        { maxLength: 3 },
      ),
      attributes,
    ),
  }),
  fc.constantFrom(null, {}, { Attributes: [] }, { attributes: [], extra: 1 }),
)
const scope = rare(some({ name: text, version: text, attributes }), fc.constantFrom(null, { Name: 'go' }))
const request = rare(
  some({
    resourceSpans: fc.array(
      some({
        resource,
        scopeSpans: fc.array(
          some({
            scope,
            spans: rare(fc.array(span, { maxLength: 4 }), fc.constant(['bad'])),
            schemaUrl: text,
          }),
          { maxLength: 2 },
        ),
        schemaUrl: text,
      }),
      { maxLength: 2 },
    ),
    resourceLogs: fc.array(
      some({
        resource,
        scopeLogs: fc.array(some({ scope, logRecords: fc.array(log, { maxLength: 3 }) }), { maxLength: 2 }),
      }),
      { maxLength: 2 },
    ),
  }),
  fc.constantFrom(
    { resourceMetrics: [{ scopeMetrics: [{ metrics: [{}, {}] }] }] },
    { batches: [] },
    { scopeSpans: [] },
    {},
    [],
    { log: '{}' },
  ),
)

/** Members in another order. */
function turned(members: object, turn: number): object {
  const entries = Object.entries(members)
  if (turn % 3 !== 0 || entries.length === 0) return members
  const by = turn % entries.length
  return Object.fromEntries([...entries.slice(by), ...entries.slice(0, by)])
}

const printed = fc
  .tuple(request, fc.constantFrom(undefined, undefined, 1, '\t'))
  .map(([value, space]) => JSON.stringify(value, null, space))

test('random requests', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(printed, { minLength: 1, maxLength: 4 }),
      fc.constantFrom('\n', '\r\n', ' '),
      async (requests, end) => {
        await expectSame(encode(requests.join(end) + end), [7, 65536])
      },
    ),
    { numRuns: 700 },
  )
}, 60_000)

test('damaged requests', async () => {
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\',
    ',',
    ':',
    'null',
    '-1',
    '1e999',
    '\n',
    ' ',
    '\0',
    '\u00ff',
    '0',
  ]
  const edit = fc.tuple(fc.nat(), fc.constantFrom(...pieces), fc.integer({ min: 0, max: 2 }))
  await fc.assert(
    fc.asyncProperty(
      fc.array(printed, { minLength: 1, maxLength: 3 }),
      fc.array(edit, { minLength: 1, maxLength: 3 }),
      async (requests, edits) => {
        let bytes = Buffer.from(`${requests.join('\n')}\n`)
        for (const [at, piece, cut] of edits) {
          const where = at % (bytes.length + 1)
          bytes = Buffer.concat([
            bytes.subarray(0, where),
            Buffer.from(piece, 'latin1'),
            bytes.subarray(where + cut),
          ])
        }
        await expectSame(new Uint8Array(bytes), [65536])
      },
    ),
    { numRuns: 700 },
  )
}, 60_000)

// --- what takes the fast way, so that it cannot be lost unnoticed

const canonical = (member: string): string =>
  `{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"scope":{"name":"s","version":"1"},"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"checkout","kind":2,"startTimeUnixNano":"1767225600000000000","endTimeUnixNano":"1767225600120000000",${member}}]}]}]}`

test('canonical OTLP takes the fast way', () => {
  for (const member of [
    '"attributes":[]',
    '"attributes":[{"key":"a","value":{"intValue":"12"}},{"key":"b","value":{"doubleValue":1.5}},{"key":"c","value":{"boolValue":true}}]',
    '"attributes":[{"key":"a","value":{"arrayValue":{"values":[{"stringValue":"x"},{"intValue":"1"}]}}}]',
    '"attributes":[{"key":"a\\n","value":{"stringValue":"\\u00e4 \\" ключ"}}]',
    '"events":[{"timeUnixNano":"1767225600120000000","name":"e","attributes":[{"key":"a","value":{"stringValue":"b"}}]}],"links":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174"}],"status":{"code":2,"message":"no"}',
    '"traceState":"a=b","attributes":[],"droppedAttributesCount":2,"flags":257,"parentSpanId":""',
  ]) {
    expect(scans(canonical(member))).toBe(true)
    expect(scans(JSON.stringify(JSON.parse(canonical(member)), null, 2))).toBe(true)
  }
})

test.each([
  '"kind":"SPAN_KIND_SERVER"',
  '"parentSpanId":"7QHTmMKHQp4="',
  '"parent_span_id":"eee19b7ec3c1b174"',
  '"attributes":[{"key":"a","value":{"stringValue":"b","intValue":1}}]',
  '"status":null',
  '"name":"twice"',
  '"attributes":[{"key":"a","value":{"stringValue":"b"}},]',
])('%s is for the reader, and leaves nothing behind', member => {
  const context = contextOf(encode(canonical(member)))
  expect(scanOf(context, canonical(member))).toBe(false)
  const { builder } = context
  expect([builder.spans.count, builder.attributes.count, builder.processes.length]).toEqual([0, 0, 0])
  expect(builder.issues.list()).toEqual([])
})

test('a wrong byte anywhere is seen', () => {
  const whole = canonical(
    '"attributes":[{"key":"a","value":{"doubleValue":0.5}},{"key":"b","value":{"arrayValue":{"values":[]}}}],"status":{"code":1}',
  )
  const scanner = new OtlpScanner(contextOf(encode(whole)))
  for (let at = 0; at < whole.length; at++) {
    for (const wrong of ['\\', '"', 'x', '{', '\n']) {
      const text = whole.slice(0, at) + wrong + whole.slice(at + 1)
      if (tryJson(text) === undefined) expect(scanner.value(encode(text), 1), text).toBe(false)
    }
  }
})
