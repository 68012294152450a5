import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { analyze } from '../../../src/core/detect/analyze.ts'
import { severities } from '../../../src/core/detect/finding.ts'
import { findingsOf } from '../../support/analysed.ts'
import { draw } from '../../support/trace-dsl.ts'

const text = (...chars: string[]) =>
  fc.array(fc.constantFrom(...chars), { minLength: 1, maxLength: 24 }).map(list => `─${list.join('')}`)
const tasks = fc.array(text('─', '·', 'R', 'W', 'C', 'X', 'I', ' '), { minLength: 1, maxLength: 5 })
const holds = fc.array(fc.tuple(fc.nat(4), fc.nat(2), text('~', '#', '-', '|', '!', 'x', ' ')), {
  maxLength: 10,
})
const endings = fc.array(fc.constantFrom('', '!', '?', '>'), { minLength: 5, maxLength: 5 })
const pictures = fc
  .tuple(tasks, holds, endings)
  .map(([lines, uses, ends]) =>
    [
      ...lines.map((line, i) => `T${i}     ${line}${ends[i]}`),
      ...uses
        .filter(([task]) => task < lines.length)
        .map(([task, lock, line]) => `T${task}@r${lock}  ${line.replace('─', '~')}`),
    ].join('\n'),
  )

describe('analyze', () => {
  it('holds its promises on any trace: ranked, bounded, the same twice, never thrown', () => {
    fc.assert(
      fc.property(pictures, fc.constantFrom(1, 50, 400), (picture, unitMs) => {
        const options = {
          unitMs,
          resources: { r1: { type: 'pool', capacity: 2 }, r2: { type: 'semaphore', capacity: 2 } },
        }
        const { analysis, model } = findingsOf(picture, options)
        expect(findingsOf(picture, options).analysis).toEqual(analysis)
        const ids = new Set(analysis.findings.map(finding => finding.id))
        analysis.findings.forEach((finding, index) => {
          expect(finding.id).toBe(`F${index + 1}`)
          expect(finding.steps.length).toBeLessThanOrEqual(8)
          expect(finding.steps.map(step => step.atNs)).toEqual(
            finding.steps.map(step => step.atNs).sort((a, b) => a - b),
          )
          expect(finding.endNs).toBeGreaterThanOrEqual(finding.startNs)
          expect(finding.confidence).toBeGreaterThan(0)
          expect(finding.confidence).toBeLessThanOrEqual(1)
          expect(finding.text.title).not.toMatch(/undefined|NaN|Infinity/)
          for (const step of finding.steps) expect(step.task).toBeLessThan(model.tasks.length)
          for (const { value } of finding.evidence)
            if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true)
        })
        const observed = analysis.findings
          .filter(finding => finding.product === 'observed')
          .map(finding => severities.indexOf(finding.severity))
        expect(observed).toEqual([...observed].sort((a, b) => a - b))
        for (const cause of analysis.causes) {
          expect(cause.share).toBeGreaterThanOrEqual(0)
          expect(cause.share).toBeLessThanOrEqual(1)
          for (const id of [cause.finding, ...cause.explains, ...cause.unexplained])
            expect(ids.has(id)).toBe(true)
        }
        expect(analysis.checklist).toHaveLength(10)
      }),
      { numRuns: 300 },
    )
  })

  it('is one finding per detector, subject and culprit site', () => {
    fc.assert(
      fc.property(pictures, picture => {
        const { observed } = findingsOf(picture, { unitMs: 400 })
        const keys = observed.map(
          finding => `${finding.detector} ${finding.subject.name} ${finding.culprit.site}`,
        )
        expect(new Set(keys).size).toBe(keys.length)
      }),
      { numRuns: 200 },
    )
  })

  it('stops when its signal says so', () => {
    const { store, model, report } = draw('T1  R··W\n')
    expect(() => analyze(store, model, report, { signal: AbortSignal.abort(new Error('closed')) })).toThrow(
      'closed',
    )
  })

  it('runs only the detectors asked for, and says so in the checklist', () => {
    const { store, model, report } = draw('T1  R────····W\nT2     R···W\n')
    const analysis = analyze(store, model, report, { detectors: ['loop-stall'] })
    expect(analysis.findings).toEqual([])
    expect(analysis.checklist.find(entry => entry.item === 'shared-state-race')).toMatchObject({
      state: 'not-observable',
    })
  })

  it('prints the thresholds it used, and takes others', () => {
    const picture = 'T0  ──\nT1    ────────\nT2  ──········──\n'
    const options = {
      unitMs: 10,
      noAwaits: true,
      requests: [{ task: 'T0', operation: 'GET /' }],
      awaits: [{ task: 'T2', startMs: 20, endMs: 100, readyMs: 30 }],
    }
    expect(findingsOf(picture, options).ids).toEqual([])
    const [finding] = findingsOf(picture, { ...options, thresholds: { stallNs: 50e6 } }).observed
    expect(finding!.evidence).toContainEqual({ label: 'threshold stallNs', value: 50e6, unit: 'ns', row: -1 })
  })

  it('says what can not be seen instead of "clean"', () => {
    const { analysis } = findingsOf('T1  ───\n', { noSlices: true })
    expect(analysis.checklist.find(entry => entry.item === 'unreleased-resource')).toMatchObject({
      state: 'not-observable',
      why: 'this trace has no holds',
    })
    expect(analysis.checklist.every(entry => entry.state !== 'clean' || entry.why !== '')).toBe(true)
    const bare = findingsOf('T1  ───\n', { noSlices: true, noAwaits: true }).analysis
    expect(bare.checklist.filter(entry => entry.state === 'clean')).toEqual([])
  })
})
