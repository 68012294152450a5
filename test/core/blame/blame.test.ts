import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Blame, computeBlame } from '../../../src/core/blame/blame.ts'
import { blameMatrix } from '../../../src/core/blame/matrix.ts'
import { makeContext } from '../../../src/core/detect/context.ts'
import { findingsOf } from '../../support/analysed.ts'
import { type DrawOptions, draw } from '../../support/trace-dsl.ts'

function blameOf(picture: string, options: DrawOptions = {}) {
  const { store, model, report } = draw(picture, options)
  const context = makeContext(store, model, report)
  return { blame: computeBlame(context), model, context }
}

const sum = (blame: Blame) =>
  blame.groups.reduce((total, group) => total + group.rows.reduce((ns, row) => ns + row.ns, 0), 0)

describe('blame', () => {
  it('splits a wait over its holders by time', () => {
    const { blame } = blameOf(
      `
      A       ────────
      B       ────
      C         ······──
      A@pool  ########
      B@pool  ####
      C@pool    ~~~~~~##
      `,
      { resources: { pool: { type: 'pool', capacity: 2, by: { A: { site: 'a' }, B: { site: 'b' } } } } },
    )
    expect(blame.of('hold', 0, 'a')).toBeCloseTo(4.5e6)
    expect(blame.of('hold', 0, 'b')).toBeCloseTo(1.5e6)
    expect(blame.totalNs).toBe(6e6)
  })

  it('blames a late tick on what its loop of awaits was at', () => {
    // Due every 100 ms; before each tick `T` awaited child `S`, which took 300 ms, and each was set only then.
    const { blame } = blameOf(
      `
      T  ─········─
      S  ─······
      `,
      {
        unitMs: 50,
        noAwaits: true,
        tasks: { T: { type: 'timer' }, S: { parent: 'T', site: 'send (feed.ts:7)' } },
        ticks: [
          {
            series: 's',
            name: 'beat',
            task: 'T',
            style: 'sleep_loop',
            delayMs: 100,
            expectedMs: 100,
            atMs: 400,
            latenessNs: 300e6,
          },
        ],
      },
    )
    expect(blame.of('chain', 0, 'send (feed.ts:7)')).toBeCloseTo(300e6)
    expect(sum(blame)).toBeCloseTo(blame.totalNs)
  })

  it('passes on what the holder itself waited for', () => {
    const { blame, context } = blameOf(`
      A       ──────────
      B       ──······──
      C        ·········──
      A@deep  ########
      B@deep    ~~~~~~##
      B@lock  ##########
      C@lock   ~~~~~~~~~##
      `)
    const deep = context.groupOf(context.model.resources.findIndex(resource => resource.name === 'deep'))
    // 6 of C's 9 ms fall into B's own wait for what A held.
    expect(blame.of('hold', deep, 'acquire deep (a.ts:1)')).toBeCloseTo(12e6)
    expect(blame.of('hold', context.groupOf(1 - deep), 'acquire lock (b.ts:1)')).toBeCloseTo(3e6)
    expect(sum(blame)).toBeCloseTo(blame.totalNs)
  })

  it('ends in a cycle when the blockers wait for each other', () => {
    const { blame } = blameOf(`
      A    ────······>
      B    ────······>
      A@x  ##########>
      A@y      ~~~~~~>
      B@y  ##########>
      B@x      ~~~~~~>
      `)
    expect(blame.groups.flatMap(group => group.rows).some(row => row.signature.kind === 'cycle')).toBe(true)
    expect(sum(blame)).toBeCloseTo(blame.totalNs)
  })

  it('conserves time: the sum of blame is the sum of waiting, on any trace', () => {
    const letters = fc.constantFrom('~', '#', '-', ' ', '|', '!')
    const line = fc.array(letters, { minLength: 1, maxLength: 30 }).map(chars => chars.join(''))
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5), fc.nat(2), line), { minLength: 1, maxLength: 14 }), rows => {
        const tasks = [0, 1, 2, 3, 4, 5].map(task => `T${task}     ${'─·'.repeat(16)}`)
        const lines = rows
          .filter(([, , text]) => /\S/.test(text))
          .map(([task, lock, text]) => `T${task}@r${lock}  ${text}`)
        const { blame, model } = blameOf([...tasks, ...lines].join('\n'), { unitMs: 100 })
        const waited = model.waits.reduce((total, wait) => total + wait.endNs - wait.startNs, 0)
        expect(Math.abs(sum(blame) - blame.totalNs)).toBeLessThanOrEqual(1e-6 * Math.max(1, blame.totalNs))
        expect(
          blame.groups
            .filter(group => group.victims.kind === 'resource')
            .reduce((ns, group) => ns + group.totalNs, 0),
        ).toBeCloseTo(waited, -2)
      }),
      { numRuns: 200 },
    )
  })
})

