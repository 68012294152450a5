import { nowNs } from './clock.ts'
import { guard, isRunning, nextId } from './runtime.ts'
import { captureSite } from './site.ts'
import { currentTask, Task, taskStorage } from './tasks.ts'
import { asTicks } from './ticks.ts'
import { withoutTimerRecords, writeTick } from './timers.ts'
import { isThenable } from './track.ts'

export interface TimerOptions {
  readonly everyMs: number
  /** `heartbeat` and `sleep_loop` count from the previous tick; `interval` keeps to the grid of the first. */
  readonly style?: 'interval' | 'sleep_loop' | 'heartbeat'
  /** How long the whole series should take, when it is meant to end. */
  readonly nominalMs?: number
}

export interface RecordedTimer extends Disposable {
  stop(): void
  unref(): RecordedTimer
}

/**
 * A repeating timer whose ticks are recorded with their lateness: `timer('heartbeat', { everyMs: 250, style: 'heartbeat' }, beat)`.
 *
 * A tick that returns a promise is awaited before the next one is set, as in a loop of `await sleep(250); await beat()`:
 * a beat that takes 400 ms makes the next one 400 ms late. An `interval` awaits nothing.
 */
export function timer(name: string, options: TimerOptions, tick: () => unknown): RecordedTimer {
  const { everyMs, style = 'interval', nominalMs = -1 } = options
  const series = nextId('s')
  const task = isRunning() ? new Task(name, 'timer', { parent: currentTask(), site: captureSite() }) : null
  const site = captureSite()
  // What does not wait for the tick before it may overlap with it.
  const call = style === 'interval' && task ? asTicks(name, site, tick, task) : tick
  const firstNs = nowNs() + everyMs * 1e6
  let expectedNs = firstNs
  let stopped = false
  let referenced = true
  let handle: NodeJS.Timeout | undefined

  const arm = (delayMs = Math.max(0, (expectedNs - nowNs()) / 1e6)): void => {
    if (stopped) return
    handle = withoutTimerRecords(() => setTimeout(fire, delayMs))
    if (!referenced) handle.unref()
  }
  const fire = (): void => {
    const startNs = nowNs()
    const dueNs = expectedNs
    if (style === 'interval') {
      const steps = Math.max(1, Math.ceil((startNs - dueNs) / (everyMs * 1e6)))
      expectedNs = dueNs + steps * everyMs * 1e6
    } else {
      expectedNs = startNs + everyMs * 1e6
    }
    let result: unknown
    try {
      result = call()
    } finally {
      if (isRunning()) {
        guard('timer', () =>
          writeTick({
            name,
            series,
            task,
            startNs,
            endNs: nowNs(),
            expectedNs: dueNs,
            delayMs: everyMs,
            repeating: true,
            style,
            nominalMs,
            site,
          }),
        )
      }
      if (style === 'interval' || !isThenable(result)) arm()
      else {
        const again = (): void => arm(everyMs)
        result.then(again, again)
      }
    }
  }
  // The series is a task of its own: one lane, whatever was running when it was started.
  if (task) taskStorage.run(task, () => arm())
  else arm()
  const stop = (): void => {
    stopped = true
    clearTimeout(handle)
    task?.end('completed')
  }
  const self: RecordedTimer = {
    stop,
    unref() {
      referenced = false
      handle?.unref()
      return self
    },
    [Symbol.dispose]: stop,
  }
  return self
}
