/** Recordings of ordinary services against their truth: the fault among the first findings, never surer than it can be. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { analyseFile } from '../../../scripts/score.ts'
import { sameSite } from '../../../src/core/config/site.ts'
import { severities } from '../../../src/core/detect/finding.ts'
import { openSession } from '../../../src/core/session.ts'
import { sourceOf } from '../../support/otlp.ts'

const folder = resolve(import.meta.dirname, '../../../fixtures/ordinary')

const truthSchema = z.object({
  version: z.literal(1),
  service: z.string(),
  recordings: z.record(
    z.string(),
    z.object({
      expected: z.array(
        z.object({
          detectors: z.array(z.string()),
          subject: z.object({ kind: z.string(), name: z.string() }),
          site: z.string(),
          victims: z.object({ min: z.number() }),
          severity: z.array(z.enum(severities)),
          confidence: z.array(z.string()),
          rank: z.number(),
        }),
      ),
      allowed: z.array(z.string()).default([]),
      below: z.enum(severities).default('medium'),
    }),
  ),
})

const services = readdirSync(folder, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .map(entry => entry.name)

/** `*` stands for anything. */
const matches = (pattern: string, text: string): boolean =>
  new RegExp(`^${pattern.replace(/[.+?()[\]{}|\\^$]/g, '\\$&').replaceAll('*', '.*')}$`).test(text)

describe.each(services)('ordinary service %s', service => {
  const truth = truthSchema.parse(JSON.parse(readFileSync(join(folder, service, 'truth.json'), 'utf8')))

  it.each(Object.keys(truth.recordings))('%s', async name => {
    const { expected, allowed, below } = truth.recordings[name]!
    const path = join(folder, service, `${name}.otlp.jsonl`)
    expect(readFileSync(path).length).toBeLessThan(600 * 1024)
    const found = await analyseFile(path)
    const observed = found.findings.filter(finding => finding.product === 'observed')
    const told = new Set<string>()
    for (const want of expected) {
      const finding = observed
        .slice(0, want.rank)
        .find(
          ({ detector, subject }) => want.detectors.includes(detector) && subject.kind === want.subject.kind,
        )
      expect(finding, `${want.detectors.join(' or ')} among the first ${want.rank}`).toBeDefined()
      told.add(finding!.id)
      expect(matches(want.subject.name, finding!.subject.name), finding!.subject.name).toBe(true)
      if (want.site !== '')
        expect(sameSite(want.site, finding!.culprit.site), finding!.culprit.site).toBe(true)
      expect(finding!.victims.count).toBeGreaterThanOrEqual(want.victims.min)
      expect(want.severity).toContain(finding!.severity)
      expect(want.confidence).toContain(finding!.confidenceWord)
      expect(finding!.missing.length, 'says what would make it sure').toBeGreaterThan(0)
    }
    const rest = observed.filter(
      ({ id, detector, severity }) =>
        !told.has(id) &&
        !allowed.includes(detector) &&
        severities.indexOf(severity) <= severities.indexOf(below),
    )
    expect(rest.map(finding => finding.title)).toEqual([])
  })
})

it('shows the lock in Redis of the Node service: who had it, who waited', async () => {
  const { session } = await openSession([
    sourceOf('healthy', readFileSync(join(folder, 'node', 'healthy.otlp.jsonl'))),
  ])
  const { resources, holds, waits } = session.model
  const lock = resources.findIndex(resource => resource.name === 'redis:lock:stock:7')
  expect(holds.filter(hold => hold.resource === lock)).toHaveLength(6)
  const waited = waits.filter(wait => wait.resource === lock)
  expect(waited.length).toBeGreaterThanOrEqual(3)
  expect(waited.every(wait => wait.inferred?.rule === 'L2' && wait.hold >= 0)).toBe(true)
})
