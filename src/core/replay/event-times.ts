import type { Model } from '../convention/model.ts'

/** Instants at which the replayed state changes, sorted and distinct: where stepping the playhead stops. */
export function eventTimes(model: Model): Float64Array {
  const intervals = [model.holds, model.waits, model.stalls, model.tasks]
  const instants = [model.accesses, model.marks]
  const times = new Float64Array(
    intervals.reduce((sum, table) => sum + 2 * table.length, 0) +
      instants.reduce((sum, table) => sum + table.length, 0),
  )
  let count = 0
  for (const table of intervals) {
    for (const { startNs, endNs, open } of table) {
      times[count++] = startNs
      if (!open) times[count++] = endNs
    }
  }
  for (const table of instants) for (const { atNs } of table) times[count++] = atNs
  return distinct(times.subarray(0, count).sort())
}

/** Moves what is new to the front; `filter` would make a list of all first. */
function distinct(sorted: Float64Array): Float64Array {
  let count = 0
  for (const at of sorted) if (count === 0 || at !== sorted[count - 1]) sorted[count++] = at
  return sorted.slice(0, count)
}
