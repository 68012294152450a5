import type { Model } from '../convention/model.ts'
import type { IntervalIndex } from './interval-index.ts'

/**
 * A yield-free slice is atomic: between two instants of one slice no other task of that loop can have run.
 *
 *     ──R────W──        same slice     → nothing fits in between
 *     ──R··────W        a yield        → anything fits in between
 */
export interface Yields {
  /** `unknown` where the trace has neither slices nor awaits of that task. */
  readonly between: (task: number, fromNs: number, toNs: number) => 'same-slice' | 'yield' | 'unknown'
}

export function findYields(model: Model, slicesOf: IntervalIndex, awaitsOf: IntervalIndex): Yields {
  return {
    between: (task, fromNs, toNs) => {
      if (slicesOf.of(task).length > 0) {
        for (const slice of slicesOf.covering(task, fromNs)) {
          if (model.slices.endNs[slice]! >= toNs) return 'same-slice'
        }
        return 'yield'
      }
      if (awaitsOf.of(task).length === 0) return 'unknown'
      return awaitsOf.overlapping(task, fromNs, toNs).length > 0 ? 'yield' : 'same-slice'
    },
  }
}
