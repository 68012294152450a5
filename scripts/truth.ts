/** What an incident's recordings must and must not say, and whether an analysis says it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { sameSite } from '../src/core/config/site.ts'
import { severities } from '../src/core/detect/finding.ts'
import type { AnalysisJson, FindingJson } from '../src/core/report/analysis-json.ts'

const severity = z.enum(severities)

const expectedSchema = z.object({
  detector: z.string(),
  subject: z.object({ kind: z.string(), name: z.string() }),
  /** `function (file.ts:line)`; a part left out may be anything. */
  site: z.string(),
  product: z.enum(['observed', 'predicted']).default('observed'),
  victims: z
    .object({
      min: z.number().default(0),
      max: z.number().optional(),
      /** Names of all the tasks that were harmed. */
      tasks: z.array(z.string()).optional(),
    })
    .optional(),
  severity: z.array(severity).optional(),
  /** It is the finding of rank one. */
  first: z.boolean().default(false),
})

const runSchema = z.object({
  expected: z.array(expectedSchema).default([]),
  /** Detectors that may speak beside the expected ones. */
  allowed: z.array(z.string()).default([]),
  /** Observed findings must be below this. */
  below: severity.default('low'),
  cleared: z.array(z.object({ detector: z.string(), subject: z.string() })).default([]),
})

export const truthSchema = z.object({
  version: z.literal(1),
  incident: z.string(),
  bug: runSchema.optional(),
  fixed: runSchema.optional(),
  benign: runSchema.optional(),
})

export type Truth = z.infer<typeof truthSchema>
export type Expected = z.infer<typeof expectedSchema>
export type Run = z.infer<typeof runSchema>

export const variants = ['bug', 'fixed', 'benign'] as const
export type Variant = (typeof variants)[number]

/** Incidents with a truth, by name. */
export function readTruths(folder: string): { name: string; folder: string; truth: Truth }[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort()
    .flatMap(name => {
      const path = join(folder, name)
      if (!readdirSync(path).includes('truth.json')) return []
      const truth = truthSchema.parse(JSON.parse(readFileSync(join(path, 'truth.json'), 'utf8')))
      return [{ name, folder: path, truth }]
    })
}

/** Everything in which an analysis differs from the truth, one sentence each; empty when it agrees. */
export function differences(run: Run, found: AnalysisJson): string[] {
  const out: string[] = []
  const observed = found.findings.filter(finding => finding.product === 'observed')
  const matched = new Set<string>()
  for (const expected of run.expected) {
    const match = found.findings.find(finding => matches(expected, finding))
    if (!match) {
      const near = found.findings.find(finding => finding.detector === expected.detector)
      out.push(
        `missed ${expected.detector} on ${expected.subject.name} at ${expected.site}` +
          (near ? `; found ${near.detector} on ${near.subject.name} at ${near.culprit.site}` : ''),
      )
      continue
    }
    matched.add(match.id)
    if (expected.first && match.id !== 'F1')
      out.push(`${match.detector} is ${match.id}, not first; F1 is ${observed[0]?.detector}`)
    if (expected.severity && !expected.severity.includes(match.severity))
      out.push(`${match.detector} is ${match.severity}, not ${expected.severity.join(' or ')}`)
    const { min = 0, max = Number.POSITIVE_INFINITY } = expected.victims ?? {}
    if (match.victims.count < min || match.victims.count > max)
      out.push(`${match.detector} has ${match.victims.count} victims, not ${min} or more`)
  }
  for (const finding of observed) {
    if (matched.has(finding.id) || run.allowed.includes(finding.detector)) continue
    // On a bug recording whatever speaks besides must be allowed; on a healthy one it must stay below the limit.
    if (run.expected.length === 0 && severities.indexOf(finding.severity) > severities.indexOf(run.below))
      continue
    out.push(`unexpected ${finding.severity} ${finding.detector}: ${finding.title}`)
  }
  for (const clear of run.cleared) {
    if (!found.cleared.some(entry => entry.detector === clear.detector && entry.subject === clear.subject)) {
      out.push(`${clear.subject} is not among what ${clear.detector} cleared`)
    }
  }
  return out
}

export interface Verdict {
  readonly expected: number
  /** Expected findings that are there: detector, subject and culprit site agree. */
  readonly found: number
  /** Whether the finding that is the cause stands first; null where none is expected. */
  readonly first: boolean | null
  /** How far the named victims agree with those found: size of what both have over what either has; one per finding. */
  readonly overlaps: readonly number[]
  /** Observed findings of low or above that nobody expects or allows, one title each. */
  readonly wrong: readonly string[]
}

/** The numbers of the score: the same comparison, counted. */
export function judge(run: Run, found: AnalysisJson): Verdict {
  const byExpected = run.expected.map(expected =>
    found.findings.filter(finding => matches(expected, finding)),
  )
  const leading = run.expected.findIndex(expected => expected.first)
  const known = new Set(byExpected.flat().map(finding => finding.id))
  return {
    expected: run.expected.length,
    found: byExpected.filter(list => list.length > 0).length,
    overlaps: run.expected.flatMap(({ victims }, at) =>
      victims?.tasks && byExpected[at]![0] ? [overlap(victims.tasks, byExpected[at]![0])] : [],
    ),
    first: leading < 0 ? null : byExpected[leading]!.some(finding => finding.id === 'F1'),
    wrong: found.findings
      .filter(
        finding =>
          finding.product === 'observed' &&
          finding.severity !== 'info' &&
          !known.has(finding.id) &&
          !run.allowed.includes(finding.detector),
      )
      .map(finding => `${finding.severity} ${finding.detector}: ${finding.title}`),
  }
}

function overlap(tasks: readonly string[], { victims }: FindingJson): number {
  const wanted = new Set(tasks)
  const found = new Set(victims.spans.map(span => span.name.replace(/^task /, '')))
  return wanted.intersection(found).size / wanted.union(found).size
}

function matches(expected: Expected, finding: FindingJson): boolean {
  return (
    finding.product === expected.product &&
    finding.detector === expected.detector &&
    finding.subject.kind === expected.subject.kind &&
    finding.subject.name === expected.subject.name &&
    sameSite(expected.site, finding.culprit.site)
  )
}
