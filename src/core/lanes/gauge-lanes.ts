import { gaugeLabel, hasLane } from '../convention/gauges.ts'
import { byRank, type LaneContext, processLabel, type RankedLane } from './context.ts'
import { NOT_INVOLVED } from './involved.ts'
import { ItemBuilder } from './items.ts'

/**
 * One lane per metric series that a process told of itself. A lane has no items: what is drawn is the series.
 *
 *     orders event loop delay, max   ▁▁▁▁▂█▁▁▁
 */
export function gaugeLanes({ store }: LaneContext): RankedLane[] {
  const lanes = store.gauges.flatMap((gauge, index): RankedLane[] => {
    if (!hasLane(gauge)) return []
    const label = `${processLabel(store, gauge.process)} ${gaugeLabel(gauge)}`
    return [
      {
        lane: {
          id: `gauge:${label} ${JSON.stringify(gauge.attributes)}`,
          kind: 'gauge',
          label,
          group: 'Metrics',
          process: gauge.process,
          subject: index,
          rows: 1,
          items: new ItemBuilder().finish(),
        },
        rank: NOT_INVOLVED,
        firstNs: 0,
      },
    ]
  })
  return byRank(lanes)
}
