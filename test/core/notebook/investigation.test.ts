import { describe, expect, it } from 'vitest'
import { rangeAnchor } from '../../../src/core/notebook/anchors.ts'
import { findingKey } from '../../../src/core/notebook/finding-key.ts'
import {
  contradictions,
  evidencePlace,
  factsOf,
  incidentTimeNs,
  standingAtoms,
  stillToFix,
} from '../../../src/core/notebook/investigation.ts'
import { type Atom, emptyContent } from '../../../src/core/notebook/note.ts'
import { atomOf } from '../../support/notes.ts'
import { sessionOf } from '../../support/scene.ts'

const race = () =>
  sessionOf(
    `
    T1  ──────────R────··········W──
    T2  ─────────────R···W──────────
  `,
    { key: 'row:jobs/4521' },
  )

describe('what stands', () => {
  const first = atomOf({ id: '1' })
  it('leaves out what was superseded', () => {
    expect(standingAtoms([first, atomOf({ id: '2', supersedes: '1' })]).map(({ id }) => id)).toEqual(['2'])
  })
  it('stands an atom that supersedes itself', () => {
    expect(standingAtoms([atomOf({ id: '1', supersedes: '1' })])).toHaveLength(1)
  })
})

describe('the two facts', () => {
  it('are independent, and the investigator has the last word', () => {
    const [finding] = race().analysis.findings
    const id = findingKey(finding!)
    const said = { id, explains: 'no' as const, defect: '' as const, by: 'ada', editedAt: '' }
    expect(factsOf(finding!, [])).toEqual({ explains: finding!.explains, defect: finding!.defect, by: '' })
    expect(factsOf(finding!, [said])).toEqual({ explains: 'no', defect: finding!.defect, by: 'ada' })
    expect(factsOf(finding!, [{ ...said, explains: '', defect: 'no' }])).toMatchObject({
      explains: finding!.explains,
      defect: false,
    })
  })
})

describe('still to fix', () => {
  const { findings } = race().analysis
  const key = findingKey(findings[0]!)
  const fix = atomOf({ id: 'fix', kind: 'fix', evidence: [key] })
  const ids = (content: Partial<typeof emptyContent>): string[] =>
    stillToFix(findings, { ...emptyContent, ...content }).map(({ finding }) => finding.id)

  it('holds every defect, whatever explains the symptom', () => {
    expect(ids({})).toContain('F1')
    expect(ids({ judgements: [{ id: key, explains: 'yes', defect: '', by: '', editedAt: '' }] })).toEqual(
      ids({}),
    )
  })
  it('lets go of one when a fix of it is verified, or it is called no defect', () => {
    expect(ids({ atoms: [fix] })).toContain('F1')
    expect(ids({ atoms: [{ ...fix, verdict: 'applied' }] })).toContain('F1')
    expect(ids({ atoms: [{ ...fix, verdict: 'verified' }] })).not.toContain('F1')
    expect(
      ids({ judgements: [{ id: key, explains: '', defect: 'no', by: '', editedAt: '' }] }),
    ).not.toContain('F1')
  })
  it('takes a fix of one finding for a fix of all that tell of the same defect', () => {
    const [first] = findings
    const other = { ...first!, id: 'F99', subject: { ...first!.subject, name: 'row:jobs/7' } }
    const queueWith = (atoms: readonly Atom[]) => stillToFix([first!, other], { ...emptyContent, atoms })
    expect(queueWith([fix]).map(({ finding, others }) => [finding.id, others.map(({ id }) => id)])).toEqual([
      ['F1', ['F99']],
    ])
    expect(queueWith([{ ...fix, evidence: [findingKey(other)], verdict: 'verified' }])).toEqual([])
  })
  it('takes it back when the verified fix is superseded', () => {
    const again = atomOf({ id: 'again', kind: 'fix', evidence: [key], supersedes: 'fix' })
    expect(ids({ atoms: [{ ...fix, verdict: 'verified' }, again] })).toContain('F1')
  })
})

describe('contradictions', () => {
  const supported = (id: string, change = {}) => atomOf({ id, verdict: 'supported', ...change })
  const outcome = (id: string, about: string, verdict: 'supports' | 'refutes', change = {}) =>
    atomOf({ id, kind: 'outcome', about, verdict, ...change })

  it('are two supported hypotheses that exclude each other', () => {
    const pair = [supported('a', { excludes: ['b'] }), supported('b')]
    expect(contradictions(pair)).toMatchObject([{ atoms: ['a', 'b'] }])
    expect(contradictions([pair[0]!, { ...pair[1]!, verdict: 'refuted' }])).toEqual([])
  })
  it('are an outcome against the verdict, also through a test', () => {
    const test = atomOf({ id: 't', kind: 'test', about: 'h' })
    expect(contradictions([supported('h'), test, outcome('o', 't', 'refutes')])).toMatchObject([
      { atoms: ['o', 'h'], why: expect.stringContaining('refutes') },
    ])
    expect(contradictions([supported('h'), test, outcome('o', 't', 'supports')])).toEqual([])
  })
  it('are two outcomes that say the opposite, until one is superseded', () => {
    const two = [atomOf({ id: 'h' }), outcome('o', 'h', 'supports'), outcome('p', 'h', 'refutes')]
    expect(contradictions(two)).toMatchObject([{ atoms: ['o', 'p'] }])
    expect(contradictions([...two, outcome('q', 'h', 'refutes', { supersedes: 'o' })])).toEqual([])
  })
  it('are a verified fix of what is refuted', () => {
    const fix = atomOf({ id: 'f', kind: 'fix', about: 'h', verdict: 'verified' })
    expect(contradictions([atomOf({ id: 'h', verdict: 'refuted' }), fix])).toHaveLength(1)
  })
})

describe('evidence', () => {
  it('is found in the session or told to be lost, and dates the atom', () => {
    const session = race()
    const [finding] = session.analysis.findings
    const atom = atomOf({ evidence: ['gone|task:x|', rangeAnchor(session, 3e6, 4e6), findingKey(finding!)] })
    expect(atom.evidence.map(one => evidencePlace(session, one).kind)).toEqual(['lost', 'place', 'finding'])
    expect(incidentTimeNs(session, atom)).toBe(Math.min(3e6, finding!.startNs))
    expect(incidentTimeNs(session, atomOf())).toBe(-1)
  })
})
