import type { Context } from './context.ts'
import type { Cleared, DetectorId, Finding } from './finding.ts'

/** Finding before ranking gave it its id. */
export type Draft = Omit<Finding, 'id' | 'product'>

/** What a trace must show for a detector to have an opinion. */
export type Need =
  | 'tasks'
  | 'slices or stalls'
  | 'holds'
  | 'waits'
  | 'accesses'
  | 'holds or accesses'
  | 'awaits'
  | 'timers'
  | 'requests or accesses'
  | 'messages or accesses'
  | 'queues'

export interface Detected {
  /** It happened in this trace. */
  readonly observed: readonly Draft[]
  /** This trace shows that it can happen. */
  readonly predicted: readonly Draft[]
  /** About the files themselves. */
  readonly import?: readonly Draft[]
  /** Looked at and found in order, with the number that clears it. */
  readonly cleared: readonly Cleared[]
}

export interface Detector {
  readonly id: DetectorId
  /** Without all of these the verdict is "not observable", never "clean". */
  readonly needs: readonly Need[]
  run(context: Context): Detected
}
