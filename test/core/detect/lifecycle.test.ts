import { describe, expect, it } from 'vitest'
import { findingsOf } from '../../support/analysed.ts'

describe('failed join', () => {
  const picture = `
    P  ─····──
    A   ─··!
    B   ─·······W
  `
  const options = {
    unitMs: 20,
    noAwaits: true,
    tasks: { A: { parent: 'P' }, B: { parent: 'P' } },
    awaits: [{ task: 'P', startMs: 20, endMs: 80, join: 'all', outcome: 'rejected', awaits: ['A', 'B'] }],
  }
  it('reports a sibling that ran on and wrote', () => {
    const { observed } = findingsOf(picture, options)
    expect(observed.map(finding => finding.detector)).toEqual(['failed-join'])
    expect(observed[0]!.text.title).toContain('1 sibling ran on')
  })
  it.each([
    ['siblings that change nothing', picture.replace('W', '─'), options],
    [
      'siblings that are awaited afterwards',
      picture.replace('P  ─····──', 'P  ─····────────'),
      {
        ...options,
        awaits: [
          ...options.awaits,
          { task: 'P', startMs: 80, endMs: 200, join: 'settled', outcome: 'resolved', awaits: ['A', 'B'] },
        ],
      },
    ],
    [
      'allSettled',
      picture,
      {
        ...options,
        awaits: [
          { task: 'P', startMs: 20, endMs: 190, join: 'settled', outcome: 'resolved', awaits: ['A', 'B'] },
        ],
      },
    ],
  ])('stays silent on %s', (_, drawn, given) => {
    expect(findingsOf(drawn, given).ids).toEqual([])
  })
})

describe('fire and forget', () => {
  const tasks = { C: { parent: 'P', type: 'promise', name: 'audit' }, D: { parent: 'P', type: 'promise' } }
  /** Some child is awaited, so the trace tells awaited children from others. */
  const awaits = [{ task: 'P', startMs: 1, endMs: 2, awaits: ['D'] }]
  const failing = `
    P  ────
    D   ─
    C    ─·····!
  `
  it('reports it also where no await names anybody, if the caller waited for other things only', () => {
    const given = { tasks: { C: tasks.C }, unitMs: 10, noAwaits: true }
    const alone = failing.replace('    D   ─\n', '')
    const awaiting = (targetType: string) => [{ task: 'P', startMs: 10, endMs: 80, targetType }]
    expect(findingsOf(alone, { ...given, awaits: awaiting('io') }).ids).toEqual(['fire-and-forget'])
    expect(findingsOf(alone, { ...given, awaits: awaiting('promise') }).ids).toEqual([])
  })
  it('reports a failure that nobody saw', () => {
    const { observed } = findingsOf(failing, {
      tasks,
      awaits,
      marks: [{ atMs: 7, kind: 'error', text: 'UnhandledPromiseRejection: boom', task: 'C' }],
    })
    expect(observed.map(finding => [finding.detector, finding.severity])).toEqual([
      ['fire-and-forget', 'high'],
    ])
    expect(observed[0]!.text.title).toContain('audit was started by P, awaited by nobody, and failed unseen')
  })
  it('reports a reader that came before the late write', () => {
    const { observed } = findingsOf(
      `
      P  ────
      D   ─
      C    ─······W
      Q       R─
      `,
      { key: 'row:a/1', tasks, awaits, values: { C: ['new'], Q: ['old'] } },
    )
    expect(observed.map(finding => finding.detector)).toEqual(['fire-and-forget'])
  })
  it('reports work that was lost at shutdown', () => {
    const { observed } = findingsOf(failing.replace('─·····!', '─·····>'), {
      tasks,
      awaits,
      marks: [{ atMs: 8, kind: 'shutdown' }],
    })
    expect(observed.map(finding => finding.detector)).toEqual(['fire-and-forget'])
  })
  it.each([
    ['a child that just outlives its caller', failing.replace('!', '─'), { tasks, awaits }],
    [
      'a tracked child that is drained',
      failing,
      { tasks, awaits: [...awaits, { task: 'P', startMs: 3, endMs: 9, awaits: ['C'], join: 'settled' }] },
    ],
    [
      'a daemon',
      failing.replace('─·····!', '─·····>'),
      {
        tasks: { ...tasks, C: { parent: 'P', type: 'background' } },
        awaits,
        marks: [{ atMs: 8, kind: 'shutdown' }],
      },
    ],
    ['a trace that does not say who awaits whom', failing, { tasks }],
  ])('stays silent on %s', (_, picture, options) => {
    expect(findingsOf(picture, options).ids).toEqual([])
  })
})

