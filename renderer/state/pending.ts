/**
 * What the app still has to do: loads, frames, saves. `idle()` resolves when nothing is left, so that a test waits for
 * the app instead of sleeping.
 */
export interface Pending {
  /** Something began; call the returned function once when it is over. */
  begin(): () => void
  track<Result>(work: Promise<Result>): Promise<Result>
  /** Resolves when nothing is pending and a settled turn of the event loop later still nothing is. */
  idle(): Promise<void>
  readonly count: () => number
}

/** `settle` waits until what was caused by the last work (a render, an effect) has had its chance to begin. */
export function createPending(settle: () => Promise<void>): Pending {
  let count = 0
  let waiting: (() => void)[] = []

  const begin = (): (() => void) => {
    count += 1
    let over = false
    return () => {
      if (over) return
      over = true
      count -= 1
      if (count === 0) {
        const resume = waiting
        waiting = []
        for (const wake of resume) wake()
      }
    }
  }

  return {
    begin,
    track: async work => {
      const end = begin()
      try {
        return await work
      } finally {
        end()
      }
    },
    idle: async () => {
      do {
        if (count > 0) await new Promise<void>(resolve => waiting.push(resolve))
        await settle()
      } while (count > 0)
    },
    count: () => count,
  }
}
