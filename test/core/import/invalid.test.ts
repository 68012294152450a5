import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readModel } from '../../../src/core/convention/read-model.ts'
import { ImportError, type Imported } from '../../../src/core/import/import.ts'
import { importTrace } from '../../../src/core/import/import-trace.ts'
import { hasFlag, SpanFlag, spanName, unixNano } from '../../../src/core/store/store.ts'
import { sourceOf } from '../../support/otlp.ts'

const folder = new URL('../../../fixtures/invalid/', import.meta.url)
const read = (name: string, chunkBytes?: number): Promise<Imported> =>
  importTrace([sourceOf(name, readFileSync(new URL(name, folder)), chunkBytes)])

/** File → what its one-line error must say, after the file's name. */
const unreadable: Readonly<Record<string, RegExp>> = {
  'empty.json': /empty; .*reads/,
  'whitespace-only.json': /empty; .*reads/,
  'not-json.txt': /line 1 .*quick brown.*reads/,
  'broken-json.json': /line is broken; line 1 begins .*oops.*needed/,
  'npm-package.json': /a package\.json, not a trace; .*reads/,
  'other-json.json': /not a trace.*"colour", "sizes".*reads/,
  'html-page.html': /HTML page.*reads/,
  'har.json': /HAR.*reads/,
  'tempo-search.json': /Tempo search answer.*\/api\/traces.*reads/,
  'metrics-only.jsonl': /1 metric but 0 spans.*needed/,
  'no-spans.json': /0 spans and 0 logs.*needed/,
  'binary.bin': /binary data.*byte 0.*reads/,
  'png-without-view.png': /PNG.*reads/,
  'zip-bomb.jsonl.gz': /unpacks to more than 200 times/,
  'deep-nesting.json': /not a trace.*reads/,
  'truncated-before-first-span.json': /before its first span.*needed/,
}

interface Repaired {
  readonly spans: number
  /** Rows, where ghosts or dropped copies make it another number. */
  readonly rows?: number
  /** Exactly these codes and counts, `coarse-clock` aside. */
  readonly issues: Readonly<Record<string, number>>
}

const repaired: Readonly<Record<string, Repaired>> = {
  'truncated-line.jsonl': { spans: 4, issues: { 'truncated-tail': 1 } },
  'truncated-document.json': { spans: 2, issues: { 'truncated-tail': 1 } },
  'truncated.jsonl.gz': { spans: 85, issues: { 'truncated-tail': 1, 'truncated-gzip': 1 } },
  'broken-line.jsonl': { spans: 4, issues: { 'bad-line': 1 } },
  'ids-missing.json': { spans: 3, issues: { 'missing-id': 2 } },
  'end-before-start.json': { spans: 2, issues: { 'end-before-start': 1 } },
  'never-ended.json': { spans: 2, issues: { 'open-span': 1 } },
  'cyclic-parents.json': { spans: 5, issues: { 'parent-cycle': 2 } },
  'missing-parents.json': { spans: 4, rows: 6, issues: { 'missing-parent': 3 } },
  'duplicate-ids.json': { spans: 5, rows: 4, issues: { 'duplicate-span': 1, 'conflicting-span': 1 } },
  'html-in-names.json': { spans: 2, issues: {} },
  'numeric-nanoseconds.json': { spans: 3, issues: {} },
  'oneof-violation.json': { spans: 1, issues: { 'oneof-violation': 1 } },
  'wild-times.json': { spans: 42, issues: { 'far-out-time': 2 } },
  'prototype-keys.json': { spans: 1, issues: {} },
  'gigantic-attribute.jsonl.gz': { spans: 2, issues: { 'long-value': 1 } },
  'deep-parent-chain.jsonl.gz': { spans: 100_000, issues: {} },
  'deep-parent-cycle.jsonl.gz': { spans: 100_000, issues: { 'parent-cycle': 1 } },
  'deep-attribute.json': { spans: 1, issues: { 'deep-value': 1 } },
  'cp1252-bytes.jsonl': { spans: 1, issues: { 'bad-utf8': 1 } },
}

