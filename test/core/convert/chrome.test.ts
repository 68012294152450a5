import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { chromeTrace } from '../../../src/core/convert/chrome.ts'
import { openTrace } from '../../../src/core/session.ts'
import { sourceOf, storeOf } from '../../support/otlp.ts'

interface Event {
  readonly ph: string
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly dur: number
  readonly id: number
  readonly args: { readonly span_id: string; readonly parent_span_id?: string; readonly name: string }
}

const eventsOf = (parts: Iterable<string>): Event[] => JSON.parse([...parts].join('')).traceEvents

test('slices of a track nest, and what a slice lies in is its parent', async () => {
  const source = sourceOf('x', readFileSync('fixtures/incidents/frozen-app/bug.otlp.jsonl'))
  const { store } = await openTrace([source])
  const stacks = new Map<string, Event[]>()
  const slices = eventsOf(chromeTrace(store)).filter(event => event.ph === 'X')
  expect(slices.length).toBeGreaterThan(100)
  slices.sort((a, b) => a.ts - b.ts || b.dur - a.dur)
  for (const slice of slices) {
    const key = `${slice.pid}/${slice.tid}`
    const stack = stacks.get(key) ?? []
    stacks.set(key, stack)
    while (stack.length > 0 && stack.at(-1)!.ts + stack.at(-1)!.dur <= slice.ts) stack.pop()
    const around = stack.at(-1)
    if (around) {
      expect(slice.ts + slice.dur).toBeLessThanOrEqual(around.ts + around.dur + 1e-6)
      expect(slice.args.parent_span_id).toBe(around.args.span_id)
    }
    stack.push(slice)
  }
})

test('siblings that overlap get tracks of their own, links and far parents get arrows', async () => {
  const store = await storeOf([
    {
      resource: { 'service.name': 'api' },
      spans: [
        { id: 'a', name: 'GET /', start: 0, end: 100 },
        { id: 'b', parent: 'a', start: 10, end: 50 },
        { id: 'c', parent: 'a', start: 20, end: 60, links: [{ id: 'b' }] },
      ],
    },
    { resource: { 'service.name': 'db' }, spans: [{ id: 'd', parent: 'c', start: 30, end: 40 }] },
  ])
  const events = eventsOf(chromeTrace(store))
  const names = events
    .filter(({ ph, name }) => ph === 'M' && name.endsWith('_name'))
    .map(one => one.args.name)
  expect(names).toEqual(['api', 'db', 'GET /', 'GET / (2)', 'd'])
  const place = Object.fromEntries(events.filter(one => one.ph === 'X').map(one => [one.name, one.tid]))
  // A tid that is a pid would be called the main thread.
  expect(place).toEqual({ 'GET /': 3, b: 3, c: 4, d: 5 })
  const arrows = events.filter(one => one.ph === 's' || one.ph === 'f')
  expect(arrows.map(({ ph, name, tid, ts }) => [ph, name, tid, ts])).toEqual([
    ['s', 'parent', 3, 0.02],
    ['f', 'parent', 4, 0.02],
    ['s', 'parent', 4, 0.03],
    ['f', 'parent', 5, 0.03],
    ['s', 'follows', 3, 0.02],
    ['f', 'follows', 4, 0.02],
  ])
})

describe('what Perfetto v52 stumbles over', () => {
  test('a string that ends in a backslash: it reads no further', async () => {
    const names = ['C:\\temp\\', '\\\\', 'a\\"', '"']
    const store = await storeOf([
      {
        resource: { 'service.name': 'disk\\' },
        spans: names.map((name, at) => ({
          id: `s${at}`,
          name,
          start: 0,
          end: 9,
          attributes: { path: name, [name]: 1 },
        })),
      },
    ])
    const text = [...chromeTrace(store)].join('')
    // As Perfetto reads: a quote after a backslash never ends a string.
    const strings = text.match(/"(?:[^"]|(?<=\\)")*(?<!\\)"/g) ?? []
    expect(strings.map(one => JSON.parse(one))).toEqual(expect.arrayContaining(names))
    const slices = eventsOf([text]).filter(({ ph }) => ph === 'X')
    expect(slices.map(({ name }) => name).sort()).toEqual(names.sort())
  })

  test('a lane without a name, or with control characters in it', async () => {
    const spans = ['', 'two\nlines'].map((name, at) => ({ id: `s${at}`, name, start: 0, end: 9 }))
    const events = eventsOf(chromeTrace(await storeOf([{ spans }])))
    const lanes = events.filter(({ name }) => name === 'thread_name').map(({ args }) => args.name)
    expect(lanes).toEqual(['no name', 'two lines'])
  })

  test('more than 512 slices in each other', async () => {
    const spans = Array.from({ length: 1100 }, (_, at) => ({
      id: `d${at}`,
      ...(at > 0 && { parent: `d${at - 1}` }),
      start: at,
      end: 5000 - at,
    }))
    const slices = eventsOf(chromeTrace(await storeOf([{ spans }]))).filter(({ ph }) => ph === 'X')
    const depths = Object.values(Object.groupBy(slices, ({ tid }) => String(tid))).map(one => one!.length)
    expect(depths).toEqual([500, 500, 100])
  })
})
