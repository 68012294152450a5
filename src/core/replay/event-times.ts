import type { Model } from '../convention/model.ts'
import { orderOf } from '../store/sort-by-key.ts'

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
  const distinct = new Float64Array(count)
  let kept = 0
  for (const nth of orderOf(times.subarray(0, count))) {
    const at = times[nth]!
    if (kept === 0 || at !== distinct[kept - 1]) distinct[kept++] = at
  }
  return distinct.slice(0, kept)
}
