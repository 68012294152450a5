/** What `interleave.config.json` may say. */
import type { UserRule } from '../convention/user-rule.ts'
import type { DetectorId, Finding } from '../detect/finding.ts'
import type { Thresholds } from '../detect/thresholds.ts'
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
