import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTruths } from '../../../scripts/truth.ts'
import { compareRecordings, newProblems } from '../../../src/core/compare/compare.ts'
import { distribution } from '../../../src/core/compare/measures.ts'
import { stableName, stableSite } from '../../../src/core/compare/stable-name.ts'
import { sameSite } from '../../../src/core/config/site.ts'
import { openRecording as open } from '../../support/open-recording.ts'
import { sessionOf } from '../../support/scene.ts'
import type { DrawOptions } from '../../support/trace-dsl.ts'

const fixtures = resolve(import.meta.dirname, '../../../fixtures')

const pairs = ['incidents', 'patterns']
  .flatMap(folder => readTruths(join(fixtures, folder)))
  .filter(({ truth }) => truth.bug && truth.fixed)

const report = { inputs: [], issues: [] } as never
const drawn = (picture: string, options?: DrawOptions) => ({ session: sessionOf(picture, options), report })

describe('a bug and its fix', () => {
  it.each(pairs.map(pair => [pair.name, pair] as const))(
    '%s: what is known to be wrong is gone, and nothing is new',
    async (_, { folder, truth }) => {
      const found = compareRecordings(
        await open(join(folder, 'bug.otlp.jsonl')),
        await open(join(folder, 'fixed.otlp.jsonl')),
      )
      for (const expected of truth.bug!.expected) {
        const match = found.findings.gone.find(
          ({ detector, subject, site }) =>
            detector === expected.detector &&
            subject.kind === expected.subject.kind &&
            subject.name === expected.subject.name &&
            sameSite(expected.site, site),
        )
        expect(match, `${expected.detector} on ${expected.subject.name}`).toBeDefined()
        // The fixed run exercises what was wrong: its silence says something.
        expect(match!.silence).toBe('subject-seen')
      }
      expect(newProblems(found)).toEqual([])
      const back = compareRecordings(
        await open(join(folder, 'fixed.otlp.jsonl')),
        await open(join(folder, 'bug.otlp.jsonl')),
      )
      expect(newProblems(back).length).toBeGreaterThanOrEqual(truth.bug!.expected.length)
    },
  )

  it('covers every pair there is', () => expect(pairs.length).toBeGreaterThanOrEqual(30))

  it('is itself again: everything the same, nothing new', async () => {
    const one = await open(join(fixtures, 'incidents/lying-clock/bug.otlp.jsonl'))
    const found = compareRecordings(one, one)
    expect(found.findings.same.length).toBe(one.session.analysis.findings.length)
    expect([...found.findings.gone, ...found.findings.new, ...found.lockOrders.new]).toEqual([])
    for (const { before, after } of found.times) expect(before).toEqual(after)
  })
})

describe('measures', () => {
  it('put holds, waits and peaks of one resource side by side', () => {
    const options: DrawOptions = { unitMs: 100, resources: { db: { type: 'pool', capacity: 1 } } }
    const { times, peaks } = compareRecordings(
      drawn('T1@db  #---------\nT2@db   ~~~~~~~~~##--', options),
      drawn('T1@db  #--\nT2@db        #--', options),
    )
    expect(peaks).toEqual([
      {
        name: 'db',
        before: { capacity: 1, inUse: 1, waiting: 1 },
        after: { capacity: 1, inUse: 1, waiting: 0 },
      },
    ])
    expect(times).toMatchObject([
      { kind: 'hold', name: 'db', before: { count: 2, maxNs: 1e9 }, after: { count: 2, maxNs: 3e8 } },
      { kind: 'wait', name: 'db', before: { count: 1 }, after: null },
    ])
  })

  it('take percentiles by nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, at) => 100 - at)
    expect(distribution(values)).toEqual({ count: 100, p50Ns: 50, p95Ns: 95, maxNs: 100, totalNs: 5050 })
    expect(distribution([7])).toEqual({ count: 1, p50Ns: 7, p95Ns: 7, maxNs: 7, totalNs: 7 })
    expect(distribution([])).toEqual({ count: 0, p50Ns: 0, p95Ns: 0, maxNs: 0, totalNs: 0 })
  })

  it('tell locks taken in an order that was not there before', () => {
    const locks = { a: { type: 'mutex', capacity: 1 }, b: { type: 'mutex', capacity: 1 } } as const
    const before = drawn('T1    -------------\nT1@a  ####\nT1@b        ####', {
      resources: locks,
    })
    const after = drawn('T1    -------------\nT1@a  ##########\nT1@b     ####', { resources: locks })
    expect(compareRecordings(before, after).lockOrders).toEqual({ gone: [], new: [['a', 'b']] })
    expect(compareRecordings(after, before).lockOrders).toEqual({ gone: [['a', 'b']], new: [] })
  })
})

describe('names', () => {
  it.each([
    ['row:jobs/4521', 'row:jobs/*'],
    ['lock:550e8400-e29b-41d4-a716-446655440000', 'lock:*'],
    ['session 4bf92f3577b34da6', 'session *'],
    ['db-pool', 'db-pool'],
    ['deadbeef cafe facade', 'deadbeef cafe facade'],
  ])('%s → %s', (name, stable) => expect(stableName(name)).toBe(stable))

  it.each([
    ['checkAccess (auth.ts:21)', 'checkAccess (auth.ts)'],
    ['service.ts:7:12', 'service.ts'],
    ['completeJob', 'completeJob'],
  ])('site %s → %s', (site, stable) => expect(stableSite(site)).toBe(stable))
})
