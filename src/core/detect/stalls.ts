/** Stretches in which one piece of work kept a loop to itself: recorded stalls and long slices, told once. */
import type { Context } from './context.ts'
import { type IntervalIndex, indexIntervals } from './interval-index.ts'
import { oncePer } from './once-per.ts'

export interface LoopBlock {
  readonly loop: number
  readonly startNs: number
  readonly endNs: number
  /** -1 unknown */
  readonly task: number
  readonly site: string
  /** Span row of the stall, or of the innermost span that ran, -1. */
  readonly row: number
  readonly inferred: boolean
  /** How much of it nothing of the process ran, whoever had the loop; 0 unknown. */
  readonly pausedNs: number
  /** Tasks that an inferred stall made late. */
  readonly delayed: readonly number[]
}

/** All of at least `stallNs`, by start. */
export const findBlocks = oncePer<Context, readonly LoopBlock[]>(find)

/** The same, to be asked per loop. */
export const blocksOfLoops = oncePer((context: Context): IntervalIndex => {
  const blocks = findBlocks(context)
  return indexIntervals(
    blocks.length,
    i => blocks[i]!.loop,
    i => blocks[i]!.startNs,
    i => blocks[i]!.endNs,
  )
})

function find(context: Context): LoopBlock[] {
  const { model, thresholds } = context
  const out: LoopBlock[] = []
  const { slices } = model
  const long: number[] = []
  for (let i = 0; i < slices.count; i++) {
    if (slices.endNs[i]! - slices.startNs[i]! >= thresholds.stallNs) long.push(i)
  }
  const told = new Set<number>()
  const longByLoop = indexIntervals(
    long.length,
    i => slices.loop[long[i]!]!,
    i => slices.startNs[long[i]!]!,
    i => slices.endNs[long[i]!]!,
  )
  for (const stall of model.stalls) {
    if (stall.endNs - stall.startNs < thresholds.stallNs) continue
    let task = stall.task
    let startNs = stall.startNs
    let endNs = stall.endNs
    for (const at of longByLoop.overlapping(stall.loop, startNs, endNs)) {
      const slice = long[at]!
      const shared = Math.min(endNs, slices.endNs[slice]!) - Math.max(startNs, slices.startNs[slice]!)
      if (shared < (slices.endNs[slice]! - slices.startNs[slice]!) / 2) continue
      told.add(at)
      if (task < 0) task = slices.task[slice]!
      // The slice is exact; the stall was seen by a probe.
      startNs = Math.min(startNs, slices.startNs[slice]!)
      endNs = Math.max(endNs, slices.endNs[slice]!)
    }
    let site = stall.site
    let row = stall.row
    let inferred = stall.inferred !== null
    if (task < 0) {
      task = suspect(context, stall.loop, startNs, endNs)
      inferred = task >= 0
    }
    if (!site) {
      const inner = innermost(context, task, startNs, endNs)
      site = inner.site
      if (row < 0) row = inner.row
    }
    const { loop, pausedNs, delayed = [] } = stall
    out.push({ loop, startNs, endNs, task, site, row, inferred, pausedNs, delayed })
  }
  long.forEach((slice, at) => {
    if (told.has(at)) return
    const startNs = slices.startNs[slice]!
    const endNs = slices.endNs[slice]!
    const task = slices.task[slice]!
    out.push({
      loop: slices.loop[slice]!,
      startNs,
      endNs,
      task,
      ...innermost(context, task, startNs, endNs),
      inferred: false,
      pausedNs: 0,
      delayed: [],
    })
  })
  return out.sort((a, b) => a.startNs - b.startNs || b.endNs - a.endNs)
}

/** Most spans of one task are looked at to name the innermost. */
const maxSpans = 20_000

/** The innermost span of the task that fills most of the stretch names the work; else the task's own site. */
function innermost(
  context: Context,
  task: number,
  startNs: number,
  endNs: number,
): { site: string; row: number } {
  const { model, store } = context
  const own = model.tasks[task]
  if (!own) return { site: '', row: -1 }
  const { spans } = store
  let best = -1
  const end = own.row < 0 ? -1 : Math.min(spans.subtreeEnd[own.row]!, own.row + maxSpans)
  for (let row = own.row; row >= 0 && row < end; row++) {
    const shared = Math.min(endNs, spans.endNs[row]!) - Math.max(startNs, spans.startNs[row]!)
    if (
      shared >= 0.8 * (endNs - startNs) &&
      model.roleOfSpan[row]! <= 1 &&
      (best < 0 || spans.depth[row]! >= spans.depth[best]!)
    )
      best = row
  }
  if (best >= 0 && best !== own.row) {
    const name = store.strings[spans.name[best]!]!
    return { site: name, row: best }
  }
  return { site: own.site || own.name, row: own.row }
}

/** Without slices: the one task of the loop that was alive all through and awaited nothing; -1 when there are several. */
function suspect(context: Context, loop: number, startNs: number, endNs: number): number {
  const { model } = context
  const slack = (endNs - startNs) * 0.1
  let found = -1
  for (let task = 0; task < model.tasks.length; task++) {
    const entry = model.tasks[task]!
    if (entry.startNs > startNs + slack) break
    if (entry.loop !== loop || entry.endNs < endNs - slack) continue
    if (context.awaitsOf().overlapping(task, startNs + slack, endNs - slack).length > 0) continue
    // A parent that waits for the one found is not a second candidate.
    if (found >= 0 && !context.tree().isAncestor(found, task)) return -1
    found = task
  }
  return found
}
