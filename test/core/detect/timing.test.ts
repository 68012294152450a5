import { describe, expect, it } from 'vitest'
import { findingsOf } from '../../support/analysed.ts'

/** Ticks of a session of `nominal` seconds that each take `gap` ms instead of `delay`. */
const session = (options: {
  count: number
  delayMs: number
  gapMs: number
  nominalMs: number
  style?: string
  series?: string
}) =>
  Array.from({ length: options.count }, (_, i) => ({
    series: options.series ?? 's1',
    name: 'session',
    task: 'T1',
    style: options.style ?? 'sleep_loop',
    delayMs: options.delayMs,
    nominalMs: options.nominalMs,
    // A sleep loop expects the next tick one delay after the last one.
    expectedMs:
      options.style === 'deadline' ? (i + 1) * options.delayMs : i * options.gapMs + options.delayMs,
    atMs: (i + 1) * options.gapMs,
  }))
const picture = `
  T1  ─
`

describe('timer drift', () => {
  it('tells contention: as many ticks as promised, each too long', () => {
    const { observed } = findingsOf(picture, {
      ticks: session({ count: 60, delayMs: 100, gapMs: 200, nominalMs: 6000 }),
    })
    expect(observed.map(finding => finding.detector)).toEqual(['timer-drift'])
    const evidence = Object.fromEntries(observed[0]!.evidence.map(entry => [entry.label, entry.value]))
    expect(evidence).toMatchObject({
      'stretch: took as many times as long': 2,
      'tick-count factor: by too many ticks': 1,
      'tick-gap factor: by late ticks': 2,
      kind: 'contention',
    })
    expect(observed[0]!.text.title).toContain('took 2.00 times as long as meant')
  })
  it('tells logic: ticks in time, but too many of them', () => {
    const { observed } = findingsOf(picture, {
      ticks: session({ count: 120, delayMs: 100, gapMs: 100, nominalMs: 6000 }),
    })
    expect(observed[0]!.evidence.find(entry => entry.label === 'kind')!.value).toBe('logic')
  })
  const silent = (name: string, options: Parameters<typeof findingsOf>[1]) =>
    it(`stays silent ${name}`, () => expect(findingsOf(picture, options).ids).toEqual([]))
  silent('on a session in time', { ticks: session({ count: 60, delayMs: 100, gapMs: 101, nominalMs: 6000 }) })
  silent('on a polling loop that promised nothing', {
    ticks: session({ count: 60, delayMs: 100, gapMs: 200, nominalMs: 0 }),
  })
  silent('on a deadline timer: late ticks, exact end', {
    ticks: session({ count: 30, delayMs: 100, gapMs: 200, nominalMs: 6000, style: 'deadline' }),
  })
})

describe('late heartbeat', () => {
  const beats = (times: readonly number[]) =>
    times.map((atMs, i) => ({
      series: 'b',
      name: 'heartbeat',
      style: 'heartbeat',
      delayMs: 250,
      atMs,
      expectedMs: i === 0 ? atMs : times[i - 1]! + 250,
      latenessNs: Math.max(0, i === 0 ? 0 : (atMs - times[i - 1]! - 250) * 1e6),
    }))
  it('reports a gap beyond the peer’s patience', () => {
    const { observed } = findingsOf(picture, { ticks: beats([250, 500, 1250, 1500]) })
    expect(observed.map(finding => [finding.detector, finding.defect])).toEqual([['late-heartbeat', false]])
    expect(observed[0]!.text.title).toContain('750 ms instead of 250 ms')
  })
  it('is explained by the stall that held it up', () => {
    const { analysis } = findingsOf(
      `
      T0  ──
      T1       ───────
      `,
      { unitMs: 100, ticks: beats([250, 500, 1250, 1500]), requests: [{ task: 'T0', operation: 'GET /' }] },
    )
    expect(analysis.findings.map(finding => finding.detector)).toEqual(['loop-stall', 'late-heartbeat'])
    expect(analysis.causes).toEqual([
      {
        finding: 'F1',
        explains: ['F2'],
        share: expect.any(Number),
        shareOf: 'wait',
        unexplained: [],
        feedback: [],
      },
    ])
  })
  it.each([
    ['did not run for most of the gap', 450, []],
    ['did not run for a little of it', 50, ['loop-stall', 'late-heartbeat']],
    // A busy host, and no code that is known to have had the loop.
    ['did not run for a good part of it', 150, ['late-heartbeat']],
  ])('asks how long the process %s', (_, pausedMs, ids) => {
    const stalls = [{ startMs: 750, endMs: 1250, pausedMs }]
    expect(findingsOf(picture, { ticks: beats([250, 500, 1250, 1500]), stalls }).ids).toEqual(ids)
  })
  it('stays silent on ordinary jitter', () => {
    expect(findingsOf(picture, { ticks: beats([250, 520, 760, 1030]) }).ids).toEqual([])
  })
})

