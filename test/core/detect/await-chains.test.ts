import { describe, expect, it } from 'vitest'
import { findingsOf } from '../../support/analysed.ts'

/** Children of P that it awaits one after the other. */
const chain = (names: readonly string[], extra: object = {}) => ({
  noAwaits: true,
  unitMs: 40,
  tasks: {
    P: { name: 'page' },
    ...Object.fromEntries(
      ['A', 'B', 'C', 'D'].map((task, i) => [
        task,
        { name: names[i] ?? task, parent: 'P', site: 'load (page.ts:4)' },
      ]),
    ),
  },
  awaits: ['A', 'B', 'C', 'D'].map((task, i) => ({
    task: 'P',
    startMs: i * 160,
    endMs: i * 160 + 160,
    targetType: 'task',
    awaits: [task],
  })),
  ...extra,
})
const inTurn = `
  P     ─···············
  A     ─··─
  B         ─··─
  C             ─··─
  D                 ─··─
`
const names = ['load user', 'load orders', 'load news', 'load ads']

describe('children one after the other', () => {
  it('says what side by side would take', () => {
    const { observed } = findingsOf(inTurn, chain(names))
    expect(observed.map(finding => finding.detector)).toEqual(['sequential-awaits'])
    expect(observed[0]!.severity).toBe('low')
    expect(observed[0]!.culprit.site).toBe('load (page.ts:4)')
    expect(observed[0]!.text.title).toContain('4 possibly independent tasks')
    expect(observed[0]!.text.remedy.whatIf).toEqual({ oneAfterTheOtherNs: 640e6, sideBySideNs: 160e6 })
  })
  it('weighs more when a timer stands behind it', () => {
    const slow = `
      P  ─·······················
      A  ─
      B   ─··················─
      C                       ─
      D                        ─
    `
    const options = chain(names)
    const starts = [0, 40, 840, 880, 920]
    const { observed } = findingsOf(slow, {
      ...options,
      tasks: { ...options.tasks, P: { name: 'clock', type: 'timer' } },
      awaits: options.awaits.map((entry, i) => ({ ...entry, startMs: starts[i]!, endMs: starts[i + 1]! })),
    })
    expect(observed[0]).toMatchObject({ detector: 'sequential-awaits', severity: 'high' })
    expect(observed[0]!.text.title).toContain('load orders took 800 ms, and 2 behind it waited')
    // C and D, each for as long as B took.
    expect(observed[0]!.victims).toMatchObject({ count: 2, totalWaitNs: 1600e6 })
  })
  const options = chain(names)
  it.each([
    ['pages that name the next one', inTurn, chain(['page 1', 'page 2', 'page 3', 'page 4'])],
    ['attempts of one call', inTurn, chain(['charge', 'charge', 'charge', 'charge'])],
    [
      'steps that are different functions',
      inTurn,
      {
        ...options,
        tasks: {
          ...options.tasks,
          A: { name: 'validate', parent: 'P', site: 'validate (page.ts:4)' },
          B: { name: 'charge', parent: 'P', site: 'charge (page.ts:9)' },
          C: { name: 'ship', parent: 'P', site: 'ship (page.ts:14)' },
          D: { name: 'mail', parent: 'P', site: 'mail (page.ts:19)' },
        },
      },
    ],
    ['work under one hold', `${inTurn}  P@tx  ################\n`, options],
    [
      'one that reads what another wrote',
      inTurn.replace('A     ─··─', 'A     ─·W─').replace('B         ─··─', 'B         R··─'),
      options,
    ],
    [
      'short ones',
      inTurn,
      {
        ...options,
        unitMs: 5,
        awaits: options.awaits.map(entry => ({
          ...entry,
          startMs: entry.startMs / 8,
          endMs: entry.endMs / 8,
        })),
      },
    ],
  ])('stays silent on %s', (_, picture, drawn) => {
    expect(findingsOf(picture, drawn).ids).toEqual([])
  })
})

describe('a chain of awaits behind a late tick', () => {
  /** A sleep loop of 100 ms whose tick awaits a child of `work` ms first. */
  const ticks = (works: number) =>
    Array.from({ length: 8 }, (_, i) => ({
      series: 's1',
      name: 'session',
      task: 'T',
      style: 'sleep_loop',
      delayMs: 100,
      nominalMs: 800,
      expectedMs: 100 + i * (100 + works),
      atMs: 100 + i * (100 + works) + (i === 0 ? 0 : works),
      latenessNs: i === 0 ? 0 : works * 1e6,
    }))
  it('says that the loop was free', () => {
    const { observed } = findingsOf('T  ─\n', { ticks: ticks(300) })
    const drift = observed.find(finding => finding.detector === 'timer-drift')!
    expect(drift.evidence.find(entry => entry.label === 'why its ticks were late')!.value).toContain(
      'loop was free',
    )
  })
  it('stays silent on a timer that reads the clock and skips ticks', () => {
    // 12 steps of 100 ms; four ticks were skipped, it ended in time.
    const seen = [1, 2, 4, 5, 7, 8, 10, 12].map(step => ({
      series: 's1',
      name: 'session',
      task: 'T',
      style: 'interval',
      delayMs: 100,
      nominalMs: 1200,
      expectedMs: step * 100,
      atMs: step * 100,
    }))
    const { ids, analysis } = findingsOf('T  ─\n', { ticks: seen })
    expect(ids).toEqual([])
    expect(analysis.cleared.some(entry => entry.detector === 'timer-drift')).toBe(true)
  })
})

