/** What may be concluded from something *not* being in the trace. */
import type { Model } from '../convention/model.ts'
import type { Store } from '../store/store.ts'
import type { Thresholds } from './thresholds.ts'
import { duration } from './words.ts'

export interface Absence {
  readonly shown: boolean
  /** Why it is not: `the trace ends 0.3 s later`. */
  readonly why: string
}

/** Are records of that process missing? */
export const isLossy = ({ coverage }: Model, process: number): boolean =>
  coverage.lossIntervals.some(loss => loss.process === process)

/** Does the trace go on long enough after `sinceNs`, without losses, for "it never …" to be said of that process? */
export function absence(
  store: Store,
  model: Model,
  thresholds: Thresholds,
  process: number,
  sinceNs: number,
): Absence {
  const lastNs = store.processes[process]?.lastNs ?? store.durationNs
  if (lastNs - sinceNs < thresholds.coverageNs) {
    return { shown: false, why: `the trace ends ${duration(Math.max(0, lastNs - sinceNs))} later` }
  }
  for (const loss of model.coverage.lossIntervals) {
    if (loss.process === process && loss.toNs >= sinceNs) {
      return { shown: false, why: `${loss.count} records were lost after it` }
    }
  }
  return { shown: true, why: '' }
}
