/** What `interleave.config.json` may say. */
import { z } from 'zod'
import { type UserRule, userRoles } from '../convention/user-rule.ts'
import type { DetectorId, Finding } from '../detect/finding.ts'
import { detectors } from '../detect/registry.ts'
import { defaultThresholds, type ThresholdName, type Thresholds } from '../detect/thresholds.ts'
import { sameSite } from './site.ts'

/** Findings that are as they should be: they are listed under what was ruled out, with the reason. */
export interface Allowed {
  readonly detector: DetectorId
  /** `function (file.ts:line)`; a part left out may be anything. */
  readonly site: string
  readonly reason: string
}

export interface Config {
  /** Limits to change, by the names of `detect/thresholds.ts`. */
  readonly thresholds: Partial<Thresholds>
  readonly allow: readonly Allowed[]
  /** Roles of spans, before any preset. */
  readonly rules: readonly UserRule[]
}

export const emptyConfig: Config = { thresholds: {}, allow: [], rules: [] }

const text = z.string().trim().min(1, 'must not be empty').max(500)

const ruleSchema = z.strictObject({
  match: z
    .strictObject({
      service: text.optional(),
      name: text.optional(),
      scope: text.optional(),
      attributes: z.record(text, text).optional(),
    })
    .refine(match => Object.keys(match).length > 0, 'must name service, name, scope or attributes'),
  role: z.enum(userRoles),
  resource: text.optional(),
  type: text.optional(),
  capacity: z.int().positive().optional(),
}) satisfies z.ZodType<UserRule>

export const configSchema = z.strictObject({
  version: z.literal(1).default(1),
  thresholds: z
    .partialRecord(z.enum(Object.keys(defaultThresholds) as ThresholdName[]), z.number().nonnegative())
    .default({}),
  allow: z
    .array(z.strictObject({ detector: z.enum(detectors.map(({ id }) => id)), site: text, reason: text }))
    .max(10_000)
    .default([]),
  rules: z.array(ruleSchema).max(1000).default([]),
})

/** The later one's limits win. */
export function joinConfigs(configs: readonly Config[]): Config {
  return configs.reduce(
    (all, next) => ({
      thresholds: { ...all.thresholds, ...next.thresholds },
      allow: [...all.allow, ...next.allow],
      rules: [...all.rules, ...next.rules],
    }),
    emptyConfig,
  )
}

/** Why a finding is allowed; undefined when it is not. A finding without a site can't be allowed by one. */
export const allowedBy = (
  allow: readonly Allowed[],
  finding: Pick<Finding, 'detector' | 'culprit'>,
): Allowed | undefined =>
  finding.culprit.site === ''
    ? undefined
    : allow.find(
        ({ detector, site }) => detector === finding.detector && sameSite(site, finding.culprit.site),
      )