describe('out of order', () => {
  const search = `
    A  ─······W
    B   ─··W
  `
  const versions = { A: ['1'], B: ['2'] }
  it('reports an answer that came late and overwrote that of a newer question', () => {
    const { observed } = findingsOf(search, { key: 'var:shown', versions })
    expect(observed.map(finding => finding.detector)).toEqual(['out-of-order'])
    expect(observed[0]!.culprit.site).toBe('write (a.ts:8)')
    expect(observed[0]!.text.title).toContain('A overwrote version 2 of var:shown with version 1')
  })
  it.each([
    ['answers in order', { versions: { A: ['2'], B: ['1'] } }],
    ['the last one to finish wins, where no version is told', {}],
    ['one task that writes what it wrote before', { versions: { A: ['2'], B: ['2'] } }],
  ])('stays silent on %s', (_, options) => {
    expect(findingsOf(search, { key: 'var:shown', ...options }).ids).toEqual([])
  })
  describe('without versions', () => {
    const typed = `
      A     ─········W
      B       ─··W
      C         ─··W
    `
    const shown = {
      key: 'var:shown',
      unitMs: 10,
      values: { A: ['a'], B: ['ab'], C: ['abc'] },
      accessSite: 'show (search.ts:9)',
      tasks: Object.fromEntries(['A', 'B', 'C'].map(name => [name, { type: 'background' }])),
    }
    const { accessSite: _, ...manyLines } = shown
    const asked = ['A', 'B'].map(task => ({ task, startMs: 10, endMs: 20, targetType: 'io' }))
    const two = typed.replace(/\n *C.*/, '')
    it.each([
      [
        'of three questions',
        typed,
        shown,
        'A began before C and wrote var:shown 20 ms after it: what is kept is the older answer, a',
      ],
      [
        'of two, each of which asked somebody',
        two,
        { ...shown, awaits: asked },
        'A began before B and wrote var:shown 40 ms after it: what is kept is the older answer, a',
      ],
    ])('tells the answer to an older question that is kept: %s', (_, drawn, options, title) => {
      expect(findingsOf(drawn, options).observed.map(({ text }) => text.title)).toEqual([title])
    })
    it.each([
      ['two of which nobody says what they waited for', two, shown],
      ['tasks of one fan-out', typed, { ...shown, unitMs: 1 }],
      ['requests', typed, { ...shown, tasks: {} }],
      ['answers that are the same', typed, { ...shown, values: { A: ['x'], B: ['x'], C: ['x'] } }],
      ['lines that write different things', typed, manyLines],
      ['the newest answer kept', typed.replace('W\n      B', '\n      B'), shown],
    ])('stays silent on %s', (_name, drawn, options) => {
      expect(findingsOf(drawn, options).ids).toEqual([])
    })
  })
  it('stays silent on a key that was made anew', () => {
    const again = search.replace('W\n    B', 'NW\n    B')
    expect(findingsOf(again, { key: 'var:shown', versions: { A: ['', '1'], B: ['2'] } }).ids).toEqual([])
  })
  const receive = (...sequences: number[]) =>
    sequences.map((sequence, i) => ({
      direction: 'receive' as const,
      channel: 'prices',
      receiver: 'ada',
      sequence,
      atMs: i,
      task: 'T1',
    }))
  it('reports old news after new', () => {
    const { observed } = findingsOf(picture, { messages: receive(1, 2, 4, 3, 5) })
    expect(observed.map(finding => finding.detector)).toEqual(['out-of-order'])
    expect(observed[0]!.text.title).toBe(
      'ada received message 3 of prices 1 ms after message 4, which was sent later',
    )
  })
  it.each([
    ['in order', receive(1, 2, 3, 4)],
    ['a gap', receive(1, 2, 5, 6)],
    ['a redelivery', receive(1, 2, 3, 2, 4)],
    ['a restart', receive(5, 6, 7, 0, 1, 2, 3)],
    [
      'two receivers',
      [
        ...receive(1, 2, 3),
        {
          direction: 'receive' as const,
          channel: 'prices',
          receiver: 'bob',
          sequence: 1,
          atMs: 9,
          task: 'T1',
        },
      ],
    ],
  ])('stays silent on %s', (_, messages) => {
    expect(findingsOf(picture, { messages }).ids).toEqual([])
  })
})

