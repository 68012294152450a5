import { eachOf, groupBy } from '../store/group.ts'
import { byRank, type LaneContext, type RankedLane, spanFlags } from './context.ts'
import { NOT_INVOLVED } from './involved.ts'
import { ItemBuilder } from './items.ts'
import { ItemFlag } from './lane.ts'

/**
 * One lane per event loop: what ran, and where it stalled.
 *
 *     api#main   ▮▮ ▮▮▮  ▮ ▒▒▒▒▒▒▒▒▒▒▒▒ ▮▮
 */
export function loopLanes(context: LaneContext): RankedLane[] {
  const { model, involved } = context
  const loops = model.loops.length
  const slicesOf = groupBy(model.slices.count, loops, slice => model.slices.loop[slice]!)
  const stallsOf = groupBy(model.stalls.length, loops, stall => model.stalls[stall]!.loop)
  const lanes = model.loops.map((loop, index): RankedLane => {
    const items = new ItemBuilder()
    eachOf(slicesOf, index, slice => {
      const task = model.slices.task[slice]!
      const row = task < 0 ? -1 : model.tasks[task]!.row
      items.push('slice', slice, row, model.slices.startNs[slice]!, model.slices.endNs[slice]!, 0, 0)
    })
    eachOf(stallsOf, index, stall => {
      const { row, startNs, endNs, inferred } = model.stalls[stall]!
      const found = involved.loop[index]! === NOT_INVOLVED ? 0 : ItemFlag.finding
      items.push('stall', stall, row, startNs, endNs, 0, spanFlags(context, row, inferred !== null) | found)
    })
    const laid = items.finish()
    return {
      lane: {
        id: `loop:${loop.label}`,
        kind: 'loop',
        label: loop.label,
        group: 'Event loops',
        process: loop.process,
        subject: index,
        rows: 1,
        items: laid,
      },
      rank: involved.loop[index]!,
      firstNs: laid.startNs[0] ?? 0,
    }
  })
  return byRank(lanes.filter(({ lane }) => lane.items.count > 0))
}
