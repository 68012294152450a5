import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../../src/core/config/parse-config.ts'
import type { Model } from '../../../src/core/convention/model.ts'
import { readModel } from '../../../src/core/convention/read-model.ts'
import { fitsGlob, type UserRule } from '../../../src/core/convention/user-rule.ts'
import { openSession } from '../../../src/core/session.ts'
import { type AttributesInput, otlp, type SpanInput, sourceOf, storeOf } from '../../support/otlp.ts'

const ms = 1e6

/** `[name, from, to, attributes]`, each in a request of its own, all of service `api`. */
type Work = readonly [string, number, number, AttributesInput?]

function spansOf(works: readonly Work[]): SpanInput[] {
  return works.flatMap(([name, from, to, attributes = {}], index) => [
    {
      id: `a${index}`,
      trace: `${index + 1}`,
      name: 'POST /orders',
      start: (from - 1) * ms,
      end: (to + 1) * ms,
      kind: 2,
    },
    {
      id: `b${index}`,
      trace: `${index + 1}`,
      parent: `a${index}`,
      name,
      start: from * ms,
      end: to * ms,
      attributes,
    },
  ])
}

const request = (works: readonly Work[]) => ({
  resource: { 'service.name': 'api', 'telemetry.sdk.language': 'go' },
  scope: 'shop/locks',
  spans: spansOf(works),
})

const modelOf = async (works: readonly Work[], rules: readonly UserRule[]): Promise<Model> =>
  readModel(await storeOf(request(works)), rules)

const names = (model: Model): string[] => model.holds.map(hold => model.resources[hold.resource]!.name)

describe('a rule of the user', () => {
  const locks: readonly Work[] = [
    ['lock stock', 10, 20, { 'lock.name': 'stock', 'order.id': 7 }],
    ['lock cart', 30, 40, { 'lock.name': 'cart' }],
    ['unlock', 50, 60],
  ]

  test.each([
    ['by name', { name: 'lock *' }, ['lock stock', 'lock cart']],
    ['by the beginning of the name', { name: '^lock ' }, ['lock stock', 'lock cart']],
    ['by service', { service: 'ap*', name: 'lock stock' }, ['lock stock']],
    ['not of another service', { service: 'web', name: 'lock *' }, []],
    ['by scope', { scope: 'shop/*', name: '*lock' }, ['unlock']],
    ['by attribute', { attributes: { 'lock.name': 'c*' } }, ['lock cart']],
  ])('matches %s', async (_, match, expected) => {
    expect(names(await modelOf(locks, [{ match, role: 'hold' }]))).toEqual(expected)
  })

  test.each([
    ['$attr:lock.name', ['stock', 'cart']],
    ['{lock.name} of {order.id}', ['stock of 7']],
    ['the lock', ['the lock', 'the lock']],
  ])('names the resource %s', async (resource, expected) => {
    expect(names(await modelOf(locks, [{ match: { name: 'lock *' }, role: 'hold', resource }]))).toEqual(
      expected,
    )
  })

  test('the first one that matches wins; a wait before a hold is joined with it', async () => {
    const model = await modelOf(
      [['lock stock', 20, 30]],
      [
        { match: { name: 'lock stock' }, role: 'hold', resource: 'stock' },
        { match: { name: 'lock *' }, role: 'task' },
      ],
    )
    expect(names(model)).toEqual(['stock'])
    expect(model.tasks).toHaveLength(1)
    expect(model.coverage.hasHolds).toBe(true)
    const request = { id: 'a', name: 'POST', start: 0, end: 100 * ms, kind: 2 }
    const both = await storeOf({
      spans: [
        request,
        { id: 'b', parent: 'a', name: 'wait stock', start: 10 * ms, end: 20 * ms },
        { id: 'c', parent: 'a', name: 'work', start: 20 * ms, end: 30 * ms },
      ],
    })
    const joined = readModel(both, [
      { match: { name: 'wait stock' }, role: 'wait', resource: 'stock' },
      { match: { name: 'work' }, role: 'hold', resource: 'stock' },
    ])
    expect(joined.holds[0]!.wait).toBe(0)
    expect(joined.waits[0]!.hold).toBe(0)
  })

  test('makes tasks, awaits and stalls as well, and takes roles away', async () => {
    const works: readonly Work[] = [
      ['job', 10, 20],
      ['call', 30, 40],
      ['hash', 50, 250],
      ['pg-pool.connect', 60, 70],
    ]
    const model = await modelOf(works, [
      { match: { name: 'job' }, role: 'task', type: 'timer' },
      { match: { name: 'call' }, role: 'await', resource: 'the bank' },
      { match: { name: 'hash' }, role: 'stall' },
      { match: { name: 'pg-pool.*' }, role: 'plain' },
    ])
    expect(model.tasks.find(task => task.name === 'job')).toMatchObject({
      type: 'timer',
      inferred: { rule: 'user:1' },
    })
    expect(model.awaits).toMatchObject([{ targetId: 'the bank', targetType: 'io' }])
    expect(model.stalls).toMatchObject([{ startNs: 41 * ms, inferred: { rule: 'user:3' } }])
    expect(model.waits).toEqual([])
  })

  test('lets detectors see, and never more than likely', async () => {
    const config = JSON.stringify({ rules: [{ match: { name: 'lock *' }, role: 'hold', resource: 'stock' }] })
    const trace = JSON.stringify(
      otlp(
        request([
          ['lock a', 10, 60],
          ['lock b', 30, 90],
        ]),
      ),
    )
    const { session } = await openSession([
      sourceOf('a.json', trace),
      sourceOf('interleave.config.json', config),
    ])
    expect(session.analysis.findings).toMatchObject([
      { detector: 'overlapping-critical-section', subject: { name: 'stock' } },
    ])
    expect(session.analysis.findings[0]!.confidence).toBeLessThanOrEqual(0.85)
    const without = await openSession([sourceOf('a.json', trace)])
    expect(without.session.analysis.findings).toEqual([])
  })
})

test.each([
  ['a*c', 'abc', true],
  ['a*c', 'abcd', false],
  ['*', '', true],
  ['', '', true],
  ['a', '', false],
  ['*a*b*', 'xxaxxbxx', true],
  [`${'a*'.repeat(30)}b`, 'a'.repeat(10_000), false],
])('glob %# is matched', (glob, text, fits) => {
  expect(fitsGlob(glob, text)).toBe(fits)
})

test('a config has rules', () => {
  const rules = [{ match: { attributes: { 'lock.name': '*' } }, role: 'hold', capacity: 3 }]
  expect(parseConfig('c.json', JSON.stringify({ rules })).rules).toEqual(rules)
})

test('a config with a mistake stops the terminal; the app opens without it and says so', async () => {
  const trace = JSON.stringify(otlp(request([['lock a', 10, 60]])))
  const sources = [
    sourceOf('a.json', trace),
    sourceOf('interleave.config.json', '{\n"rules": [{ "match": {}, "role": "hold" }] }'),
  ]
  const line = /^interleave\.config\.json:2: rules\.0\.match: /
  await expect(openSession(sources)).rejects.toThrow(line)
  const { report } = await openSession(sources, { tolerant: true })
  expect(report.issues.find(issue => issue.code === 'config-mistake')!.example).toMatch(line)
})
