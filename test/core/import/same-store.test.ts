/**
 * One trace in many legal dresses gives one store. `INTERLEAVE_SAMPLES=folder` runs the first part over your own files too.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Imported } from '../../../src/core/import/import.ts'
import { importTrace } from '../../../src/core/import/import-trace.ts'
import { attributesOf, traceIdOf } from '../../../src/core/store/store.ts'
import { sourceOf } from '../../support/otlp.ts'

/** What a store says, without what depends on names. */
function said({ store, report }: Imported, without: readonly string[] = []) {
  const { spans, records, links, strings } = store
  const rows = (table: typeof spans | typeof records, name: Int32Array) =>
    Array.from({ length: table.count }, (_, row) => [
      strings[name[row]!],
      attributesOf(store, table, row).filter(([key]) => key !== 'log.file.name'),
    ])
  return {
    fingerprint: store.fingerprint,
    durationNs: store.durationNs,
    spans: rows(spans, spans.name),
    parents: Array.from(spans.parent),
    records: rows(records, records.name),
    recordSpans: Array.from(records.span),
    links: Array.from(links.to),
    processes: store.processes.map(process => [process.label, process.attributes]),
    issues: report.issues
      .filter(({ code }) => !without.includes(code))
      .map(({ code, count }) => `${code} ${count}`),
  }
}

const own = new URL('../../../fixtures/formats/', import.meta.url).pathname
const yours = process.env.INTERLEAVE_SAMPLES
if (yours === undefined) console.warn('INTERLEAVE_SAMPLES is not set: only the fixtures are tried')
const files = [own, ...(yours === undefined ? [] : [yours])].flatMap(folder =>
  readdirSync(folder)
    .filter(name => !['README.md', 'make.ts'].includes(name))
    .map(name => ({ name, bytes: new Uint8Array(readFileSync(join(folder, name))) })),
)
/** Traces of this many bytes are enough for every way of cutting. */
const smallBytes = 50_000

describe.each(files)('$name', ({ name, bytes }) => {
  const read = async (as: string, content: Uint8Array, chunkBytes?: number, pieceBytes?: number) =>
    importTrace([sourceOf(as, content, chunkBytes)], pieceBytes === undefined ? {} : { pieceBytes })

  test('under its name, as unknown, compressed', async () => {
    const whole = said(await read(name, bytes))
    expect(whole.spans.length + whole.records.length).toBeGreaterThan(0)
    expect(said(await read('unknown', bytes))).toEqual(whole)
    expect(said(await read('unknown', gzipSync(bytes)))).toEqual(whole)
  })

  test('in tiny chunks', async () => {
    const whole = said(await read(name, bytes))
    for (const chunkBytes of bytes.length > smallBytes ? [4099] : [1, 2, 3, 7])
      expect(said(await read(name, bytes, chunkBytes)), `chunks of ${chunkBytes}`).toEqual(whole)
  })

  test('in pieces, as files larger than a string can be are read', async () => {
    const whole = said(await read(name, bytes))
    for (const pieceBytes of bytes.length > smallBytes ? [30_000] : [64, 300, 2000]) {
      const pieces = await read(name, bytes, Math.ceil(pieceBytes / 3), pieceBytes)
      expect(said(pieces, ['late-scope']), `pieces of ${pieceBytes}`).toEqual(whole)
    }
  })
})

