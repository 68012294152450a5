/** Who holds what, who waits, what the loops do at one instant. Indexes into the model. */
export interface InstantState {
  readonly atNs: number
  /** Resources with a holder or a waiter, busiest first. */
  readonly resources: readonly ResourceState[]
  readonly loops: readonly LoopState[]
  /** Tasks alive. */
  readonly liveTasks: number
}

export interface ResourceState {
  readonly resource: number
  readonly inUse: number
  /** -1 unknown */
  readonly capacity: number
  /** By time of grant. */
  readonly holders: readonly { readonly hold: number; readonly task: number; readonly sinceNs: number }[]
  /** First come first. */
  readonly waiters: readonly { readonly wait: number; readonly task: number; readonly sinceNs: number }[]
}

export interface LoopState {
  readonly loop: number
  /** The task running right now, -1 idle. */
  readonly task: number
  readonly sinceNs: number
  /** The stall it is part of, -1. */
  readonly stall: number
}