describe('stuck flag', () => {
  const picture = `
    T1  RW──··!
    T2          R─
    T3           R─
  `
  const values = { T1: ['false', 'true'], T2: ['true'], T3: ['true'] }
  it('reports a guard that a failure left standing', () => {
    const { observed } = findingsOf(picture, { key: 'flag:connecting', values })
    expect(observed.map(finding => finding.detector)).toEqual(['stuck-flag'])
    expect(observed[0]!.victims.count).toBe(2)
  })
  it.each([
    [
      'a guard cleared in finally',
      picture.replace('RW──··!', 'RW──·W!'),
      { values: { ...values, T1: ['false', 'true', 'false'] } },
    ],
    ['a one-way flag: initialised', picture.replace('!', '─'), { values }],
    ['a flag nobody looks at again', 'T1  RW──··!\n', { values }],
    [
      'a reconnect guard without failure',
      picture.replace('RW──··!', 'RW──·W'),
      { values: { T1: ['false', 'true', 'false'], T2: ['false'], T3: ['false'] } },
    ],
  ])('stays silent on %s', (_, drawn, options) => {
    expect(findingsOf(drawn, { key: 'flag:connecting', ...options }).ids).toEqual([])
  })
})

describe('a failure that a cache keeps', () => {
  const picture = `
    T1  RW······!
    T2           R!
    T3             R!
  `
  const values = { T1: ['none', 'there'], T2: ['there'], T3: ['there'] }
  const of = (drawn: string, given: Readonly<Record<string, readonly string[]>> = values) =>
    findingsOf(drawn, { key: 'cache:rates', values: given })
  it('is reported when everybody after it fails at once', () => {
    const { observed } = of(picture)
    expect(observed.map(finding => finding.detector)).toEqual(['stuck-flag'])
    expect(observed[0]!.victims.count).toBe(2)
    expect(observed[0]!.culprit.site).toBe('write (t1.ts:2)')
  })
  it.each([
    ['a cache that lets go of it', picture.replace('RW······!', 'RW·····D!')],
    ['one that failed by itself', picture.replace('T3             R!', 'T3             R─')],
    ['attempts of their own', picture.replace('R!', 'R·····!').replace('  R!', '       R·····!')],
    ['a circuit breaker, which is opened after the failure', picture.replace('RW······!', 'R······W!')],
  ])('is not told of %s', (_, drawn) => {
    expect(of(drawn).ids).toEqual([])
  })
})

describe('missing await', () => {
  it('reports a promise written where its value was meant', () => {
    const { observed } = findingsOf('T1  ─W\n', { key: 'row:users/1', values: { T1: ['[object Promise]'] } })
    expect(observed.map(finding => [finding.detector, finding.subject.name])).toEqual([
      ['missing-await', 'row:users/1'],
    ])
  })
  it('stays silent on values', () => {
    expect(findingsOf('T1  ─W\n', { values: { T1: ['promise kept'] } }).ids).toEqual([])
  })
})

describe('something used before it is made', () => {
  const key = 'settings'
  const values = { Early: ['null'], Start: ['loaded'], Late: ['loaded'] }
  const picture = `
    Start   ······W
    Early     R!
    Late            R──
  `
  it('is told by whoever failed without it', () => {
    const { observed } = findingsOf(picture, { key, values })
    expect(observed.map(({ detector, subject, text }) => [detector, subject.name, text.title])).toEqual([
      [
        'missing-await',
        'settings',
        'Early used settings before it was there, and failed: it was made 4 ms after the first of them looked',
      ],
    ])
  })
  it.each([
    ['nobody failed', picture.replace('R!', 'R─'), values],
    ['there was something', picture, { ...values, Early: ['old'] }],
    ['later ones fail all the same', picture.replace('R──', 'R─!'), values],
    ['nobody had set out to make it yet', picture.replace('······W', '      W'), values],
    [
      'it was made by whoever looked',
      picture.replace('Early     R!', 'Early     R W!').replace('······W', '······'),
      { ...values, Early: ['null', 'loaded'] },
    ],
  ])('is nothing where %s', (_, drawn, given) => {
    expect(findingsOf(drawn, { key, values: given }).ids).toEqual([])
  })
})

