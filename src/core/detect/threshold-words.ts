/** What a limit means, for those who never saw its name: `kept at least 20 × as long as it is usually used`. */
import { defaultThresholds, type ThresholdName } from './thresholds.ts'
import { duration } from './words.ts'

/** A limit that a finding used, by the evidence that names it; null for any other evidence. */
export function limitText(label: string, value: number | string): string | null {
  const name = label.startsWith('threshold ') ? label.slice('threshold '.length) : ''
  if (!isThreshold(name)) return null
  const told = name.endsWith('Ns')
    ? duration(Number(value))
    : percents.has(name)
      ? `${Math.round(Number(value) * 100)} %`
      : name.endsWith('Ratio')
        ? `${value} ×`
        : String(value)
  return words[name].replace('…', told)
}

const isThreshold = (name: string): name is ThresholdName => Object.hasOwn(defaultThresholds, name)

const percents: ReadonlySet<ThresholdName> = new Set<ThresholdName>([
  'saturationRatio',
  'sequentialSavingRatio',
])

const words: Readonly<Record<ThresholdName, string>> = {
  overlapToleranceNs: 'held by both for more than …',
  crossProcessSkewNs: 'clocks of two processes may differ by …',
  duplicateGapNs: 'both ran at once, or started within … of each other',
  stallNs: 'one piece of code ran for at least … without an await',
  stallVictimNs: 'somebody who was ready waited at least …',
  saturationRatio: 'the loop was busy at least … of the time',
  saturationWindowNs: 'counted in windows of …',
  poolExhaustedNs: 'all taken, with somebody waiting, for at least …',
  poolCriticalNs: 'critical when nobody gets one for …',
  leakTailNs: 'kept at least … after the last use',
  leakTailRatio: 'and at least … as long as such a hold is usually used',
  foreignWaitNs: 'others waited for it at least …',
  coverageNs: 'the recording goes on for at least … afterwards',
  deadlockNs: 'nobody moved for at least …',
  convoyGrantsCount: 'at least … tasks served one right after the other',
  starvedNs: 'waited at least …',
  overtakenCount: 'passed over by at least … that asked later',
  convoyWaitRatio: 'they waited at least … as long as they then held it',
  handoffNs: 'served within … of the release before',
  herdCount: 'at least … tasks at it at once',
  retryAmplificationRatio: 'at least … as many attempts as operations',
  retryWindowNs: 'counted in windows of …',
  retryWindowsCount: 'in at least … windows in a row',
  sequentialSavingNs: 'the slowest took, or running side by side saves, at least …',
  sequentialSavingRatio: 'and saves at least … of the time',
  sequentialGapNs: 'each began within … of the end of the one before',
  sequentialCount: 'at least … of them in a row',
  serialCallsCount: 'at least … calls in a row',
  broadcastSlowRatio: 'and the slowest took at least … as long as the others (median)',
  cancelledHoldNs: 'kept for more than … after the cancellation',
  deliveriesCount: 'the same message was delivered at least …',
  queueSamplesCount: 'at least … items put in',
  queueGrowthCount: 'at least … items left at the end',
  driftRatio: 'took at least … as long as meant',
  driftStepsCount: 'and at least … ticks longer',
  heartbeatRatio: 'more than … the usual time between two heartbeats',
  timeoutRatio: 'waited at least … as long as 99 % of such waits',
  timeoutMinNs: 'and at least …',
  siblingRunNs: 'ran on for more than …',
}