test('every file of the folder has an expectation', () => {
  const files = readdirSync(folder).filter(name => !['README.md', 'make.ts'].includes(name))
  expect(files.sort()).toEqual([...Object.keys(unreadable), ...Object.keys(repaired)].sort())
})

describe('unreadable files give one line', () => {
  test.each(Object.entries(unreadable))('%s', async (name, line) => {
    const error = await read(name).then(
      () => null,
      (problem: unknown) => problem,
    )
    expect(error).toBeInstanceOf(ImportError)
    const { message } = error as ImportError
    expect(message.startsWith(`${name}: `)).toBe(true)
    expect(message).toMatch(line)
    expect(message).not.toMatch(/\p{Cc}/u)
  })
})

describe('defective traces open, with every repair counted', () => {
  test.each(Object.entries(repaired))('%s', async (name, expected) => {
    const { store, report } = await read(name)
    expect(report.inputs[0]!.spans).toBe(expected.spans)
    expect(store.spans.count).toBe(expected.rows ?? expected.spans)
    const issues = report.issues.filter(issue => issue.code !== 'coarse-clock')
    expect(Object.fromEntries(issues.map(issue => [issue.code, issue.count]))).toEqual(expected.issues)
    for (const issue of report.issues) {
      expect(issue.example).not.toBe('')
      expect(issue.consequence).not.toBe('')
    }
    expect(readModel(store).taskOfSpan.length).toBe(store.spans.count)
  })
})

test('a chain of 10^5 spans is one pre-order path', async () => {
  const { spans } = (await read('deep-parent-chain.jsonl.gz')).store
  expect(spans.depth[99_999]).toBe(99_999)
  expect(spans.subtreeEnd[0]).toBe(100_000)
  expect(spans.parent[99_999]).toBe(99_998)
})

const tookTooLong = (seconds: string): string =>
  `DEBUG:asyncio:Using selector\nWARNING:asyncio:Executing <Task name=x coro=<f()>> took ${seconds} seconds\n`

test.each([
  `${tookTooLong('0.2500.250')}${tookTooLong('0.250')}`,
  tookTooLong('9'.repeat(320)),
  readFileSync(new URL('../formats/java-threads.txt', folder), 'utf8').replaceAll(
    'elapsed=3.33s',
    'elapsed=3.3.3s',
  ),
])('a length that is no number does not move a time: %#', async text => {
  const { store } = await importTrace([sourceOf('odd.log', Buffer.from(text))])
  expect(store.durationNs).toBeLessThan(Number.POSITIVE_INFINITY)
  const { spans, records } = store
  expect([...spans.startNs, ...spans.endNs, ...records.timeNs].filter(ns => !Number.isFinite(ns))).toEqual([])
})

test('numeric nanoseconds keep every digit', async () => {
  const { store } = await read('numeric-nanoseconds.json')
  expect(unixNano(store, store.spans.startNs[0]!)).toBe('1767225600000000123')
})

test('wild times do not stretch the axis', async () => {
  const { store } = await read('wild-times.json')
  expect(store.durationNs).toBe(41e6)
  const flagged = Array.from({ length: store.spans.count }, (_, row) => row).filter(row =>
    hasFlag(store, row, SpanFlag.timeRepaired),
  )
  expect(flagged).toHaveLength(2)
})

test('keys of the prototype are data', async () => {
  const { store } = await read('prototype-keys.json')
  expect(spanName(store, 0)).toBe('__proto__')
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  expect(Object.keys(store.processes[0]!.attributes)).toEqual(['service.name', '__proto__'])
})

test('text in another encoding is read as what it was', async () => {
  expect(spanName((await read('cp1252-bytes.jsonl')).store, 0)).toBe('café')
})

test('tiny chunks give the same store and the same report', async () => {
  for (const name of Object.keys(repaired)) {
    const size = readFileSync(new URL(name, folder)).length
    if (size > 20_000) continue
    const whole = await read(name)
    // Megabytes, once unpacked: a byte at a time takes seconds.
    const sizes = name === 'gigantic-attribute.jsonl.gz' ? [700] : [1, 7]
    for (const chunkBytes of sizes) expect(await read(name, chunkBytes)).toEqual(whole)
  }
})
