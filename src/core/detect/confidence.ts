/**
 * Confidence is evidence only.
 * Base by tier, more for values and errors that agree and for repetition, less for coarse keys and gaps in the trace.
 */
export interface Grounds {
  /** 0.75 observed, 0.55 inferred from ordinary spans, 0.35 predicted. */
  readonly tier: 'observed' | 'inferred' | 'predicted'
  /** Values or errors show the effect itself. */
  readonly proven?: boolean
  readonly repeats?: number
  /** A re-simulation or a passing counterpart agrees. */
  readonly counterfactual?: boolean
  /** 1 entity, 0.6 table or route, 0.3 unknown. */
  readonly keyPrecision?: number
  /** 1 complete, 0.7 with losses, 0.4 unknown. */
  readonly completeness?: number
  /** Order rests on clocks that may be off. */
  readonly orderPossible?: boolean
}

const tiers = { observed: 0.75, inferred: 0.55, predicted: 0.35 } as const

/**
 * What rests on tasks that no recorder told of is likely at best: roles of ordinary spans are guesses, however well they
 * fit together.
 */
export const inferredCeiling = 0.85

export function confidenceOf(grounds: Grounds): number {
  let value: number = tiers[grounds.tier]
  if (grounds.proven) value += 0.15
  if ((grounds.repeats ?? 1) >= 3) value += 0.05
  if (grounds.counterfactual) value += 0.1
  value *= (grounds.keyPrecision ?? 1) * (grounds.completeness ?? 1) * (grounds.orderPossible ? 0.6 : 1)
  return Math.round(Math.min(0.99, value) * 100) / 100
}
