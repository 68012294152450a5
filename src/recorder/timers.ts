import { Key, RecordType } from '../core/convention/keys.ts'
import { nowNs, unixNanoOf } from './clock.ts'
import { countLoss } from './loss.ts'
import { RecordSpan } from './record-span.ts'
import { isRunning, nextId } from './runtime.ts'
import { captureSite, type Site, siteAttributes } from './site.ts'
import { chargedTask, type Task } from './tasks.ts'
import { asTicks } from './ticks.ts'

/** What the recorder knows of one of the host's timers; kept on the timer itself, so it goes when the timer goes. */
export interface TimeoutInfo {
  readonly delayMs: number
  readonly repeating: boolean
  /** Monotonic ns at which it should fire next. */
  expectedNs: number
  /** Repeating timers only. */
  readonly series: string
  readonly site: Site | null
  readonly name: string
  ticks: number
}

interface NodeTimeout {
  readonly _idleTimeout?: number
  readonly _repeat?: number | null
  _onTimeout?: unknown
  hasRef?(): boolean
}

const infos = new WeakMap<object, TimeoutInfo>()
/** On-time ticks beyond this many are counted only. */
const maxTicks = 1000
/** One-shot timers are told only when they came this late. */
const lateNs = 20e6

let firing: {
  readonly info: TimeoutInfo
  readonly startNs: number
  readonly expectedNs: number
  readonly task: Task | null
} | null = null
let quiet = false

/** Makes timers of the recorder itself, or of a helper that tells its ticks itself. */
export function withoutTimerRecords<T>(work: () => T): T {
  quiet = true
  try {
    return work()
  } finally {
    quiet = false
  }
}

export function onTimeoutCreated(resource: object): void {
  if (quiet || !isRunning()) return
  const timeout = resource as NodeTimeout
  const delayMs = timeout._idleTimeout ?? -1
  if (delayMs < 0) return
  const repeating = typeof timeout._repeat === 'number'
  // Timers that node makes for itself are born without a reference; the host's `unref()` comes later.
  if (timeout.hasRef?.() === false) return
  // What a one-shot timer of a task does is that task's; outside of tasks it is one of its own, as each call of an interval is.
  const apart = repeating || chargedTask() === null
  const site = apart ? captureSite() : null
  // Intervals of node and of dependencies are not the host's timers.
  if (repeating && site === null) return
  const callback = timeout._onTimeout
  const name = (typeof callback === 'function' && callback.name) || (repeating ? 'setInterval' : 'setTimeout')
  if (apart && site !== null && typeof callback === 'function')
    timeout._onTimeout = asTicks(name, site, callback as (...parameters: unknown[]) => unknown)
  infos.set(resource, {
    delayMs,
    repeating,
    expectedNs: nowNs() + delayMs * 1e6,
    series: repeating ? nextId('s') : '',
    site,
    name,
    ticks: 0,
  })
}

/**
 * `timer.refresh()` sets a timer anew, as idle timeouts do at every sign of life: it is due that much later. No hook tells,
 * so the method itself does.
 */
export function watchRefreshes(): void {
  const timer = withoutTimerRecords(() => setTimeout(() => {}, 0))
  clearTimeout(timer)
  const prototype = Object.getPrototypeOf(timer) as NodeJS.Timeout
  const original = prototype.refresh
  prototype.refresh = function refresh(this: NodeJS.Timeout): NodeJS.Timeout {
    const info = infos.get(this)
    if (info) info.expectedNs = nowNs() + info.delayMs * 1e6
    return original.call(this)
  }
}

export function timeoutOf(resource: object): TimeoutInfo | undefined {
  return infos.get(resource)
}

export function onTimeoutFires(resource: object): void {
  const info = infos.get(resource)
  if (!info) return
  const now = nowNs()
  const expectedNs = info.expectedNs
  info.ticks += 1
  // node counts a repeating timer's next tick from this one: it is a sleep loop, not a grid
  info.expectedNs = info.repeating ? now + info.delayMs * 1e6 : expectedNs
  const late = now - expectedNs >= lateNs
  if (!late && (!info.repeating || info.ticks > maxTicks)) {
    if (info.repeating) countLoss('timer', `more than ${maxTicks} ticks on time`)
    return
  }
  firing = { info, startNs: now, expectedNs, task: chargedTask() }
}

export function onTimeoutDone(): void {
  if (firing === null) return
  const { info, startNs, expectedNs, task } = firing
  firing = null
  writeTick({
    name: info.name,
    series: info.series,
    task,
    startNs,
    endNs: nowNs(),
    expectedNs,
    delayMs: info.delayMs,
    repeating: info.repeating,
    style: info.repeating ? 'sleep_loop' : 'deadline',
    nominalMs: -1,
    site: info.site,
  })
}

export interface Tick {
  readonly name: string
  readonly series: string
  readonly task: Task | null
  readonly startNs: number
  readonly endNs: number
  readonly expectedNs: number
  readonly delayMs: number
  readonly repeating: boolean
  readonly style: 'interval' | 'sleep_loop' | 'deadline' | 'heartbeat'
  /** Nominal duration of the whole series, -1 for none. */
  readonly nominalMs: number
  readonly site: Site | null
}

export function writeTick(tick: Tick): void {
  const record = new RecordSpan({
    type: RecordType.timer,
    name: `timer ${tick.name}`,
    startNs: tick.startNs,
    attributes: {
      ...(tick.series === '' ? {} : { [Key.timerSeriesId]: tick.series }),
      ...(tick.task ? { [Key.taskId]: tick.task.id } : {}),
      [Key.timerDelay]: tick.delayMs / 1e3,
      [Key.timerExpected]: unixNanoOf(tick.expectedNs),
      [Key.timerLateness]: Math.max(0, tick.startNs - tick.expectedNs) / 1e9,
      [Key.timerRepeating]: tick.repeating,
      [Key.timerStyle]: tick.style,
      ...(tick.nominalMs >= 0 ? { [Key.timerNominalDuration]: tick.nominalMs / 1e3 } : {}),
      [Key.timerOutcome]: 'fired',
      ...siteAttributes(tick.site),
    },
  })
  record.end(tick.endNs)
}
