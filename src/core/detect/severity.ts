/** Severity is impact only; what is known about the evidence never enters. */
import type { Severity } from './finding.ts'
import { severities } from './finding.ts'

export const worst = (a: Severity, b: Severity): Severity =>
  severities.indexOf(a) <= severities.indexOf(b) ? a : b

/** Users were cut off, or nobody moved: critical. An error or a second of delay: high. A bounded delay: medium. */
export function severityOfDelay(impact: {
  readonly errors: number
  readonly worstNs: number
  readonly stuck: boolean
}): Severity {
  if (impact.stuck) return 'critical'
  if (impact.errors > 0 || impact.worstNs >= 1e9) return 'high'
  return impact.worstNs >= 100e6 ? 'medium' : 'low'
}
