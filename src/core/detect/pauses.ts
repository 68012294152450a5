/**
 * How much of a stretch nothing of a process ran, as far as the recorder could tell: the host was paused, or gave the
 * processor to others. What came late by it was held up by no code, so it is nobody's finding.
 *
 *     heartbeat  ¦ due            T 360 ms late
 *     stall        ├── paused 300 ms ──┤          late by code: 60 ms
 */
import type { Context } from './context.ts'
import { indexIntervals } from './interval-index.ts'
import { oncePer } from './once-per.ts'

/** Nanoseconds of [fromNs, toNs]; of a stall that began before or ends after, at most what is left beside its running part. */
export function pausedWithin(context: Context, process: number, fromNs: number, toNs: number): number {
  const { stalls, byProcess } = pausesOf(context)
  return byProcess.overlapping(process, fromNs, toNs).reduce((sum, index) => {
    const { startNs, endNs, pausedNs } = stalls[index]!
    return sum + Math.min(pausedNs, Math.min(toNs, endNs) - Math.max(fromNs, startNs))
  }, 0)
}

const pausesOf = oncePer(({ model }: Context) => {
  const stalls = model.stalls.filter(stall => stall.pausedNs > 0)
  return {
    stalls,
    byProcess: indexIntervals(
      stalls.length,
      i => model.loops[stalls[i]!.loop]?.process ?? -1,
      i => stalls[i]!.startNs,
      i => stalls[i]!.endNs,
    ),
  }
})
