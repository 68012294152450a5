import type { LaneContext, RankedLane } from './context.ts'
import { NOT_INVOLVED } from './involved.ts'
import { ItemBuilder } from './items.ts'
import { ItemFlag } from './lane.ts'

/** One lane for what was written down: errors, deploys, complaints; of a log without spans every line. */
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
        label: model.marks.some(({ kind }) => kind === 'log') ? 'Log' : 'Errors and marks',
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