describe('shutdown audit', () => {
  it('reports items left in a queue', () => {
    const { observed } = findingsOf('T1  ───\n', {
      marks: [{ atMs: 3, kind: 'shutdown' }],
      queueItems: [
        { op: 'put', queue: 'mail', depth: 1, atMs: 1, task: 'T1' },
        { op: 'put', queue: 'mail', depth: 2, atMs: 2, task: 'T1' },
      ],
    })
    expect(observed.map(finding => finding.text.title)).toEqual(['p shut down with 2 items left in mail'])
  })
  it('stays silent on a drained one, and on open streams', () => {
    const { ids, analysis } = findingsOf('T1  ───>\n', {
      tasks: { T1: { type: 'stream' } },
      requests: [{ task: 'T1', operation: 'GET /stream' }],
      marks: [{ atMs: 3, kind: 'shutdown' }],
      queueItems: [
        { op: 'put', queue: 'mail', depth: 1, atMs: 1, task: 'T1' },
        { op: 'get', queue: 'mail', depth: 0, atMs: 2, task: 'T1' },
      ],
    })
    expect(ids).toEqual([])
    expect(analysis.cleared.some(entry => entry.detector === 'shutdown-audit')).toBe(true)
  })
  it('looks at what is left in the end, not at the signal before the last items', () => {
    const put = { op: 'put' as const, queue: 'mail', atMs: 1 }
    const get = { op: 'get' as const, queue: 'mail', atMs: 3 }
    const marks = [2, 5].map(atMs => ({ atMs, kind: 'shutdown' }))
    expect(findingsOf('T1  ──────\n', { marks, queueItems: [put, get] }).ids).toEqual([])
    expect(findingsOf('T1  ──────\n', { marks, queueItems: [put] }).ids).toEqual(['shutdown-audit'])
  })
  it.each([
    ['that hold what is free to be taken, put back by whoever took it', true, []],
    ['of items that nobody puts back', false, ['shutdown-audit']],
  ])('looks at queues %s', (_, back, expected) => {
    const item = (op: 'put' | 'get', depth: number, atMs: number) => ({
      op,
      queue: 'connections',
      depth,
      atMs,
      task: 'T1',
    })
    const { ids } = findingsOf('T1  ────────────\n', {
      marks: [{ atMs: 11, kind: 'shutdown' }],
      queueItems: [item('put', 4, 0), item('put', 5, 1)].concat(
        [2, 4, 6].flatMap((atMs, n) =>
          back ? [item('get', 4, atMs), item('put', 5, atMs + 1)] : [item('get', 4 - n, atMs)],
        ),
      ),
    })
    expect(ids).toEqual(expected)
  })
})

describe('retry storm', () => {
  const attempts = (count: number, callers: number, failing: (attempt: number) => boolean) => {
    const lines: string[] = []
    const tasks: Record<string, { parent?: string; name?: string }> = {}
    for (let caller = 0; caller < callers; caller++) {
      const name = `c${caller}`
      lines.push(`${name.padEnd(8)}${'·'.repeat(count * 4)}`)
      for (let i = 0; i < count; i++) {
        const label = `${name}a${i}`
        tasks[label] = { parent: name, name: 'fetch token' }
        lines.push(`${label.padEnd(8)}${' '.repeat(i * 4)}──${failing(i) ? '!' : '─'}`)
      }
    }
    return { picture: lines.join('\n'), options: { unitMs: 100, tasks, noAwaits: true } }
  }
  it('reports attempt after attempt that fails', () => {
    const { picture, options } = attempts(10, 3, () => true)
    const { observed } = findingsOf(picture, options)
    expect(observed.map(finding => finding.detector)).toEqual(['retry-storm'])
    expect(observed[0]!.subject.name).toBe('fetch token')
  })
  it('takes numbered attempts for one operation', () => {
    const { picture, options } = attempts(10, 3, () => true)
    for (const [label, task] of Object.entries(options.tasks))
      if (task.name) task.name = `attempt ${label.replace(/^.*a/, '')}`
    expect(findingsOf(picture, options).ids).toEqual(['retry-storm'])
  })
  it('stays silent on one caller that asks after a pause until a thing is ready', () => {
    const picture = ['P       ' + '·'.repeat(100)]
    const tasks: Record<string, { parent: string; name: string }> = {}
    for (let i = 0; i < 20; i++) {
      picture.push(`a${i}`.padEnd(8) + ' '.repeat(i * 5) + (i < 19 ? '─!' : '──'))
      tasks[`a${i}`] = { parent: 'P', name: 'GET export' }
    }
    expect(findingsOf(picture.join('\n'), { unitMs: 50, tasks, noAwaits: true }).ids).toEqual([])
  })
  it('stays silent on one retry that succeeds', () => {
    const { picture, options } = attempts(2, 6, attempt => attempt === 0)
    expect(findingsOf(picture, options).ids).toEqual([])
  })
  it('stays silent on polling that succeeds', () => {
    const { picture, options } = attempts(10, 3, () => false)
    expect(findingsOf(picture, options).ids).toEqual([])
  })
})

describe('a join of which only the decisive child was recorded', () => {
  const tasks = { P: { name: 'checkout' }, A: { parent: 'P' }, B: { parent: 'P' } }
  const picture = `
    P  ─····!
    A   ─··!
    B   ─·······W
  `
  const awaits = [{ task: 'P', startMs: 20, endMs: 80, outcome: 'rejected', awaits: ['A'] }]
  it('still shows the sibling that ran on and wrote', () => {
    expect(findingsOf(picture, { unitMs: 20, noAwaits: true, tasks, awaits }).ids).toEqual(['failed-join'])
  })
  it('is no fire-and-forget when the siblings fail as well', () => {
    expect(
      findingsOf(picture.replace('·W', '·!'), { unitMs: 20, noAwaits: true, tasks, awaits }).ids,
    ).toEqual([])
  })
})
