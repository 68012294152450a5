import { describe, expect, it } from 'vitest'
import { findingsOf } from '../../support/analysed.ts'

describe('overlapping critical section', () => {
  it('reports two holders of one mutex', () => {
    const { observed, model } = findingsOf(`
      T1       ──────··──
      T2          ────────
      T1@lock  ##########
      T2@lock     ########
      `)
    expect(observed.map(finding => finding.detector)).toEqual(['overlapping-critical-section'])
    expect(observed[0]!.subject).toEqual({ kind: 'resource', name: 'lock' })
    expect(observed[0]!.culprit.rows[0]).toBe(model.holds[1]!.row)
    expect(observed[0]!.text.title).toBe('T2 entered lock 3 ms after T1, and for 7 ms both held it')
  })

  it('reports a lease that ran out', () => {
    const { observed } = findingsOf(
      `
      T1        ──────────────
      T2                ────────
      T1@lease  ##############
      T2@lease          ######
      `,
      {
        tasks: { T2: { process: 'q' } },
        resources: {
          lease: { type: 'distributed_lock', scope: 'cluster', by: { T1: { releaseType: 'expired' } } },
        },
      },
    )
    expect(observed[0]!.text.remedy.primitive).toContain('fencing token')
  })

  it('reports a reader inside a writer', () => {
    const { ids } = findingsOf(
      `
      T1     ────────
      T2       ────
      T1@rw  ########
      T2@rw    ####
      `,
      { resources: { rw: { type: 'rwlock', by: { T2: { mode: 'shared' } } } } },
    )
    expect(ids).toEqual(['overlapping-critical-section'])
  })

  it('reports a write that the store refused to another operation', () => {
    const { observed } = findingsOf(
      `
      T1  R──···W
      T2   R────···X!
      `,
      { key: 'row:a/1', tasks: { T1: { name: 'ship' }, T2: { name: 'cancel' } } },
    )
    expect(observed.map(finding => [finding.detector, finding.severity])).toEqual([
      ['overlapping-critical-section', 'medium'],
    ])
  })

  describe('stays silent', () => {
    const silent = (name: string, picture: string, options: Parameters<typeof findingsOf>[1] = {}) =>
      it(name, () => expect(findingsOf(picture, options).ids).toEqual([]))

    silent(
      'on a hand-over in zero time',
      `
      T1       ─────
      T2       ··········
      T1@lock  #####
      T2@lock  ~~~~~#####
      `,
    )
    silent(
      'on readers side by side',
      `
      T1     ────────
      T2       ──────
      T1@rw  ########
      T2@rw    ####
      `,
      { resources: { rw: { type: 'rwlock', mode: 'shared' } } },
    )
    silent(
      'on a lock for readers and writers, where nobody says who reads',
      `
      T1     ────────
      T2       ──────
      T1@rw  ########
      T2@rw    ####
      `,
      { resources: { rw: { type: 'rwlock' } } },
    )
    silent(
      'on a semaphore with permits left',
      `
      T1      ────────
      T2        ──────
      T1@sem  ########
      T2@sem    ####
      `,
      { resources: { sem: { type: 'semaphore', capacity: 2 } } },
    )
    silent(
      'on a reentrant hold',
      `
      T1        ────────
      T1@lock   ########
      C1          ───
      C1@lock     ##
      `,
      { tasks: { C1: { parent: 'T1' } } },
    )
    silent(
      'on one lock per process',
      `
      T1       ────────
      T2         ──────
      T1@lock  ########
      T2@lock    ####
      `,
      { tasks: { T2: { process: 'q' } }, resources: { lock: { perProcess: true } } },
    )
    silent(
      'on an overlap within the clocks’ uncertainty',
      `
      T1       ────────
      T2              ──────
      T1@lock  ########
      T2@lock         #####
      `,
      {
        tasks: { T2: { process: 'q' } },
        processes: { p: {}, q: { uncertaintyNs: 3e6 } },
        resources: { lock: { type: 'distributed_lock', scope: 'cluster' } },
      },
    )
  })
})
