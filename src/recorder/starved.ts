import { openSync, readSync } from 'node:fs'

/**
 * How long this thread had a processor, and how long it was ready to run and did not get one, as Linux counts it: the first
 * two numbers of `/proc/thread-self/schedstat` (Documentation/scheduler/sched-stats.rst). They tell a busy machine from busy
 * code.
 *
 *   slices       ▮ ▮▮  ▮ ▮▮▮▮▮▮▮▮▮▮▮▮▮▮▮
 *   looked at    ·     ·                ·      before a slice, when the last look is 20 ms old; and after a stall
 */
const everyNs = 20e6
const text = Buffer.alloc(64)
let file = -1
let lookedNs = Number.NEGATIVE_INFINITY

export interface Counts {
  readonly ranNs: number
  readonly starvedNs: number
}

const nothing: Counts = { ranNs: 0, starvedNs: 0 }
let seen = nothing

/** Where the system does not tell, nothing was starved and nothing ran. */
export function watchStarving(): void {
  try {
    file = openSync('/proc/thread-self/schedstat', 'r')
  } catch {
    file = -1
  }
}

/** A slice begins at `nowNs`. */
export function lookBefore(nowNs: number): void {
  if (file < 0 || nowNs - lookedNs < everyNs) return
  lookedNs = nowNs
  seen = read()
}

/**
 * Of the slice that began at `startNs` and ends now: how long it was starved at most, with what was before it since the
 * last look, and how long it ran at least, without that.
 */
export function countsSince(startNs: number): Counts {
  if (file < 0) return nothing
  const { ranNs, starvedNs } = read()
  return {
    ranNs: Math.max(0, ranNs - seen.ranNs - Math.max(0, startNs - lookedNs)),
    starvedNs: starvedNs - seen.starvedNs,
  }
}

function read(): Counts {
  const length = readSync(file, text, 0, text.length, 0)
  const [ran, starved] = text.toString('latin1', 0, length).split(' ')
  return { ranNs: Number(ran ?? 0), starvedNs: Number(starved ?? 0) }
}
