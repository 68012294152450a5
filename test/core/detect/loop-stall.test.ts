import { describe, expect, it } from 'vitest'
import { findingsOf } from '../../support/analysed.ts'

/** T1 keeps the loop for 800 ms; T2 was ready after 100 of them. */
const stalled = `
  T0  ──
  T1    ────────
  T2  ──········──
`
const awaits = [{ task: 'T2', startMs: 200, endMs: 1000, readyMs: 300, targetType: 'io', targetId: 'socket' }]
const requests = [{ task: 'T0', operation: 'GET /' }]

describe('loop stall', () => {
  it('names the offender, the victims and the delay', () => {
    const { observed, task, model } = findingsOf(stalled, {
      unitMs: 100,
      awaits,
      requests,
      noAwaits: true,
      tasks: { T1: { site: 'hash (hash.ts:9)' } },
    })
    expect(observed.map(finding => finding.detector)).toEqual(['loop-stall'])
    const [finding] = observed
    expect(finding!.culprit.site).toBe('hash (hash.ts:9)')
    expect(finding!.culprit.rows).toEqual([model.tasks[task('T1')]!.row])
    expect(finding!.victims).toEqual({ count: 1, totalWaitNs: 700e6, rows: [model.tasks[task('T2')]!.row] })
    expect(finding!.severity).toBe('medium')
    expect(finding!.text.title).toBe(
      'hash (hash.ts:9) blocked the event loop p#main for 800 ms: 1 task waited up to 700 ms',
    )
  })

  it('is high when a heartbeat came late', () => {
    const { observed } = findingsOf(stalled, {
      unitMs: 100,
      noAwaits: true,
      ticks: [{ series: 'beat', style: 'heartbeat', expectedMs: 400, atMs: 1000, delayMs: 250 }],
    })
    expect(observed[0]).toMatchObject({ detector: 'loop-stall', severity: 'high' })
    expect(observed[0]!.text.title).toContain('1 heartbeat among them')
  })

  it('counts a timer and the await behind it as one wait', () => {
    const { observed } = findingsOf(stalled, {
      unitMs: 100,
      awaits,
      requests,
      noAwaits: true,
      ticks: [{ series: 'sleep', task: 'T2', expectedMs: 300, atMs: 1000, delayMs: 100 }],
    })
    expect(observed[0]!.victims).toMatchObject({ count: 1, totalWaitNs: 700e6 })
  })

  it('takes a recorded stall and its slice for one', () => {
    const { observed } = findingsOf(stalled, {
      unitMs: 100,
      awaits,
      requests,
      noAwaits: true,
      stalls: [{ startMs: 210, endMs: 1000, site: 'parse (json.ts:3)' }],
    })
    expect(observed).toHaveLength(1)
    expect(observed[0]!.culprit.site).toBe('parse (json.ts:3)')
  })

  it('finds the offender without slices: the one task that awaited nothing', () => {
    const { observed } = findingsOf(stalled, {
      unitMs: 100,
      awaits,
      requests,
      noSlices: true,
      noAwaits: true,
      stalls: [{ startMs: 200, endMs: 1000 }],
    })
    expect(observed[0]!.culprit.site).toBe('T1 (t1.ts:1)')
    expect(observed[0]!.confidence).toBeLessThan(0.9)
  })

  it('finds a loop worn out by a thousand cuts', () => {
    const { observed } = findingsOf(
      `
      T1  ${'─'.repeat(80)}
      T2  ·
      T3  ·
      T4  ·
      T5  ·
      T6  ·
      `,
      {
        unitMs: 25,
        noAwaits: true,
        thresholds: { stallNs: 5000e6 },
        awaits: ['T2', 'T3', 'T4', 'T5', 'T6'].map(task => ({ task, startMs: 0, endMs: 9000, readyMs: 100 })),
      },
    )
    // One slice of two seconds is below the raised limit: only the busy windows show.
    expect(observed.map(finding => finding.text.title.includes('saturated'))).toEqual([true])
  })

  it('is told of a process that just started when what waited had gone round before', () => {
    const picture = `
      T1      ────────
      T2  ─·─·········─
    `
    const sleep = (startMs: number, endMs: number, readyMs: number) =>
      ({ task: 'T2', startMs, endMs, readyMs, targetType: 'timer', targetId: 'sleep 50 ms' }) as const
    const rounds = [sleep(50, 100, 100), sleep(150, 200, 200)]
    const found = (awaits: readonly ReturnType<typeof sleep>[]) =>
      findingsOf(picture, {
        unitMs: 50,
        noAwaits: true,
        awaits,
        tasks: { T1: { type: 'background' }, T2: { type: 'background' } },
      }).ids
    expect(found([...rounds, sleep(210, 600, 260)])).toEqual(['loop-stall'])
    expect(found([sleep(210, 600, 260)])).toEqual([])
  })

  describe('stays silent', () => {
    const silent = (name: string, picture: string, options: Parameters<typeof findingsOf>[1] = {}) =>
      it(name, () => expect(findingsOf(picture, options).ids).toEqual([]))

    silent('when nobody was ready', stalled, { unitMs: 100, requests })
    silent('on a worker’s own loop', stalled, {
      unitMs: 100,
      awaits,
      requests,
      noAwaits: true,
      tasks: { T1: { loop: 'worker-1' } },
      loops: { 'p#worker-1': { kind: 'worker' } },
    })
    silent(
      'while starting, before the first request',
      `
      T1  ────────
      T2  ········──
      T3                ──
      `,
      {
        unitMs: 100,
        noAwaits: true,
        tasks: { T1: { type: 'background' }, T2: { type: 'background' } },
        awaits: [{ task: 'T2', startMs: 0, endMs: 800, readyMs: 100 }],
        requests: [{ task: 'T3', operation: 'GET /' }],
      },
    )
    silent('on slices below the limit', stalled, {
      unitMs: 10,
      noAwaits: true,
      awaits: [{ task: 'T2', startMs: 20, endMs: 100, readyMs: 30 }],
      requests,
    })
    silent(
      'when the whole host paused',
      `
      A1  ──────────
      B1  ──────────
      C1  ──────────
      A2  ··········──
      `,
      {
        unitMs: 100,
        noAwaits: true,
        tasks: { A1: { process: 'a' }, A2: { process: 'a' }, B1: { process: 'b' }, C1: { process: 'c' } },
        processes: { a: {}, b: {}, c: {} },
        awaits: [{ task: 'A2', startMs: 0, endMs: 1000, readyMs: 100 }],
        requests: [{ task: 'A1', operation: 'GET /' }],
      },
    )
    const paused = (pausedMs: number) => ({
      unitMs: 100,
      noAwaits: true,
      awaits,
      requests,
      stalls: [{ startMs: 200, endMs: 1000, task: 'T1', pausedMs }],
    })
    silent('when the process did not run for nearly all of it', stalled, paused(750))
    silent('when what is left beside a long pause may be part of it', stalled, paused(600))
    it('is told all the same when it ran for long enough', () => {
      expect(findingsOf(stalled, paused(300)).ids).toEqual(['loop-stall'])
    })
    silent('when a mark says that the host paused', stalled, {
      unitMs: 100,
      noAwaits: true,
      awaits,
      requests,
      marks: [{ atMs: 500, kind: 'host_pause' }],
    })
  })

  describe('requests that came meanwhile', () => {
    const steady = [0, 100, 200, 300, 400, 500]
    /** One request of 20 ms at each of `starts`, and `B` that keeps the loop from 600 to 1000. */
    const traffic = (starts: readonly number[]) => {
      const lines = starts.map((atMs, i) => `r${i}`.padEnd(5) + ' '.repeat(atMs / 10) + '──')
      return findingsOf([...lines, `B    ${' '.repeat(60)}${'─'.repeat(40)}`].join('\n'), {
        unitMs: 10,
        tasks: { B: { site: 'render (report.ts:9)' } },
        requests: starts.map((_, i) => ({ task: `r${i}`, operation: 'GET /x' })),
      })
    }
    it('are victims when they all begin right after it', () => {
      const { observed } = traffic([...steady, 1000, 1000, 1010, 1020])
      expect(observed.map(finding => finding.detector)).toEqual(['loop-stall'])
      expect(observed[0]!.victims.count).toBe(4)
    })
    it.each([
      ['traffic that goes on as before', [...steady, 1000, 1100, 1200, 1300]],
      ['traffic that came in bursts before', [0, 10, 20, 30, 300, 310, 320, 330, 1000, 1000, 1010, 1020]],
      ['traffic too thin for one to have come', [0, 1000, 1000, 1010, 1020]],
    ])('are not told of %s', (_, starts) => {
      expect(traffic(starts).ids).toEqual([])
    })
  })
})
