/**
 * The one owner of frames. Whoever changes what is seen calls `invalidate`; there is at most one frame under way, and
 * while nothing changes there is none. A frame that returns true asks for the next one (a flight, a held key, playback).
 */
export interface Scheduler {
  invalidate(): void
  stop(): void
}

export interface SchedulerOptions {
  readonly frame: (nowMs: number, sinceMs: number) => boolean
  readonly request: (run: (nowMs: number) => void) => number
  readonly cancel: (handle: number) => void
  /** Told when a frame is asked for; the returned function when it has been drawn. */
  readonly begin: () => () => void
}

/** A pause longer than this (a hidden tab) is not made up for. */
const LONGEST_STEP_MS = 64

export function createScheduler(options: SchedulerOptions): Scheduler {
  let handle: number | null = null
  let end: (() => void) | null = null
  let lastMs = -1
  let stopped = false

  const run = (nowMs: number): void => {
    handle = null
    // A frame that changes what is seen asks for the next one while it runs, which begins anew.
    const finished = end
    end = null
    const sinceMs = lastMs < 0 ? 0 : Math.min(LONGEST_STEP_MS, nowMs - lastMs)
    let again = false
    try {
      again = options.frame(nowMs, sinceMs)
    } finally {
      lastMs = again ? nowMs : -1
      if (again) invalidate()
      // After asking for the next frame, so that a running flight never looks idle in between.
      finished?.()
    }
  }

  const invalidate = (): void => {
    if (stopped || handle !== null) return
    end ??= options.begin()
    handle = options.request(run)
  }

  return {
    invalidate,
    stop: () => {
      stopped = true
      if (handle !== null) options.cancel(handle)
      handle = null
      end?.()
      end = null
    },
  }
}
