/** Who was ready to run and did not get to: awaits that resumed late and timers that fired late, per loop. */
import type { Context } from './context.ts'
import { type IntervalIndex, indexIntervals } from './interval-index.ts'
import { oncePer } from './once-per.ts'

export interface Lag {
  readonly loop: number
  readonly task: number
  /** When it could have run. */
  readonly readyNs: number
  /** When it ran. */
  readonly ranNs: number
  readonly row: number
  readonly kind: 'await' | 'timer' | 'heartbeat'
  readonly name: string
  /** A timer's delay: it can have been late because it was set late. */
  readonly delayNs?: number
}

export interface Lags {
  readonly list: readonly Lag[]
  readonly byLoop: IntervalIndex
  readonly byTask: IntervalIndex
}

export const findLags = oncePer<Context, Lags>(find)

/** Shorter lags are the loop doing its ordinary work. */
const minLagNs = 1e6

function find(context: Context): Lags {
  const { model } = context
  const list: Lag[] = []
  for (const entry of model.awaits) {
    if (entry.readyNs < 0 || entry.open || entry.endNs - entry.readyNs < minLagNs) continue
    const loop = model.tasks[entry.task]?.loop ?? -1
    if (loop < 0) continue
    list.push({
      loop,
      task: entry.task,
      readyNs: entry.readyNs,
      ranNs: entry.endNs,
      row: entry.row,
      kind: 'await',
      name: entry.targetId,
    })
  }
  const mainLoops = new Map<number, number>()
  model.loops.forEach((loop, index) => {
    if (loop.kind !== 'worker' && !mainLoops.has(loop.process)) mainLoops.set(loop.process, index)
  })
  for (const tick of model.ticks) {
    if (tick.expectedNs < 0 || tick.outcome === 'cancelled') continue
    // A tick fires at its end: the span covers arming to firing.
    const ranNs = tick.expectedNs + Math.max(0, tick.latenessNs)
    if (ranNs - tick.expectedNs < minLagNs) continue
    const loop = model.tasks[tick.task]?.loop ?? mainLoops.get(tick.process) ?? -1
    if (loop < 0) continue
    list.push({
      loop,
      task: tick.task,
      readyNs: tick.expectedNs,
      ranNs,
      row: tick.row,
      kind: tick.style === 'heartbeat' ? 'heartbeat' : 'timer',
      name: tick.name,
      delayNs: Math.max(0, tick.delayNs),
    })
  }
  const by = (owner: (lag: Lag) => number) =>
    indexIntervals(
      list.length,
      i => owner(list[i]!),
      i => list[i]!.readyNs,
      i => list[i]!.ranNs,
    )
  return { list, byLoop: by(lag => lag.loop), byTask: by(lag => lag.task) }
}
