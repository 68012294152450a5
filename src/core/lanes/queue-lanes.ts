import { queuesOf } from '../replay/queues.ts'
import { byRank, type LaneContext, processLabel, type RankedLane } from './context.ts'
import { NOT_INVOLVED } from './involved.ts'
import { ItemBuilder } from './items.ts'
import { ItemFlag } from './lane.ts'
import { RowPacker } from './pack.ts'

const MAX_ROWS = 8

/**
 * One lane per queue: its depth, below it each item from its put to its get.
 *
 *     jobs     ▁▂▃▃▄▅▅▆▆▇    depth
 *              ▭▭▭▭▭▭▭       an item: put at its left edge, taken at its right
 *                ▭▭▭▭▭▭▭▭▸   nobody took it
 */
export function queueLanes({ store, model, involved }: LaneContext): RankedLane[] {
  const lanes = queuesOf(model).map((queue, index): RankedLane => {
    const rank = involved.queue[index]!
    const found = rank === NOT_INVOLVED ? 0 : ItemFlag.finding
    const items = new ItemBuilder()
    const packer = new RowPacker(MAX_ROWS)
    for (const { put, get } of queue.stays) {
      const fromNs = model.queueItems[put]!.atNs
      const toNs = model.queueItems[get]?.atNs ?? store.durationNs
      const row = packer.place(fromNs, toNs)
      items.push('queued', put, -1, fromNs, toNs, row, found | (get < 0 ? ItemFlag.open : 0))
    }
    return {
      lane: {
        id: `queue:${processLabel(store, queue.process)}:${queue.name}`,
        kind: 'queue',
        label: queue.name,
        group: 'Queues',
        process: queue.process,
        subject: index,
        rows: packer.rows,
        items: items.finish(),
      },
      rank,
      firstNs: queue.atNs[0]!,
    }
  })
  return byRank(lanes)
}
