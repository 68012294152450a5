import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { analyseFile, score } from '../../../scripts/score.ts'
import { openRecording } from '../../support/open-recording.ts'

const incidents = resolve(import.meta.dirname, '../../../fixtures/incidents')

describe('recorded incidents', () => {
  it('are said as they are, and their fixed variants left in peace', async () => {
    const scored = await score(incidents)
    expect(scored.length).toBeGreaterThanOrEqual(6)
    expect(
      scored.flatMap(row => row.differences.map(text => `${row.incident} ${row.variant}: ${text}`)),
    ).toEqual([])
  })

  it('lying-clock: two factors, contention, the slow peer, the free loop, one cause of five symptoms', async () => {
    const found = await analyseFile(join(incidents, 'lying-clock/bug.otlp.jsonl'))
    const [cause] = found.causes
    expect(found.findings.find(finding => finding.id === cause!.finding)).toMatchObject({
      detector: 'sequential-awaits',
      title: expect.stringContaining('send to slow took'),
    })
    expect(
      cause!.explains.map(id => found.findings.find(finding => finding.id === id)!.detector).sort(),
    ).toEqual(['late-heartbeat', 'late-heartbeat', 'out-of-order', 'retry-storm', 'timer-drift'])
    expect(cause!.share).toBeGreaterThanOrEqual(0.9)
    expect(cause!.unexplained).toEqual([])
    const drift = found.findings.find(finding => finding.detector === 'timer-drift')!
    const value = (label: string) => drift.evidence.find(entry => entry.label === label)!.value
    expect(value('tick-count factor: by too many ticks')).toBe(1)
    expect(value('tick-gap factor: by late ticks')).toBeCloseTo(
      Number(value('stretch: took as many times as long')),
    )
    expect(value('kind')).toBe('contention')
    expect(value('why its ticks were late')).toContain('the loop was free')
  })

  it('frozen-app: holders, site, useful part, first victim, what was ruled out', async () => {
    const found = await analyseFile(join(incidents, 'frozen-app/bug.otlp.jsonl'))
    const [leak] = found.findings
    expect(leak!.title).toMatch(/10 of 10 held; .+ timed out after \d/)
    expect(leak!.culprit.site).toMatch(/\(auth\.ts:\d+\)$/)
    const useful = leak!.evidence.find(entry => entry.label === 'part of that time it was in use')
    expect(useful!.value).toBeLessThan(5)
    expect(leak!.remedy.whatIf).toMatchObject({ waits: 0 })
    expect(leak!.remedy.why).toContain('would only hide it')
    expect(found.causes[0]).toMatchObject({ finding: 'F1', explains: ['F2'] })
    expect(found.cleared.find(entry => entry.subject === 'thread-pool')!.reason).toMatch(/^peak 4 of 100/)
    expect(found.cleared).toContainEqual({
      detector: 'pool-exhausted',
      subject: '63 idle connections on the database server, which allows 100',
      reason: '63 of 100 at most: the limit was never reached, so nobody waited for it',
    })
  })

  it('frozen-app: what was predicted for the fix is what the fixed recording shows', async () => {
    const bug = await analyseFile(join(incidents, 'frozen-app/bug.otlp.jsonl'))
    const { whatIf } = bug.findings[0]!.remedy
    const fixed = await openRecording(join(incidents, 'frozen-app/fixed.otlp.jsonl'))
    const { model } = fixed.session
    const pool = model.resources.findIndex(resource => resource.name === 'db-pool')
    expect(model.holds.filter(hold => hold.resource === pool).length).toBeGreaterThanOrEqual(10)
    const waited = model.waits.filter(wait => wait.resource === pool && wait.endNs - wait.startNs > 1e6)
    expect(waited.length).toBe(whatIf.waits)
    expect(whatIf.largerPoolPeak).toBeGreaterThan(10)
  })

  it('double-completion: the gap, the interleaving with values, nothing held, the error', async () => {
    const found = await analyseFile(join(incidents, 'double-completion/bug.otlp.jsonl'))
    const [race] = found.findings
    expect(race!.title).toMatch(/\d ms apart: overlapping critical sections on row:jobs\/4521/)
    expect(race!.rule).toBe(
      'from its read to its write a task is alone with row:jobs/4521; here nothing held it',
    )
    expect(race!.key).toBe('row:jobs/4521')
    const accesses = race!.steps.filter(step => /^(read|write|check)/.test(step.event))
    expect(accesses.map(step => `${step.event} ${step.value}`)).toEqual([
      'read in_progress',
      'read in_progress',
      'write completed',
      'write completed',
    ])
    expect(race!.evidence.some(entry => String(entry.value).includes('unique constraint'))).toBe(true)
    expect(race!.remedy.primitive).toBe('row lock + 409 Conflict')
  })

  it('say the same twice', async () => {
    const path = join(incidents, 'blocked-loop/bug.otlp.jsonl')
    expect(readFileSync(path).length).toBeGreaterThan(0)
    expect(await analyseFile(path)).toEqual(await analyseFile(path))
  })
})

describe('recorded patterns', () => {
  it('are told by detector, subject and site, and nothing is said of what only looks like them', async () => {
    const scored = await score(resolve(incidents, '../patterns'))
    expect(scored.filter(row => row.variant === 'bug').length).toBeGreaterThanOrEqual(24)
    expect(scored.filter(row => row.variant === 'benign').length).toBeGreaterThanOrEqual(15)
    expect(
      scored.flatMap(row => row.differences.map(text => `${row.incident} ${row.variant}: ${text}`)),
    ).toEqual([])
  }, 60_000)
})