describe('peers that gave up', () => {
  const beats = [100, 200, 700, 800].map((atMs, i) => ({
    series: 's1',
    name: 'heartbeat',
    task: 'T',
    style: 'heartbeat',
    repeating: true,
    delayMs: 100,
    nominalMs: 0,
    expectedMs: [100, 200, 300, 800][i]!,
    atMs,
    latenessNs: i === 2 ? 400e6 : 0,
  }))
  const left = (text: string, atMs: number) => ({
    ticks: beats,
    marks: [{ atMs, kind: 'complaint', text, task: 'C' }],
    tasks: { C: { name: 'live c', type: 'stream' } },
  })
  const picture = `
    T  ─
    C  ─
  `
  it('are told beside the heartbeat that was late', () => {
    const { observed } = findingsOf(picture, left('client c left: no heartbeat for 400 ms', 620))
    expect(observed.map(finding => [finding.detector, finding.subject.kind])).toEqual([
      ['late-heartbeat', 'peer'],
      ['late-heartbeat', 'timer'],
    ])
    expect(observed[0]!.text.title).toContain('client c left: no heartbeat for 400 ms')
  })
  it.each([
    ['leaving for another reason', left('client c left: signed out', 620)],
    ['leaving long after', left('client c left: no heartbeat for 400 ms', 5000)],
  ])('are not, when %s', (_, options) => {
    expect(findingsOf(picture, options).observed.map(finding => finding.subject.kind)).toEqual(['timer'])
  })
})

describe('a parent that holds what its child waits for', () => {
  const options = { unitMs: 500, noAwaits: true, tasks: { K: { parent: 'P' } } }
  it('is a deadlock even if its await was never recorded', () => {
    const { observed } = findingsOf(
      `
      P    ──......>
      K      ─.....>
      P@x  ########>
      K@x     ~~~~~>
      `,
      options,
    )
    expect(observed[0]!.detector).toBe('deadlock')
    expect(observed[0]!.text.title).toContain('K waits for x, held by P')
  })
  it('is none while the parent still runs', () => {
    const { ids } = findingsOf(
      `
      P    ──..─.─.─>
      K      ─......>
      P@x  #########>
      K@x     ~~~~~~>
      `,
      options,
    )
    expect(ids).not.toContain('deadlock')
  })
})

describe('a lock kept over the network', () => {
  const asked = (targetType: string, endMs: number, targetId = '') => ({
    unitMs: 50,
    noAwaits: true,
    awaits: [{ task: 'A', startMs: 50, endMs, targetType, targetId, site: 'createInvoice (invoice.ts:9)' }],
  })
  const picture = `
    A     ─·······─
    B      ········─
    A@no  #########
    B@no   ~~~~~~~~#
  `
  it('is reported when others wait for it', () => {
    const { observed } = findingsOf(picture, asked('io', 450))
    expect(observed.map(finding => finding.detector)).toContain('leaked-hold')
  })
  it('is reported when the call is several waits: to connect, for the head, for the body', () => {
    const [one] = asked('io', 450).awaits
    const parts = [
      [50, 200],
      [210, 330],
      [340, 450],
    ].map(([startMs, endMs]) => ({ ...one!, startMs: startMs!, endMs: endMs! }))
    expect(findingsOf(picture, { ...asked('io', 0), awaits: parts }).ids).toContain('leaked-hold')
  })
  it('is not, for callers of the same function that found the work done when they had it', () => {
    const done = `
      A     ─·················─
      B      ·················─
      A@no  ##################
      B@no   ~~~~~~~~~~~~~~~~~#
    `
    const resources = { no: { type: 'mutex', site: 'rate (rates.ts:9)' } }
    expect(findingsOf(done, { ...asked('io', 900), resources }).ids).not.toContain('leaked-hold')
  })
  it.each([
    ['something that is not the network', picture, asked('timer', 450)],
    ['a file that the lock is there for', picture, asked('io', 450, 'file')],
    ['a short part of the hold', picture, asked('io', 200)],
    [
      'a lock that nobody wants',
      picture
        .split('\n')
        .filter(line => !line.includes('B'))
        .join('\n'),
      asked('io', 450),
    ],
  ])('is not, for %s', (_, drawn, options) => {
    expect(findingsOf(drawn, options).ids).not.toContain('leaked-hold')
  })
})
