import { describe, expect, it } from 'vitest'
import { findingsOf } from '../../support/analysed.ts'

const operation = 'POST /api/jobs/complete'
const values = { T1: ['in_progress', 'completed'], T2: ['in_progress', 'completed'] }

describe('duplicate operation', () => {
  describe('asked again after its caller had given up', () => {
    const pay = (method: string, status = 200) => ({
      key: 'invoice:502',
      values: { W1: ['charge 3'], W2: ['charge 4'] },
      accessSite: 'charge (pay.ts:9)',
      tasks: { T1: { outcome: 'abandoned' }, W1: { parent: 'T1' }, W2: { parent: 'T2' } },
      requests: [
        { task: 'T1', operation: `${method} /invoices/502`, entity: 'invoice 502' },
        { task: 'T2', operation: `${method} /invoices/502`, entity: 'invoice 502', status },
      ],
      unitMs: 20,
    })
    const picture = `
      T1  ───···
      W1   ·········W
      T2        ··········
      W2         ·······W
    `
    it('did the work twice', () => {
      const { observed } = findingsOf(picture, pay('POST'))
      expect(observed.map(({ detector, subject, text }) => [detector, subject.name, text.title])).toEqual([
        [
          'duplicate-operation',
          'invoice:502',
          'POST /invoices/502 was asked again for invoice:502 0 ms after its caller had given up on it: the first went on, and both did the work',
        ],
      ])
    })
    it.each([
      ['it looked before it did', picture.replace('W2         ·······W', 'W2         ··CW'), pay('POST')],
      ['the second was refused', picture, pay('POST', 409)],
      ['it may be done as often as one likes', picture, pay('PUT')],
      ['both left the same', picture, { ...pay('POST'), values: { W1: ['paid'], W2: ['paid'] } }],
      [
        'the first had done it before the caller left',
        picture.replace('W1   ·········W', 'W1   ··W'),
        pay('POST'),
      ],
    ])('is no double where %s', (_, drawn, options) => {
      expect(findingsOf(drawn, options).ids).toEqual([])
    })
  })

  it('reports two runs 7 ms apart of which the second broke a constraint', () => {
    const { observed } = findingsOf(
      `
      T1  ─R───·······──W──
      T2         ─R────······W──!
      `,
      {
        key: 'row:jobs/4521',
        values,
        requests: [
          { task: 'T1', operation, entity: 'job 4521' },
          { task: 'T2', operation, entity: 'job 4521', status: 500 },
        ],
        marks: [
          {
            atMs: 24,
            kind: 'error',
            text: 'duplicate key value violates unique constraint "jobs_done"',
            task: 'T2',
          },
        ],
      },
    )
    expect(observed.map(finding => finding.detector)).toEqual(['duplicate-operation'])
    const [finding] = observed
    expect(finding!.severity).toBe('high')
    expect(finding!.text.title).toBe(
      'Two runs of POST /api/jobs/complete 7 ms apart: overlapping critical sections on row:jobs/4521; the second failed with 500, refused by jobs_done',
    )
    expect(finding!.text.rule).toBe(
      'from its read to its write a task is alone with row:jobs/4521; here nothing held it',
    )
    expect(finding!.text.remedy.primitive).toBe('row lock + 409 Conflict')
    expect(finding!.steps.map(step => `${step.event} ${step.value}`)).toEqual([
      'read in_progress',
      'read in_progress',
      'write completed',
      'answered 200',
      'write completed',
      'failed 500',
    ])
    expect(finding!.evidence.find(entry => entry.label === 'the second failed with')!.value).toContain(
      'unique constraint',
    )
    expect(finding!.marks[0]).toMatchObject({ kind: 'overlap', gapNs: 7e6 })
  })

  it('is critical when both go through', () => {
    const { observed } = findingsOf(
      `
      T1  ─R───·······──W──
      T2         ─R────······W──
      `,
      {
        key: 'row:jobs/4521',
        values,
        requests: [
          { task: 'T1', operation },
          { task: 'T2', operation },
        ],
      },
    )
    expect(observed[0]).toMatchObject({ detector: 'duplicate-operation', severity: 'critical' })
  })

  it('is seen from the refused write of tasks without requests', () => {
    const { observed } = findingsOf(
      `
      T1  ─R──···W──
      T2     R──···X!
      `,
      { key: 'row:jobs/1', values, tasks: { T1: { name: 'settle' }, T2: { name: 'settle' } } },
    )
    expect(observed[0]).toMatchObject({ detector: 'duplicate-operation', severity: 'high' })
  })

  it('is seen from requests alone when the error says so', () => {
    const { observed } = findingsOf(
      `
      T1  ──────────
      T2     ─────────!
      `,
      {
        requests: [
          { task: 'T1', operation, entity: 'job 1', status: 201 },
          { task: 'T2', operation, entity: 'job 1', status: 500 },
        ],
        marks: [{ atMs: 11, kind: 'error', text: 'UNIQUE constraint failed: jobs.id', task: 'T2' }],
      },
    )
    expect(observed.map(finding => finding.detector)).toEqual(['duplicate-operation'])
    expect(observed[0]!.missing).toHaveLength(1)
  })

  describe('stays silent', () => {
    const silent = (name: string, picture: string, options: Parameters<typeof findingsOf>[1] = {}) =>
      it(name, () => expect(findingsOf(picture, options).ids).toEqual([]))

    silent(
      'on a 409',
      `
      T1  ─R──···W──
      T2     R──···X
      `,
      {
        key: 'row:jobs/1',
        values,
        requests: [
          { task: 'T1', operation },
          { task: 'T2', operation, status: 409 },
        ],
      },
    )
    silent(
      'on a row lock: the second waits, sees the new state, answers 409',
      `
      T1      ─R──···W──
      T2        ·······R─
      T1@row  #########
      T2@row    ~~~~~~~##
      `,
      {
        key: 'row:jobs/1',
        values: { T1: ['in_progress', 'completed'], T2: ['completed'] },
        resources: { row: { type: 'transaction', scope: 'cluster' } },
        requests: [
          { task: 'T1', operation, entity: 'job 1' },
          { task: 'T2', operation, entity: 'job 1', status: 409 },
        ],
      },
    )
    silent(
      'on two GETs 7 ms apart',
      `
      T1  ─R──·····
      T2         ─R──·····
      `,
      {
        key: 'row:jobs/1',
        requests: [
          { task: 'T1', operation: 'GET /jobs/1', entity: 'job 1' },
          { task: 'T2', operation: 'GET /jobs/1', entity: 'job 1' },
        ],
      },
    )
    silent(
      'on the same operation on two entities',
      `
      T1        ─
      T2        ──!
      T1=row:1  R····W
      T2=row:2   R····W
      `,
      {
        requests: [
          { task: 'T1', operation, entity: 'job 1' },
          { task: 'T2', operation, entity: 'job 2', status: 500 },
        ],
        marks: [{ atMs: 2, kind: 'error', text: 'unique', task: 'T2' }],
      },
    )
    silent(
      'on two purchases of one item under atomic decrement',
      `
      T1  ─R──··I──
      T2     R──··I──
      `,
      {
        key: 'row:items/7',
        requests: [
          { task: 'T1', operation: 'POST /buy', entity: 'item 7' },
          { task: 'T2', operation: 'POST /buy', entity: 'item 7' },
        ],
      },
    )
    silent(
      'on a second failure that has nothing to do with the first',
      `
      T1  ──────────
      T2     ─────────!
      `,
      {
        requests: [
          { task: 'T1', operation, entity: 'job 1' },
          { task: 'T2', operation, entity: 'job 1', status: 500 },
        ],
        marks: [{ atMs: 11, kind: 'error', text: 'connection refused', task: 'T2' }],
      },
    )
    silent(
      'on one retry that succeeds',
      `
      T1  ─R──···X··R─·W──
      T2     R─·W
      `,
      {
        key: 'row:jobs/1',
        values: { T1: ['a', 'b', 'c', 'd'], T2: ['a', 'e'] },
        tasks: { T1: { name: 'settle' }, T2: { name: 'settle' } },
      },
    )
  })
})
