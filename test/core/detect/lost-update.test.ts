import { describe, expect, it } from 'vitest'
import { findingsOf } from '../../support/analysed.ts'

describe('lost update', () => {
  it('reports read … foreign write … write', () => {
    const { observed, task, model } = findingsOf(
      `
      T1  R────····W
      T2     R···W
      `,
      { values: { T1: ['0', '5'], T2: ['0', '3'] } },
    )
    expect(observed.map(finding => finding.detector)).toEqual(['lost-update'])
    const [finding] = observed
    expect(finding!.severity).toBe('critical')
    expect(finding!.subject).toEqual({ kind: 'key', name: 'k' })
    expect(finding!.steps.map(step => [step.task, step.event, step.value])).toEqual([
      [task('T1'), 'read', '0'],
      [task('T2'), 'read', '0'],
      [task('T2'), 'write', '3'],
      [task('T1'), 'write', '5'],
    ])
    expect(finding!.victims.rows).toEqual([model.tasks[task('T2')]!.row])
    expect(finding!.text.rule).toBe('from its read to its write a task is alone with k; here nothing held it')
  })

  it('reports a counter that both raised to the same number', () => {
    const { ids } = findingsOf(
      `
      T1  R──···W
      T2   R──···W
      `,
      { values: { T1: ['0', '1'], T2: ['0', '1'] } },
    )
    expect(ids).toEqual(['lost-update'])
  })

  it('counts each lost update once, and says what the counter would be without the losses', () => {
    const { observed, task, model } = findingsOf(
      `
      T1  R─···W
      T2   R─···W
      T3    R─···W
      `,
      {
        values: { T1: ['0', '1'], T2: ['0', '1'], T3: ['0', '1'] },
        accessSite: 'count (count.ts:3)',
      },
    )
    const [finding] = observed
    expect(finding!.evidence).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ label: 'lost updates', value: 2 }),
        expect.objectContaining({ label: 'value in the end', value: '1' }),
        expect.objectContaining({ label: 'value if none had been lost', value: '3' }),
      ]),
    )
    expect(finding!.victims.rows).toEqual([task('T1'), task('T2')].map(index => model.tasks[index]!.row))
    expect(finding!.steps).toHaveLength(6)
  })

  it('works with hashes, with versions, and with no values at all', () => {
    const picture = `
      T1  R──····W
      T2    R··W
      `
    expect(findingsOf(picture).observed[0]).toMatchObject({ detector: 'lost-update', severity: 'high' })
    expect(findingsOf(picture, { values: { T1: ['a1f', 'c3d'], T2: ['a1f', 'b2e'] } }).ids).toEqual([
      'lost-update',
    ])
    expect(findingsOf(picture, { versions: { T1: ['1', '2'], T2: ['1', '2'] } }).ids).toEqual(['lost-update'])
  })

  it('is one finding per key and site, however often it happened', () => {
    const { observed } = findingsOf(
      `
      T1  R──···W
      T2   R──···W
      T3    R──···W
      T4     R──···W
      `,
      { values: { T1: ['0', '1'], T2: ['0', '1'], T3: ['0', '1'], T4: ['0', '1'] }, tasks: {} },
    )
    expect(observed.length).toBeLessThanOrEqual(3)
    expect(new Set(observed.map(finding => finding.detector))).toEqual(new Set(['lost-update']))
  })

  describe('says why it was unguarded', () => {
    const values = { T1: ['0', '5'], T2: ['0', '3'] }
    it('the other writer did not take the lock', () => {
      const { observed } = findingsOf(
        `
        T1       R──···W
        T2         R·W
        T1@lock  ########
        `,
        { values },
      )
      expect(observed[0]!.text.rule).toBe(
        'from its read to its write a task is alone with k; here the other writer did not take lock',
      )
      expect(observed[0]!.text.remedy.primitive).toBe('take lock in every writer')
    })
    it('the lock was released between read and write', () => {
      const { observed } = findingsOf(
        `
        T1       R──····W
        T2         R··W
        T1@lock  ##     ##
        T2@lock    ~####
        `,
        { values },
      )
      expect(observed[0]!.text.rule).toBe(
        'from its read to its write a task is alone with k; here lock was released in between',
      )
    })
    it('each process has a lock of its own', () => {
      const { observed } = findingsOf(
        `
        T1       R──······W
        T2          R···W
        T1@lock  ###########
        T2@lock     ######
        `,
        {
          key: 'row:stock/7',
          values,
          tasks: { T2: { process: 'q' } },
          resources: { lock: { perProcess: true } },
          unitMs: 5,
        },
      )
      expect(observed.map(finding => finding.detector)).toEqual(['lost-update'])
      expect(observed[0]!.text.rule).toBe(
        'from its read to its write a task is alone with row:stock/7; here each task held an instance of lock of its own',
      )
      expect(observed[0]!.text.remedy.primitive).toContain('row lock')
    })
    it('the read was outside the lock', () => {
      const { observed } = findingsOf(
        `
        T1       R──·····W
        T2         R··W
        T1@lock       ~~##
        T2@lock    #####
        `,
        { values },
      )
      expect(observed[0]!.text.rule).toBe(
        'from its read to its write a task is alone with k; here the read was outside lock, only the write inside',
      )
    })
  })

  describe('stays silent', () => {
    const silent = (name: string, picture: string, options: Parameters<typeof findingsOf>[1] = {}) =>
      it(name, () => expect(findingsOf(picture, options).ids).toEqual([]))

    silent(
      'on one slice: nothing fits between two instants of it',
      `
      T1  R────W
      T2    RW
      `,
      { noSeq: true },
    )
    silent(
      'on updates one after another',
      `
      T1  R──··W
      T2        R─··W
      `,
    )
    silent(
      'on a lock kept from read to write',
      `
      T1       ─R─··W
      T2        ·····R─··W
      T1@lock  ######
      T2@lock   ~~~~~#####
      `,
    )
    silent(
      'on a write without a read before it',
      `
      T1  W────····W
      T2     W
      `,
    )
    silent(
      'on atomic increments',
      `
      T1  R────····I
      T2     I
      `,
    )
    silent(
      'on a compare-and-set',
      `
      T1  R────····S
      T2     R···S
      `,
    )
    silent(
      'on a refused write that is tried again',
      `
      T1  R────····X··R··W
      T2     R···W
      `,
    )
    silent(
      'on the double-checked refresh: the read before the write is fresh',
      `
      T1       R─··R····W
      T2        R·········R─
      T1@lock     ########
      T2@lock     ~~~~~~~~###
      `,
      { key: 'cache:user/1', values: { T1: ['miss', 'miss', 'v'], T2: ['miss', 'v'] } },
    )
    silent(
      'on the reconnect guard: flag read and set in one slice',
      `
      T1  RW─······W
      T2     R─
      `,
      { values: { T1: ['false', 'true', 'false'], T2: ['true'] } },
    )
    silent(
      'on a parent and its awaited child',
      `
      T1  R────····W
      T2     R···W
      `,
      { tasks: { T2: { parent: 'T1' } } },
    )
    silent(
      'on equal variables of two processes',
      `
      T1  R────····W
      T2     R···W
      `,
      { key: 'var:count', tasks: { T2: { process: 'q' } } },
    )
    silent(
      'on equal variables of two workers',
      `
      T1  R────····W
      T2     R···W
      `,
      {
        key: 'var:count',
        tasks: { T1: { loop: 'w1' }, T2: { loop: 'w2' } },
        loops: { 'p#w1': { kind: 'worker' }, 'p#w2': { kind: 'worker' } },
      },
    )
    silent(
      'on dict assignments that read nothing',
      `
      T1  ─W··──
      T2  ──W·──
      `,
    )
    silent(
      'on two who write the same word',
      `
      A1  R────····W
      B2     R···W
      `,
      { values: { A1: ['new', 'seen'], B2: ['new', 'seen'] } },
    )
    silent(
      'on an update that was rolled back',
      `
      T1        R──······W
      T2          R··W─!
      T2@tx       ######
      `,
      { resources: { tx: { type: 'transaction' } } },
    )
  })

  it('is only possible, not certain, when clocks of two processes can not tell the order', () => {
    const { observed } = findingsOf(
      `
      T1  R──····W
      T2     RW
      `,
      {
        key: 'row:a/1',
        tasks: { T2: { process: 'q' } },
        processes: { q: { uncertaintyNs: 5e6 } },
        unitMs: 1,
      },
    )
    expect(observed[0]!.confidence).toBeLessThan(0.65)
    expect(observed[0]!.missing.join(' ')).toContain('clock')
  })
})
