import { openSync, readSync } from 'node:fs'

/**
 * How long this thread was ready to run and did not get a processor, as Linux counts it: the second number of
 * `/proc/thread-self/schedstat` (Documentation/scheduler/sched-stats.rst). It tells a busy machine from busy code.
 *
 *   slices       ▮ ▮▮  ▮ ▮▮▮▮▮▮▮▮▮▮▮▮▮▮▮
 *   looked at    ·     ·                ·      before a slice, when the last look is 20 ms old; and after a stall
 */
const everyNs = 20e6
const text = Buffer.alloc(64)
let file = -1
let lookedNs = Number.NEGATIVE_INFINITY
let seenNs = 0

/** Where the system does not tell, nothing was starved. */
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
  seenNs = read()
}

/** Since the last look before, which was at most 20 ms before the slice that ends now. */
export function starvedSince(): number {
  return file < 0 ? 0 : read() - seenNs
}

function read(): number {
  const length = readSync(file, text, 0, text.length, 0)
  return Number(text.toString('latin1', 0, length).split(' ')[1] ?? 0)
}