describe('sequential awaits', () => {
  const broadcast = (lengths: readonly number[]) => {
    let atMs = 0
    const messages = []
    const awaits = []
    for (const [i, length] of lengths.entries()) {
      messages.push({
        direction: 'send' as const,
        channel: 'feed',
        receiver: `client-${i}`,
        sequence: 1,
        atMs,
        task: 'T1',
      })
      awaits.push({
        task: 'T1',
        startMs: atMs,
        endMs: atMs + length,
        targetType: 'io',
        site: 'send (feed.ts:7)',
      })
      atMs += length
    }
    return { messages, awaits, noAwaits: true }
  }
  it('names the slow receiver and who waited for it', () => {
    const { observed } = findingsOf('T1  ─\n', broadcast([2, 2, 800, 2, 2]))
    expect(observed.map(finding => finding.detector)).toEqual(['sequential-awaits'])
    expect(observed[0]!.text.title).toContain('client-2 took 800 ms, and 2 others waited')
    expect(observed[0]!.text.remedy.whatIf).toEqual({ oneAfterTheOtherNs: 808e6, sideBySideNs: 800e6 })
  })
  it.each([
    ['quick sends', broadcast([2, 2, 3, 2])],
    ['a slow one that nobody stands behind', broadcast([2, 2, 2, 800])],
    ['two receivers', broadcast([300, 2])],
    [
      'all sent before the first wait',
      {
        messages: broadcast([0, 0, 0, 0]).messages,
        awaits: [{ task: 'T1', startMs: 0.001, endMs: 800 }],
        noAwaits: true,
      },
    ],
    [
      'a consumer of a queue',
      { ...broadcast([2, 800, 2, 2]), queueItems: [{ op: 'get' as const, queue: 'q', atMs: 0, task: 'T1' }] },
    ],
  ])('stays silent on %s', (_, options) => {
    expect(findingsOf('T1  ─\n', options).ids).toEqual([])
  })
})

describe('missing timeout', () => {
  const calls = (lengths: readonly number[], open = false) => ({
    noAwaits: true,
    awaits: lengths.map((length, i) => ({
      task: 'T1',
      startMs: i,
      endMs: i + length,
      targetType: 'io',
      targetId: 'api',
      site: 'fetch (api.ts:3)',
      open: open && i === lengths.length - 1,
      readyMs: i + length,
    })),
  })
  it('reports a wait far beyond the usual', () => {
    const { observed } = findingsOf('T1  ─\n', calls([20, 22, 25, 21, 30, 24, 9000]))
    expect(observed.map(finding => finding.detector)).toEqual(['missing-timeout'])
  })
  it.each([
    ['ordinary variation', calls([20, 22, 25, 21, 30, 24, 300])],
    ['too few to know what is usual', calls([20, 22, 9000])],
    ['two that a clock ended', calls([...Array(30).fill(20), 20000, 20010])],
    ['all slow alike', calls([9000, 9100, 8900, 9050, 9000, 9010, 9020])],
  ])('stays silent on %s', (_, options) => {
    expect(findingsOf('T1  ─\n', options).ids).toEqual([])
  })
})

describe('unbounded queue', () => {
  const queue = (puts: readonly number[], gets: readonly number[], capacity = -1) => ({
    queueItems: [
      ...puts.map(atMs => ({ op: 'put' as const, atMs })),
      ...gets.map(atMs => ({ op: 'get' as const, atMs })),
    ]
      .sort((a, b) => a.atMs - b.atMs)
      .map(item => ({ ...item, queue: 'jobs', capacity, ...(item.op === 'get' && { task: 'T1' }) })),
  })
  const every = (ms: number, count: number, from = 0) =>
    Array.from({ length: count }, (_, i) => from + i * ms)
  it('reports more in than out, to the end', () => {
    const { observed } = findingsOf(picture, queue(every(20, 200), every(50, 80, 30)))
    expect(observed.map(finding => finding.detector)).toEqual(['unbounded-queue'])
  })
  it('reports one that grew for as long as it was fed, and is far from drained in the end', () => {
    expect(findingsOf(picture, queue(every(10, 200), every(22, 130, 30))).ids).toEqual(['unbounded-queue'])
  })
  it.each([
    [
      true,
      'T1 took no item of jobs any more after it had failed: 47 items came in 1.88 s, where before it never paused for more than 40 ms',
    ],
    [
      false,
      'T1 took no item of jobs any more: 34 items came in 1.35 s, where before it never paused for more than 40 ms',
    ],
  ])('tells that its consumer stopped, failed: %s', (failed, title) => {
    const { observed } = findingsOf(failed ? 'T1  ─!\n' : 'T1  ·····>\n', {
      ...queue(every(40, 50), every(40, failed ? 3 : 16, 5)),
      unitMs: failed ? 60 : 400,
      untilMs: 2000,
    })
    expect(observed.map(({ detector, text }) => [detector, text.title])).toEqual([['unbounded-queue', title]])
  })
  it.each([
    ['a balanced queue', queue(every(20, 200), every(20, 200, 10))],
    ['one fed for a while and then drained', queue(every(20, 100), every(30, 100, 10))],
    ['a burst that drains', queue(every(1, 200), every(20, 200, 10))],
    ['a batch that still drains when the trace ends', queue(every(1, 200), every(20, 60, 10))],
    ['a batch of half a second that drains for long', queue(every(4, 150), every(20, 100, 10))],
    [
      'a consumer that takes a batch now and then',
      queue(
        every(30, 110),
        [550, 1100, 1650, 2200, 2750].flatMap(atMs => every(1, 18, atMs)),
      ),
    ],
    ['a bounded queue', queue(every(20, 200), every(50, 80, 30), 50)],
  ])('stays silent on %s', (_, options) => {
    expect(findingsOf(picture, options).ids).toEqual([])
  })
})
