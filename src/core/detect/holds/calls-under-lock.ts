/**
 * Calls to somebody else while a lock in a database is kept: a row stays locked for as long as the mail server takes.
 *
 *     a row of stock   ################################
 *     UPDATE stock     ├┤
 *     POST mail           ├─────────────────────────┤
 */
import { isDatabaseCall } from '../../convention/calls/client-calls.ts'
import type { Hold } from '../../convention/model.ts'
import { Kind } from '../../store/store.ts'
import type { Context } from '../context.ts'
import { type IntervalIndex, indexIntervals } from '../interval-index.ts'
import { oncePer } from '../once-per.ts'
import type { Stretch } from './leaks.ts'

interface Calls {
  readonly rows: readonly number[]
  readonly byTask: IntervalIndex
}

const remoteCalls = oncePer(({ model, store }: Context): Calls => {
  const { spans } = store
  const isDatabase = isDatabaseCall(store)
  const rows: number[] = []
  for (let row = 0; row < spans.count; row++)
    if (spans.kind[row] === Kind.client && model.roleOfSpan[row]! <= 1 && !isDatabase(row)) rows.push(row)
  const byTask = indexIntervals(
    rows.length,
    i => model.taskOfSpan[rows[i]!]!,
    i => spans.startNs[rows[i]!]!,
    i => spans.endNs[rows[i]!]!,
  )
  return { rows, byTask }
})

/** Most of the hold is waiting for somebody else. */
const remoteShare = 0.6

/** From the first to the end of the last such call; null when they are not most of the hold, or too short to matter. */
export function callUnderLock(context: Context, hold: Hold): Stretch | null {
  const lengthNs = hold.endNs - hold.startNs
  if (lengthNs < context.thresholds.foreignWaitNs) return null
  const { spans } = context.store
  const { rows, byTask } = remoteCalls(context)
  let startNs = hold.endNs
  let endNs = hold.startNs
  let waitedNs = 0
  for (const index of byTask.overlapping(hold.task, hold.startNs, hold.endNs)) {
    const fromNs = Math.max(spans.startNs[rows[index]!]!, endNs)
    const toNs = Math.min(spans.endNs[rows[index]!]!, hold.endNs)
    if (toNs <= fromNs) continue
    startNs = Math.min(startNs, fromNs)
    endNs = toNs
    waitedNs += toNs - fromNs
  }
  const enough = waitedNs >= context.thresholds.foreignWaitNs && waitedNs >= remoteShare * lengthNs
  return enough ? { startNs, endNs } : null
}
