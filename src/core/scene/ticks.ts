const steps: readonly number[] = [
  ...Array.from({ length: 9 }, (_, power) => [1, 2, 5].map(nice => nice * 10 ** power)).flat(),
  ...[1, 2, 5, 10, 15, 30].map(seconds => seconds * 1e9),
  ...[1, 2, 5, 10, 15, 30].map(minutes => minutes * 60e9),
  ...[1, 2, 3, 6, 12, 24, 48, 168].map(hours => hours * 3600e9),
]

/** Smallest round step (1-2-5 below a second, clock steps above) at least `minNs` long. */
export function niceStep(minNs: number): number {
  const found = steps.find(step => step >= minNs)
  if (found !== undefined) return found
  const week = steps.at(-1)!
  return week * 2 ** Math.ceil(Math.log2(minNs / week))
}

/**
 * Ticks in [fromNs, toNs] at least `minNs` apart, on the grid of round times. `offsetNs` is the wall-clock time of
 * instant 0 within its day, so that UTC ticks fall on whole seconds of the clock and not of the trace.
 */
export function ticks(
  fromNs: number,
  toNs: number,
  minNs: number,
  offsetNs: number,
): { readonly stepNs: number; readonly at: readonly number[] } {
  const stepNs = niceStep(Math.max(minNs, (toNs - fromNs) / 2000))
  const shift = offsetNs % stepNs
  const at: number[] = []
  const first = Math.ceil((fromNs + shift) / stepNs)
  for (let tick = first; at.length < 4000; tick++) {
    const ns = tick * stepNs - shift
    if (ns > toNs) break
    at.push(ns)
  }
  return { stepNs, at }
}
