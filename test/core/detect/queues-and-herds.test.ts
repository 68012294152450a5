import { describe, expect, it } from 'vitest'
import { findingsOf } from '../../support/analysed.ts'

describe('thundering herd', () => {
  const values = { T1: ['miss', 'v'], T2: ['miss', 'v'], T3: ['miss', 'v'] }
  it('reports refreshes that began before the first was done', () => {
    const { observed } = findingsOf(
      `
      T1  C─·····W
      T2   C─·····W
      T3    C─·····W
      `,
      { key: 'cache:prices', values },
    )
    expect(observed.map(finding => finding.detector)).toEqual(['thundering-herd'])
    expect(observed[0]!.victims.count).toBe(2)
    expect(observed[0]!.text.remedy.primitive).toBe('one refresh per key, shared by all (“single flight”)')
  })
  it('tells a missing inner check apart: they wait for the lock and refresh all the same', () => {
    const { observed } = findingsOf(
      `
      T1       C─·····W
      T2        C······─···W
      T3         C··········─···W
      T1@lock   ########
      T2@lock    ~~~~~~~####
      T3@lock     ~~~~~~~~~~#####
      `,
      { key: 'cache:prices', values },
    )
    expect(observed.map(finding => finding.detector)).toEqual(['thundering-herd'])
    expect(observed[0]!.text.remedy.primitive).toBe('check again inside the lock')
  })

  const silent = (name: string, picture: string, options: Parameters<typeof findingsOf>[1] = {}) =>
    it(`stays silent ${name}`, () => expect(findingsOf(picture, options).ids).toEqual([]))
  silent(
    'on single flight: one works, the others read what it filled',
    `
    T1  C─·····W
    T2   C······─R
    T3    C·····─R
    `,
    { key: 'cache:prices', values: { T1: ['miss', 'v'], T2: ['miss', 'v'], T3: ['miss', 'v'] } },
  )
  silent(
    'on two',
    `
    T1  C─·····W
    T2   C─·····W
    `,
    { key: 'cache:prices', values },
  )
  silent(
    'on a check again inside the lock',
    `
    T1       C─·····W
    T2        C······R
    T3         C······R
    T1@lock   #######
    T2@lock    ~~~~~~#
    T3@lock     ~~~~~~#
    `,
    { key: 'cache:prices', values: { T1: ['miss', 'v'], T2: ['miss', 'v'], T3: ['miss', 'v'] } },
  )
  silent(
    'on three different keys',
    `
    T1            ─
    T2            ─
    T3            ─
    T1=cache:a/1  C─···W
    T2=cache:a/2  C─···W
    T3=cache:a/3  C─···W
    `,
  )
})

describe('lock convoy', () => {
  /** A hold of 100 ms, then newcomers every 5 ms that hold for 5: the queue of 20 never goes away. */
  const convoy = (arriveEvery: number, holdMs: number, triggerMs: number, tasks: number) => {
    const lines: string[] = []
    let freeAt = triggerMs
    const pad = (label: string) => label.padEnd(10)
    lines.push(`${pad('T0')}${'─'.repeat(triggerMs)}`, `${pad('T0@lock')}${'#'.repeat(triggerMs)}`)
    for (let i = 1; i <= tasks; i++) {
      const from = i * arriveEvery
      const start = Math.max(from, freeAt)
      freeAt = start + holdMs
      lines.push(`${pad(`T${i}`)}${' '.repeat(from)}${'·'.repeat(freeAt - from)}`)
      lines.push(`${pad(`T${i}@lock`)}${' '.repeat(from)}${'~'.repeat(start - from)}${'#'.repeat(holdMs)}`)
    }
    return lines.join('\n')
  }
  it('reports a queue that outlives the hold that started it', () => {
    const { observed } = findingsOf(convoy(5, 5, 100, 60))
    expect(observed.map(finding => finding.detector)).toEqual(['lock-convoy'])
    expect(observed[0]!.culprit.site).toBe('acquire lock (t0.ts:1)')
  })
  it('stays silent on a batch that queues up at once and drains', () => {
    expect(findingsOf(convoy(1, 5, 100, 60)).ids).toEqual([])
  })
  it('stays silent when the lock is free between holders', () => {
    expect(findingsOf(convoy(20, 5, 10, 60)).ids).toEqual([])
  })
})

