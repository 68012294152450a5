import type { Access, Model } from '../convention/model.ts'
import type { Store } from '../store/store.ts'
import type { Thresholds } from './thresholds.ts'

/** Verdicts on order and overlap under clock uncertainty: `none` means surely not. */
export type Verdict = 'certain' | 'possible' | 'none'

export interface Clock {
  /** How far two instants of two processes must be apart for their order to be known. */
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
  const marginNs = (a: number, b: number) =>
    (uncertainty[a] ?? 0) + (uncertainty[b] ?? 0) + (a === b ? 0 : thresholds.crossProcessSkewNs)
  const before = (aNs: number, processA: number, bNs: number, processB: number): Verdict => {
    const margin = marginNs(processA, processB)
    const gap = bNs - aNs
    if (gap > margin || (margin === 0 && gap >= 0)) return 'certain'
    return gap >= -margin ? 'possible' : 'none'
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

/** The weaker of several verdicts. */
export function weakest(...verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('none')) return 'none'
  return verdicts.includes('possible') ? 'possible' : 'certain'
}