describe('OTLP JSON', () => {
  const text = readFileSync(join(own, 'otlp.json'), 'utf8')
  const request = JSON.parse(text) as unknown
  type Visit = (key: string, value: unknown) => [string, unknown]
  const mapped = (value: unknown, visit: Visit): unknown => {
    if (Array.isArray(value)) return value.map(element => mapped(element, visit))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => {
        const [name, changed] = visit(key, member)
        return [name, mapped(changed, visit)]
      }),
    )
  }
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, member]) => [key, reversed(member)]),
    )
  }
  const isId = (key: string): boolean => /^(trace|span|parentSpan)Id$/.test(key)
  const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER']
  const json = JSON.stringify
  const of = (visit: Visit): string => json(mapped(request, visit))

  const dresses: Readonly<Record<string, readonly [text: string, ...issues: string[]]>> = {
    'on one line': [json(request)],
    'pretty-printed with tabs and CRLF': [json(request, null, '\t').replaceAll('\n', '\r\n')],
    'with a byte order mark': [`\ufeff${text}`],
    'twice, back to back': [json(request) + json(request), 'duplicate-span', 'duplicate-record'],
    'in an array': [json([request])],
    'members in reverse order': [json(reversed(request))],
    'with members nobody knows': [
      of((key, value) => [
        key,
        isId(key) || typeof value !== 'object' || Array.isArray(value) || value === null
          ? value
          : { ...value, zzz: [{}], 'x-y': null },
      ]),
    ],
    'with empty lists': [json({ resourceLogs: [], resourceMetrics: [], ...(request as object) })],
    'in snake_case': [
      of((key, value) => [key.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`), value]),
    ],
    'with upper-case ids': [of((key, value) => [key, isId(key) ? String(value).toUpperCase() : value])],
    'with base64 ids': [
      of((key, value) => [
        key,
        isId(key) && value !== '' ? Buffer.from(String(value), 'hex').toString('base64') : value,
      ]),
      'base64-id',
    ],
    'with numbers for nanoseconds': [
      json(request)
        .replace(/("\w*TimeUnixNano":)"(\d+)"/gi, '$1$2')
        .replace(/("timeUnixNano":)"(\d+)"/g, '$1$2'),
    ],
    'with texts for small numbers': [
      of((key, value) => [key, ['kind', 'code', 'severityNumber'].includes(key) ? String(value) : value]),
    ],
    'with names for kinds': [
      of((key, value) => [key, key === 'kind' ? `SPAN_KIND_${kinds[Number(value)]}` : value]),
      'enum-name',
    ],
    'escaped to ASCII and beyond': [
      json(request).replace(
        /"(name|stringValue)":"([^"\\]*)"/g,
        (_, key, value: string) =>
          `"${key}":"${Array.from(value, letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`,
      ),
    ],
  }

  test.each(Object.entries(dresses))('%s', async (_, [dressed, ...expected]) => {
    const plain = said(await importTrace([sourceOf('x', text)]))
    const other = await importTrace([sourceOf('x', dressed)])
    const { issues: _issues, ...same } = plain
    const { issues, ...got } = said(other, expected)
    // A log record that is written twice in one file is two.
    if (!expected.includes('duplicate-record')) expect(got).toEqual(same)
    else expect(got.spans).toEqual(same.spans)
    expect(issues).toEqual(plain.issues)
  })

  test('a resource behind its spans is theirs, also in pieces', async () => {
    const [owner] = (request as { resourceSpans: Record<string, unknown>[] }).resourceSpans
    const { resource, ...rest } = owner!
    const late = new TextEncoder().encode(JSON.stringify({ resourceSpans: [{ ...rest, resource }] }))
    const whole = await importTrace([sourceOf('late.json', late)])
    const pieces = await importTrace([sourceOf('late.json', late, 50)], { pieceBytes: 100 })
    expect(said(pieces)).toEqual(said(whole))
  })

  test('a scope behind its spans is theirs, also in pieces', async () => {
    const owners = (request as { resourceSpans: { resource: unknown; scopeSpans: { spans: unknown }[] }[] })
      .resourceSpans
    const late = new TextEncoder().encode(
      json({
        resourceSpans: owners.map(({ resource, scopeSpans }) => ({
          resource,
          scopeSpans: scopeSpans.map(({ spans, ...rest }) => ({ spans, ...rest })),
        })),
      }),
    )
    const whole = await importTrace([sourceOf('late.json', late)])
    const scopes = ({ store }: Imported): unknown[] => Array.from(store.spans.scope, at => store.strings[at])
    expect(scopes(whole)).toEqual(['hand', 'hand', 'hand'])
    const pieces = await importTrace([sourceOf('late.json', late, 50)], { pieceBytes: late.length >> 2 })
    expect(said(pieces)).toEqual(said(whole))
    expect(scopes(pieces)).toEqual(scopes(whole))
    const tiny = await importTrace([sourceOf('late.json', late, 50)], { pieceBytes: 64 })
    expect(tiny.store.spans.count).toBe(3)
    expect(tiny.report.issues.map(issue => issue.code)).toContain('late-scope')
  })
})

test('different formats in one merge', async () => {
  const some = ['otlp.jsonl', 'jaeger-one.json', 'zipkin.json', 'otlp.pb', 'console-go.txt', 'correlated.log']
  const { report } = await importTrace(
    some.map(name => sourceOf(name, new Uint8Array(readFileSync(join(own, name))))),
  )
  expect(report.inputs.map(input => input.format)).toEqual([
    'otlp-json',
    'jaeger-json',
    'zipkin-json',
    'otlp-protobuf',
    'console-go',
    'log',
  ])
})

test('halves of a Zipkin trace with 64 and 128 bits are one trace, by its whole id', async () => {
  const span = (traceId: string, id: string, parentId?: string) => ({
    traceId,
    id,
    ...(parentId && { parentId }),
    name: id,
    timestamp: 1_767_225_600_000_000,
    duration: 1000,
    localEndpoint: { serviceName: 'shop' },
  })
  const spans = [span('463ac35c9f6413ad48485a3953bb6124', 'a'), span('48485a3953bb6124', 'b', 'a')]
  const { store } = await importTrace([sourceOf('x', JSON.stringify(spans))])
  expect([traceIdOf(store, 0), traceIdOf(store, 1)]).toEqual(
    Array.from({ length: 2 }, () => '463ac35c9f6413ad48485a3953bb6124'),
  )
  expect(Array.from(store.spans.parent)).toEqual([-1, 0])
})
