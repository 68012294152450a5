import { type ClockEstimate, estimateClocks } from '../clock/estimate.ts'
import type { PairBounds } from '../clock/pairs.ts'
import type { Access, Model } from '../convention/model.ts'
import type { Store } from '../store/store.ts'
import type { Thresholds } from './thresholds.ts'

/** Verdicts on order and overlap under clock uncertainty: `none` means surely not. */
export type Verdict = 'certain' | 'possible' | 'none'

export interface Clock {
  /** How far two instants of two processes must be apart for their order to be known, whichever comes first. */
  readonly marginNs: (processA: number, processB: number) => number
  /** Was `a` before `b`? */
  readonly before: (aNs: number, processA: number, bNs: number, processB: number) => Verdict
  /** Was access `a` before `b`? Sequence numbers of one process settle ties. */
  readonly accessBefore: (a: Access, b: Access) => Verdict
  /** Total order for sorting accesses: time, then process, then sequence number, then record. */
  readonly compare: (a: Access, b: Access) => number
}

export function makeClock(store: Store, _model: Model, thresholds: Thresholds): Clock {
  const uncertainty = store.processes.map(process => process.uncertaintyNs)
  const estimate = estimateClocks(store)
  const floorNs = (a: number, b: number) => (uncertainty[a] ?? 0) + (uncertainty[b] ?? 0)
  const offset = (a: number, b: number): PairBounds => offsetBounds(store, estimate, a, b, thresholds)
  const before = (aNs: number, processA: number, bNs: number, processB: number): Verdict => {
    const floor = floorNs(processA, processB)
    const gap = bNs - aNs
    const { lowNs, highNs } = offset(processA, processB)
    if (gap - highNs > floor || (floor === 0 && highNs === 0 && lowNs === 0 && gap >= 0)) return 'certain'
    return gap - lowNs >= -floor ? 'possible' : 'none'
  }
  const marginNs = (a: number, b: number): number => {
    const { lowNs, highNs } = offset(a, b)
    return floorNs(a, b) + Math.max(-lowNs, highNs, 0)
  }
  return {
    marginNs,
    before,
    accessBefore: (a, b) => {
      if (a.process === b.process && a.seq >= 0 && b.seq >= 0) return a.seq < b.seq ? 'certain' : 'none'
      return before(a.atNs, a.process, b.atNs, b.process)
    },
    compare: (a, b) => a.atNs - b.atNs || a.process - b.process || a.seq - b.seq || a.record - b.record,
  }
}

/**
 * Bounds of how much further the clock of `b` is than that of `a`. Clocks that calls show to agree, or that no call
 * compares, are taken to agree to `crossProcessSkewNs`; of clocks that do not, or were corrected by hand, only what calls
 * say is known.
 */
function offsetBounds(
  store: Store,
  estimate: ClockEstimate,
  a: number,
  b: number,
  { crossProcessSkewNs: skewNs }: Thresholds,
): PairBounds {
  if (a === b) return { lowNs: 0, highNs: 0 }
  const bounds = estimate.between(a, b)
  if (!bounds) return { lowNs: -skewNs, highNs: skewNs }
  const corrected = store.processes[a]?.offsetNs !== 0 || store.processes[b]?.offsetNs !== 0
  const agree = bounds.lowNs <= skewNs && bounds.highNs >= -skewNs
  return corrected || !agree ? bounds : { lowNs: -skewNs, highNs: skewNs }
}

/** The weaker of several verdicts. */
export function weakest(...verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('none')) return 'none'
  return verdicts.includes('possible') ? 'possible' : 'certain'
}
