/**
 * Every limit a detector compares with, in one place: overridable by config and printed in the finding that used it.
 * The unit is the end of the name: `Ns`, `Ratio`, `Count`.
 */
export const defaultThresholds = {
  /** Holds of an exclusive resource may overlap this long without a finding: the recorder's own bookkeeping. */
  overlapToleranceNs: 100e3,
  /** What clocks of two processes are assumed to differ by, beside their own uncertainty. */
  crossProcessSkewNs: 1e6,
  /** Two starts of one operation on one entity this close are a pair even if the first had just ended. */
  duplicateGapNs: 50e6,
  /** A slice this long stalls its loop. */
  stallNs: 100e6,
  /** A victim of a stall waited at least this long. */
  stallVictimNs: 50e6,
  /** A loop this busy is saturated, with ready lags beyond `stallNs`. */
  saturationRatio: 0.95,
  saturationWindowNs: 1e9,
  /** A pool with waiters is exhausted after this long. */
  poolExhaustedNs: 100e6,
  /** From here on an exhausted pool is critical; a burst that drains sooner is none. */
  poolCriticalNs: 1e9,
  /** A hold goes on this long after its last use. */
  leakTailNs: 1e9,
  /** … and this many times the usual useful part. */
  leakTailRatio: 20,
  /** Something foreign awaited under a hold while others wait for it. */
  foreignWaitNs: 100e6,
  /** Absence counts only when the trace goes on this long afterwards. */
  coverageNs: 1e9,
  /** No progress this long is a deadlock. */
  deadlockNs: 1e9,
  convoyGrantsCount: 8,
  convoyWaitRatio: 3,
  /** Shorter waits are nobody's loss, whoever went first. */
  starvedNs: 500e6,
  /** So many that came later and went first are no chance any more. */
  overtakenCount: 8,
  /** Grant within this of the release counts as back to back. */
  handoffNs: 1e6,
  herdCount: 3,
  retryAmplificationRatio: 2,
  retryWindowNs: 1e9,
  retryWindowsCount: 3,
  sequentialSavingNs: 100e6,
  sequentialSavingRatio: 0.1,
  sequentialGapNs: 5e6,
  sequentialCount: 3,
  /** Calls of one client, of which each may build upon the one before, are told from this many on. */
  serialCallsCount: 5,
  /** One send is this many times the median of its siblings. */
  broadcastSlowRatio: 5,
  /** A cancelled task keeps a hold this long. */
  cancelledHoldNs: 100e6,
  /** Queues that give up on a message do so after three to five attempts. */
  deliveriesCount: 6,
  queueSamplesCount: 20,
  queueGrowthCount: 10,
  driftRatio: 1.05,
  driftStepsCount: 2,
  heartbeatRatio: 2,
  timeoutRatio: 10,
  timeoutMinNs: 5e9,
  siblingRunNs: 10e6,
} as const satisfies Readonly<Record<string, number>>

export type ThresholdName = keyof typeof defaultThresholds
export type Thresholds = { readonly [Name in ThresholdName]: number }

/** UCUM unit of a threshold, from its name. */
export function unitOf(name: ThresholdName): string {
  return name.endsWith('Ns') ? 'ns' : '1'
}
