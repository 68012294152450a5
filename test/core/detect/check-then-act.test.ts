import { describe, expect, it } from 'vitest'
import { findingsOf } from '../../support/analysed.ts'

describe('check then act', () => {
  it('reports a check that another task made false', () => {
    const { observed } = findingsOf(
      `
      T1  C──···W
      T2   C──W
      `,
      { key: 'var:queue.size', values: { T1: ['9', '11'], T2: ['9', '10'] } },
    )
    expect(observed.map(finding => finding.detector)).toEqual(['check-then-act'])
    expect(observed[0]!.victims.count).toBe(1)
  })
  it('reports a create after a stale look', () => {
    expect(
      findingsOf(
        `
      T1  R──···N
      T2   R──N
      `,
        { key: 'file:/tmp/x', values: { T1: ['false', 'a'], T2: ['false', 'b'] } },
      ).ids,
    ).toEqual(['check-then-act'])
  })
  it('says the error when the act failed for it', () => {
    const { observed } = findingsOf(
      `
      T1  C──···X!
      T2   C──D
      `,
      { key: 'queue:orders', values: { T1: ['1'], T2: ['1', '0'] } },
    )
    expect(observed.map(finding => finding.detector)).toEqual(['check-then-act'])
    expect(observed[0]!.evidence.map(entry => entry.label)).toContain('the act failed with')
  })

  describe('stays silent', () => {
    const silent = (name: string, picture: string, options: Parameters<typeof findingsOf>[1] = {}) =>
      it(name, () => expect(findingsOf(picture, options).ids).toEqual([]))
    silent(
      'when it checks again before it acts',
      `
      T1  C──···CW
      T2   C──W
      `,
    )
    silent(
      'when check and act are one slice',
      `
      T1  CW──···
      T2   ─CW
      `,
    )
    silent(
      'when the act is refused and caught',
      `
      T1  C──···X─
      T2   C──W
      `,
    )
    silent(
      'when two fill an empty entry alike',
      `
      T1  C──···W
      T2   C──W
      `,
      { key: 'cache:user/1', values: { T1: ['miss', 'v'], T2: ['miss', 'v'] } },
    )
  })
})