describe('blame matrix', () => {
  it('says who waited where for whom, and adds up to all waiting', () => {
    const { blame, context } = blameOf(
      `
      A       ────────
      B         ······──
      C          ···──
      A@pool  ########
      B@pool    ~~~~~~##
      C@pool     ~~~~~~~##
      `,
      {
        resources: {
          pool: {
            type: 'mutex',
            by: { A: { site: 'a (a.ts:1)' }, B: { site: 'b (b.ts:1)' }, C: { site: 'c (c.ts:1)' } },
          },
        },
      },
    )
    const cells = blameMatrix(context, blame)
    expect(cells[0]).toEqual({
      victims: { kind: 'resource', name: 'pool', site: 'b (b.ts:1)' },
      culprit: { kind: 'hold', name: 'pool', site: 'a (a.ts:1)' },
      ns: 6e6,
      share: 0.462,
    })
    expect(cells.reduce((ns, cell) => ns + cell.ns, 0)).toBeCloseTo(blame.totalNs)
  })
})

describe('feedback', () => {
  /** Attempts that fail because they get no connection, and are made again at once: they are what keeps the pool full. */
  const storm = (fromStorm: boolean) => {
    const line = (label: string, picture: string) => `${label.padEnd(12)}${picture}`
    const lines = [line('H', '─'.repeat(80)), line('H@pool', '#'.repeat(80))]
    const tasks: Record<string, { parent?: string; name?: string }> = {}
    for (let caller = 0; caller < 3; caller++) {
      lines.push(line(`c${caller}`, '·'.repeat(80)))
      for (let i = 0; i < 20; i++) {
        const label = `c${caller}a${i}`
        tasks[label] = { parent: `c${caller}`, name: 'charge' }
        lines.push(line(label, `${' '.repeat(i * 4)}───!`))
        if (fromStorm) lines.push(line(`${label}@pool`, `${' '.repeat(i * 4)}~~~!`))
      }
    }
    if (!fromStorm) lines.push(line('W', '·'.repeat(60)), line('W@pool', `${'~'.repeat(60)}!`))
    return findingsOf(lines.join('\n'), {
      unitMs: 100,
      noAwaits: true,
      tasks,
      resources: { pool: { type: 'pool', capacity: 1, by: { H: { site: 'h (h.ts:1)' } } } },
    })
  }
  it('is named where retries keep full what makes them fail', () => {
    const { ids, analysis } = storm(true)
    expect(ids).toEqual(['pool-exhausted', 'retry-storm'])
    expect(analysis.causes).toMatchObject([{ finding: 'F1', explains: ['F2'], feedback: ['F2'] }])
  })
  it('is not told where others stand in the queue', () => {
    const { ids, analysis } = storm(false)
    expect(ids).toEqual(['pool-exhausted', 'retry-storm'])
    expect(analysis.causes).toMatchObject([{ finding: 'F1', explains: ['F2'], feedback: [] }])
  })
})
