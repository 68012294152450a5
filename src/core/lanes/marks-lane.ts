import type { LaneContext, RankedLane } from './context.ts'
import { NOT_INVOLVED } from './involved.ts'
import { ItemBuilder } from './items.ts'
import { ItemFlag } from './lane.ts'

/** One lane for what was written down: errors, deploys, complaints. */
export function marksLane({ model }: LaneContext): RankedLane[] {
  if (model.marks.length === 0) return []
  const items = new ItemBuilder()
  model.marks.forEach((mark, at) => {
    items.push('mark', at, -1, mark.atNs, mark.atNs, 0, mark.kind === 'error' ? ItemFlag.error : 0)
  })
  const laid = items.finish()
  return [
    {
      lane: {
        id: 'marks',
        kind: 'marks',
        label: 'Errors and marks',
        group: 'Events',
        process: -1,
        subject: -1,
        rows: 1,
        items: laid,
      },
      rank: NOT_INVOLVED,
      firstNs: laid.startNs[0]!,
    },
  ]
}
