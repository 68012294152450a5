import type { Model } from '../convention/model.ts'

/** Instants at which the replayed state changes, sorted and distinct: where stepping the playhead stops. */
export function eventTimes(model: Model): Float64Array {
  const times: number[] = []
  for (const table of [model.holds, model.waits, model.stalls, model.tasks]) {
    for (const { startNs, endNs, open } of table) {
      times.push(startNs)
      if (!open) times.push(endNs)
    }
  }
  for (const { atNs } of model.accesses) times.push(atNs)
  for (const { atNs } of model.marks) times.push(atNs)
  const sorted = Float64Array.from(times).sort()
  return sorted.filter((at, i) => i === 0 || at !== sorted[i - 1])
}