describe('starvation', () => {
  /** Readers that overlap, so that the lock is never free, from before the writer asks until it gets in. */
  const readers = (later: number, writerMs: number, earlier = 1) => {
    const lines = [
      `${'W'.padEnd(8)}     ${'·'.repeat(writerMs)}───`,
      `${'W@rw'.padEnd(8)}     ${'~'.repeat(writerMs)}###`,
    ]
    for (let i = 0; i < earlier + later; i++) {
      const from = ' '.repeat(i < earlier ? i : 5 + (i - earlier + 1) * 4)
      lines.push(`${`R${i}`.padEnd(8)}${from}──────`, `${`R${i}@rw`.padEnd(8)}${from}######`)
    }
    return lines.join('\n')
  }
  const reading = { mode: 'shared' } as const
  const by = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`R${i}`, reading]))
  const options = { unitMs: 20, resources: { rw: { type: 'rwlock', by } } }
  it('reports a writer that readers who came later go before', () => {
    const { observed } = findingsOf(readers(10, 50), options)
    expect(observed.map(({ detector, text }) => [detector, text.title])).toEqual([
      [
        'lock-convoy',
        'W was passed over: it waited 1 s for rw, while 9 tasks that asked later got in before it',
      ],
    ])
  })
  it.each([
    ['who waited for a few that came later', readers(4, 50), options],
    ['who waited for those that were there before', readers(0, 50, 12), options],
    ['who hardly waited', readers(10, 50), { ...options, unitMs: 2 }],
  ])('stays silent on one %s', (_, drawn, given) => {
    expect(findingsOf(drawn, given).ids).toEqual([])
  })
})

describe('cancelled holder', () => {
  it('reports a lock kept after its caller gave up', () => {
    const { observed } = findingsOf(
      `
      T1       ─····················
      T2              ··············──
      T1@lock  ######################
      T2@lock         ~~~~~~~~~~~~~~~##
      `,
      { unitMs: 50, cancels: [{ task: 'T1', atMs: 300, reason: 'timeout' }] },
    )
    expect(observed.map(finding => finding.detector)).toEqual(['cancelled-holder'])
    expect(observed[0]!.victims.count).toBe(1)
  })
  const silent = (name: string, picture: string, options: Parameters<typeof findingsOf>[1] = {}) =>
    it(`stays silent ${name}`, () => expect(findingsOf(picture, options).ids).toEqual([]))
  silent(
    'on a short clean-up',
    `
    T1       ─·····─?
    T2             ··──
    T1@lock  ########
    T2@lock        ~~##
    `,
    { unitMs: 20, cancels: [{ task: 'T1', atMs: 120 }] },
  )
  silent(
    'on a short clean-up that its loop let wait',
    `
    T1       ─·········?
    T2             ······──
    T1@lock  ###########
    T2@lock        ~~~~~##
    `,
    {
      unitMs: 20,
      noAwaits: true,
      cancels: [{ task: 'T1', atMs: 80 }],
      awaits: [{ task: 'T1', startMs: 80, endMs: 200, readyMs: 110, targetType: 'timer' }],
    },
  )
  silent(
    'when nobody wanted it',
    `
    T1       ─····················
    T1@lock  #####################
    `,
    { unitMs: 50, cancels: [{ task: 'T1', atMs: 300 }] },
  )
})

describe('the head of a line', () => {
  /** A loop that takes an item every 50 ms as they come, the eleventh takes `slowMs`, and items go on coming. */
  const line = (slowMs: number, takers: readonly string[] = ['T1']) => {
    let freeAt = 0
    const queueItems = Array.from({ length: 30 }, (_, n) => {
      const putMs = n * 50
      const getMs = Math.max(putMs + 1, freeAt)
      freeAt = getMs + (n === 10 ? slowMs : 10)
      const item = { queue: 'media', item: `m${n}` }
      return [
        { ...item, op: 'put' as const, atMs: putMs },
        { ...item, op: 'get' as const, atMs: getMs, task: takers[n % takers.length]! },
      ]
    }).flat()
    return findingsOf('T1  ─\nT2  ─\n', { queueItems, untilMs: 4000 })
  }
  it('is told of a recorded queue: one slow item, and all behind it wait', () => {
    const [found, ...others] = line(1500).observed
    expect(others).toEqual([])
    expect(found).toMatchObject({ detector: 'sequential-awaits', subject: { kind: 'queue', name: 'media' } })
    expect(found!.text.title).toBe(
      'T1 works through media one item after the other: one took 1.5 s, and 18 items behind it waited 1.13 s (before: 1 ms)',
    )
  })
  it.each([
    ['all take about as long', 60, ['T1']],
    ['several take from it', 1500, ['T1', 'T2']],
  ])('is nothing where %s', (_, slowMs, takers) => {
    expect(line(slowMs, takers).ids).toEqual([])
  })
})
