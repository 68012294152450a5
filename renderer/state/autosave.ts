/**
 * Debounced saving: a change is saved `quietMs` after the last one, and no later than `maxMs` after the first one that
 * is not saved yet. One save runs at a time; what changed meanwhile is saved after it.
 */
export interface Autosave {
  /** Something changed. */
  touch(): void
  /** Saves now what is not saved; resolves when all is. */
  flush(): Promise<void>
}

export interface AutosaveOptions {
  readonly quietMs: number
  readonly maxMs: number
  readonly save: () => Promise<void>
  readonly now: () => number
  readonly setTimer: (run: () => void, ms: number) => () => void
  /** Told when unsaved work appears; the returned function when it is gone. */
  readonly begin: () => () => void
}

export function createAutosave(options: AutosaveOptions): Autosave {
  const { quietMs, maxMs, save, now, setTimer, begin } = options
  let firstAt = -1
  let stopTimer: (() => void) | null = null
  let running: Promise<void> | null = null
  let endPending: (() => void) | null = null

  const settle = (): void => {
    if (firstAt < 0 && running === null) {
      endPending?.()
      endPending = null
    }
  }

  const run = async (): Promise<void> => {
    stopTimer?.()
    stopTimer = null
    if (running) {
      await running
    }
    if (firstAt < 0) return
    firstAt = -1
    running = save()
    try {
      await running
    } finally {
      running = null
      settle()
    }
  }

  return {
    touch: () => {
      endPending ??= begin()
      if (firstAt < 0) firstAt = now()
      stopTimer?.()
      const wait = Math.max(0, Math.min(quietMs, firstAt + maxMs - now()))
      stopTimer = setTimer(() => void run(), wait)
    },
    flush: run,
  }
}
