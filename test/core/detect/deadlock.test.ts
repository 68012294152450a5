import { describe, expect, it } from 'vitest'
import { sectionsOf } from '../../../src/core/detect/finding.ts'
import { findingsOf } from '../../support/analysed.ts'

describe('deadlock', () => {
  it('says the ring as a sentence', () => {
    const { observed, predicted, analysis } = findingsOf(
      `
      A    ─────·······>
      B    ──────······>
      A@x  ############>
      A@y       ~~~~~~~>
      B@y   ###########>
      B@x        ~~~~~~>
      `,
      { unitMs: 500 },
    )
    expect(observed.map(finding => finding.detector)).toEqual(['deadlock'])
    expect(predicted).toEqual([])
    expect(observed[0]!.severity).toBe('critical')
    expect(observed[0]!.text.title).toBe(
      'Deadlock: A waits for y, held by B; B waits for x, held by A; nobody moved for 3.5 s, still stuck when the recording ends',
    )
    expect(observed[0]!.steps.map(step => step.event)).toEqual([
      'acquired',
      'acquired',
      'asked for',
      'asked for',
    ])
    // Both halves of the waiting, though only one of the two locks is its subject.
    expect(analysis.causes[0]!.share).toBeGreaterThan(0.9)
  })

  it.each([
    ['exit 13', ['deadlock']],
    ['exit 0: nothing left to do', ['deadlock']],
    ['SIGTERM', []],
  ])('knows a ring of some milliseconds for one where the process ended with %s', (text, expected) => {
    const { ids } = findingsOf(
      `
      A    ─────·······>
      B    ──────······>
      A@x  ############>
      A@y       ~~~~~~~>
      B@y   ###########>
      B@x        ~~~~~~>
      `,
      { marks: [{ atMs: 12, kind: 'shutdown', text }] },
    )
    expect(ids).toEqual(expected)
  })

  it('counts who stands behind the ring', () => {
    const { observed } = findingsOf(
      `
      A    ─────·······>
      B    ──────······>
      C         ·······>
      A@x  ############>
      A@y       ~~~~~~~>
      B@y   ###########>
      B@x        ~~~~~~>
      C@x         ~~~~~>
      `,
      { unitMs: 500 },
    )
    expect(observed[0]!.victims.count).toBe(3)
  })

  it('finds a knot: every slot of the pool is held by somebody who wants a second one', () => {
    const { observed } = findingsOf(
      `
      A       ─────·······>
      B       ─────·······>
      A@pool  ############>
      B@pool  ############>
      A@pool       ~~~~~~~>
      B@pool       ~~~~~~~>
      `,
      { unitMs: 500, resources: { pool: { type: 'pool', capacity: 2 } } },
    )
    expect(observed.map(finding => finding.detector)).toEqual(['deadlock', 'pool-exhausted'])
    expect(observed[0]!.text.title).toBe(
      'Deadlock: all 2 of pool are held by tasks that each wait for one more (A, B); nobody moved for 4 s, still stuck when the recording ends',
    )
    expect(observed[0]!.text.remedy.primitive).toContain('one per task')
  })

  it('finds a parent that holds what its awaited child wants', () => {
    const { observed, task } = findingsOf(
      `
      P       ──>
      C         ···········>
      P@lock  #############>
      C@lock    ~~~~~~~~~~~>
      `,
      {
        unitMs: 500,
        tasks: { C: { parent: 'P' } },
        awaits: [{ task: 'P', startMs: 1000, endMs: 6500, open: true, awaits: ['C'] }],
      },
    )
    expect(observed[0]!.detector).toBe('deadlock')
    expect(
      observed[0]!.marks
        .flatMap(sectionsOf)
        .map(section => section.task)
        .sort(),
    ).toEqual([task('P'), task('C')].sort())
  })

  it('finds it before the waits gave up', () => {
    const { ids } = findingsOf(
      `
      A    ─────·······──
      B    ──────······!
      A@x  ##############
      A@y       ~~~~~~~~!
      B@y   ############
      B@x        ~~~~~~!
      `,
      { unitMs: 500 },
    )
    expect(ids).toContain('deadlock')
  })

  it('finds a wake-up that was lost', () => {
    const { observed } = findingsOf(
      `
      A       ───
      B         ·?
      C         ·········>
      A@lock  ###
      B@lock    ~x
      C@lock    ~~~~~~~~~>
      `,
      { unitMs: 500 },
    )
    expect(observed[0]!.text.title).toContain('a wake-up was lost')
  })

  describe('stays silent', () => {
    const silent = (name: string, picture: string, options: Parameters<typeof findingsOf>[1] = {}) =>
      it(name, () => expect(findingsOf(picture, options).ids.filter(id => id === 'deadlock')).toEqual([]))

    silent(
      'on a long queue that moves',
      `
      A    ──────────
      B    ··········─────
      A@x  ##########
      B@x  ~~~~~~~~~~#####
      `,
      { unitMs: 500 },
    )
    silent(
      'when one holder of the pool is still at work',
      `
      A       ─────·······>
      B       ────────────>
      A@pool  ############>
      B@pool  ############>
      A@pool       ~~~~~~~>
      `,
      { unitMs: 500, resources: { pool: { type: 'pool', capacity: 2 } } },
    )
    silent(
      'when the trace ends too soon to tell',
      `
      A    ─────·>
      B    ─────·>
      A@x  ######>
      A@y       ~>
      B@y  ######>
      B@x       ~>
      `,
      { unitMs: 400 },
    )
    silent(
      'on a free lock when records were lost',
      `
      A       ───
      C         ·········>
      A@lock  ###
      C@lock    ~~~~~~~~~>
      `,
      { unitMs: 500, losses: [{ process: 0, fromNs: 0, toNs: 9e9, count: 2 }] },
    )
  })
})

describe('lock order inversion', () => {
  const abba = `
    A    ─────────
    B              ─────────
    A@x  ########
    A@y     ####
    B@y            ########
    B@x               ####
    `
  it('is predicted from two orders, without a deadlock', () => {
    const { predicted, observed } = findingsOf(abba)
    expect(observed).toEqual([])
    expect(predicted.map(finding => finding.detector)).toEqual(['lock-order-inversion'])
    expect(predicted[0]!.text.title).toBe('y and x are taken in both orders, by B and A: they can deadlock')
  })

  const silent = (name: string, picture: string, options: Parameters<typeof findingsOf>[1] = {}) =>
    it(`stays silent ${name}`, () => expect(findingsOf(picture, options).predicted).toEqual([]))

  silent(
    'on a gate lock',
    `${abba}
    A@g  #########
    B@g            #########
    `,
  )
  silent(
    'on one task that takes them in turns',
    `
    A    ────────────────────
    A@x  ########      ####
    A@y     ####     ########
    `,
  )
  silent(
    'on children run one after the other',
    `${abba}
    P    ─····················─
    `,
    { tasks: { A: { parent: 'P' }, B: { parent: 'P' } } },
  )
  silent(
    'on the same order',
    `
    A    ─────────
    B              ─────────
    A@x  ########
    A@y     ####
    B@x            ########
    B@y               ####
    `,
  )
})
