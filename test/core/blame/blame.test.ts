import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Blame, computeBlame } from '../../../src/core/blame/blame.ts'
import { makeContext } from '../../../src/core/detect/context.ts'
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
