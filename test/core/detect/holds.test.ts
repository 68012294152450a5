import { describe, expect, it } from 'vitest'
import { findingsOf } from '../../support/analysed.ts'

/** A pool of three: streams use theirs for a moment and keep it; the fourth waits and times out. */
const frozen = `
  S1       ─·························
  S2        ─························
  S3         ─·······················
  S4          ─············!
  S1@pool  #-------------------------
  S2@pool   #------------------------
  S3@pool    #-----------------------
  S4@pool     ~~~~~~~~~~~~!
`
const pool = { pool: { type: 'pool', capacity: 3, site: 'auth.check (auth.ts:41)' } }
const streams = { S1: { type: 'stream' }, S2: { type: 'stream' }, S3: { type: 'stream' } }

describe('leaked hold and exhausted pool', () => {
  it('tells the frozen app: who keeps it, how little it is used, who pays, and what would help', () => {
    const { observed, analysis, model, task } = findingsOf(frozen, {
      unitMs: 500,
      resources: pool,
      tasks: streams,
    })
    expect(observed.map(finding => [finding.detector, finding.severity])).toEqual([
      ['leaked-hold', 'critical'],
      ['pool-exhausted', 'critical'],
    ])
    const [leak, exhausted] = observed
    expect(leak!.culprit.site).toBe('auth.check (auth.ts:41)')
    expect(leak!.text.title).toBe(
      'auth.check (auth.ts:41) keeps a slot of pool 12.5 s after its last use: 3 of 3 held; S4 timed out after 6 s',
    )
    expect(leak!.victims).toEqual({ count: 1, totalWaitNs: 6e9, rows: [model.tasks[task('S4')]!.row] })
    expect(leak!.text.remedy.whatIf).toEqual({ waits: 0, peak: 1, largerPoolWaits: 0, largerPoolPeak: 4 })
    expect(exhausted!.text.title).toContain(
      'all 3 taken, most by auth.check (auth.ts:41); S4 timed out after 6 s',
    )
    expect(analysis.causes).toEqual([
      { finding: 'F1', explains: ['F2'], share: 1, shareOf: 'wait', unexplained: [], feedback: [] },
    ])
  })

  it('clears what was looked at, with its numbers', () => {
    const { analysis } = findingsOf(`${frozen}  S4@thr   ##\n`, {
      unitMs: 500,
      resources: { ...pool, thr: { type: 'pool', capacity: 100 } },
      tasks: streams,
    })
    expect(analysis.cleared).toContainEqual({
      detector: 'pool-exhausted',
      subject: 'thr',
      reason: 'peak 1 of 100 while another resource was exhausted; nobody had to wait for it',
    })
  })

  it('finds a semaphore permit that an error path never gave back', () => {
    const { observed } = findingsOf(
      `
      T1      ──!
      T2        ─────────
      T1@sem  ##>
      T2@sem    ~~~~~~~~~>
      `,
      { unitMs: 500, resources: { sem: { type: 'semaphore', capacity: 1 } } },
    )
    expect(observed[0]).toMatchObject({ detector: 'leaked-hold' })
    expect(observed[0]!.text.title).toContain('never gave back a permit of sem')
  })

  it('finds a connection kept across a wait for something else while others queue', () => {
    const { observed } = findingsOf(
      `
      T1       ──·······──
      T2        ··········──
      T1@pool  ##-------##
      T2@pool   ~~~~~~~~~~##
      `,
      { unitMs: 50, resources: { pool: { type: 'pool', capacity: 1 } } },
    )
    expect(observed.map(finding => finding.detector)).toEqual(['leaked-hold'])
    expect(observed[0]!.text.title).toContain('while it waits for something else')
  })

  it('says nothing about a release when the trace ends too soon', () => {
    const { ids } = findingsOf(
      `
      T1      ──!
      T1@sem  ##>
      `,
      { unitMs: 1, untilMs: 300, resources: { sem: { type: 'semaphore', capacity: 4 } } },
    )
    expect(ids).toEqual([])
  })

  it('says nothing about a release when records were lost since', () => {
    const { ids } = findingsOf(
      `
      T1      ──!
      T1@sem  ##>
      `,
      {
        unitMs: 1,
        untilMs: 9000,
        resources: { sem: { type: 'semaphore', capacity: 4 } },
        losses: [{ process: 0, fromNs: 1e9, toNs: 2e9, count: 9 }],
      },
    )
    expect(ids).toEqual([])
  })

  describe('stays silent', () => {
    const silent = (name: string, picture: string, options: Parameters<typeof findingsOf>[1] = {}) =>
      it(name, () => expect(findingsOf(picture, options).ids).toEqual([]))

    silent(
      'on a full pool without waiters',
      frozen
        .split('\n')
        .filter(line => !line.includes('S4'))
        .join('\n'),
      { unitMs: 500, resources: pool, tasks: streams },
    )
    silent(
      'on a connection pinned by design: LISTEN',
      `
      L1       ─························>
      T1            ──
      L1@pool  #------------------------>
      T1@pool       ##
      `,
      {
        unitMs: 500,
        resources: { pool: { type: 'pool', capacity: 2 } },
        tasks: { L1: { type: 'background' } },
      },
    )
    silent(
      'on a burst that drains',
      `
      T1       ──
      T2       ──
      T3       ··──
      T4       ··──
      T5       ····──
      T1@pool  ##
      T2@pool  ##
      T3@pool  ~~##
      T4@pool  ~~##
      T5@pool  ~~~~##
      `,
      { unitMs: 60, resources: { pool: { type: 'pool', capacity: 2 } } },
    )
    silent(
      'on a limiter that makes a batch wait, as it should',
      `
      T1      ────────
      T2      ────────
      T3      ········────────
      T4      ········────────
      T1@sem  ########
      T2@sem  ########
      T3@sem  ~~~~~~~~########
      T4@sem  ~~~~~~~~########
      `,
      { unitMs: 500, resources: { sem: { type: 'semaphore', capacity: 2 } } },
    )
    silent(
      'on a limiter that turns one away while others get through',
      `
      T1      ────
      T2      ····────
      T3      ········!
      T1@sem  ####
      T2@sem  ~~~~####
      T3@sem  ~~~~~~~~!
      `,
      { unitMs: 100, resources: { sem: { type: 'semaphore', capacity: 1 } } },
    )
    silent(
      'on a mutex around slow work that all want',
      `
      T1       ────────
      T2       ········────────
      T1@lock  ########
      T2@lock  ~~~~~~~~########
      `,
      { unitMs: 100 },
    )
    silent(
      'on a hold that a child still uses after its task returned',
      `
      T1       ──
      C1       ──────────────────────>
      T1@pool  ##>
      `,
      { unitMs: 500, tasks: { C1: { parent: 'T1' } }, resources: { pool: { type: 'pool', capacity: 5 } } },
    )
    silent(
      'on a connection used all the time it is held',
      `
      T1       ──────────
      T2        ·········──
      T1@pool  ##########
      T2@pool   ~~~~~~~~~##
      `,
      { unitMs: 50, resources: { pool: { type: 'pool', capacity: 1 } } },
    )
  })
})

describe('a pool under load', () => {
  it('stays silent while the queue moves, however long it stands', () => {
    const lines: string[] = []
    for (let i = 0; i < 60; i++) {
      const from = i
      const start = Math.max(i, Math.floor(i / 2) * 2)
      const pad = (label: string) => label.padEnd(10 + from)
      lines.push(`${pad(`T${i}`)}${'─'.repeat(start - from + 4)}`)
      lines.push(`${pad(`T${i}@pool`)}${'~'.repeat(start - from)}####`)
    }
    const { ids } = findingsOf(lines.join('\n'), {
      unitMs: 40,
      resources: { pool: { type: 'pool', capacity: 4 } },
      noSlices: true,
    })
    expect(ids).toEqual([])
  })
})
