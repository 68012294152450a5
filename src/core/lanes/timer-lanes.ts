import { byRank, type LaneContext, processLabel, type RankedLane, spanFlags } from './context.ts'
import { NOT_INVOLVED } from './involved.ts'
import { ItemBuilder } from './items.ts'

const MAX_LANES = 24

/**
 * One lane per timer that ticks again and again: each tick from when it was due to when it came.
 *
 *     heartbeat   |    |    |    ├──────────|    |
 */
export function timerLanes(context: LaneContext): RankedLane[] {
  const { model, store, involved } = context
  const series = new Map<string, { name: string; process: number; ticks: number[] }>()
  model.ticks.forEach((tick, index) => {
    const key = `${tick.process}\n${tick.series}`
    const known = series.get(key)
    if (known) known.ticks.push(index)
    else series.set(key, { name: tick.name || tick.series, process: tick.process, ticks: [index] })
  })
  const lanes: RankedLane[] = []
  const taken = new Map<string, number>()
  for (const { name, process, ticks } of series.values()) {
    let late = 0
    let rank = NOT_INVOLVED + 1
    const items = new ItemBuilder()
    for (const at of ticks) {
      const tick = model.ticks[at]!
      const dueNs = tick.expectedNs >= 0 ? Math.min(tick.expectedNs, tick.startNs) : tick.startNs
      items.push(
        'timer',
        at,
        tick.row,
        dueNs,
        tick.startNs,
        0,
        spanFlags(context, tick.row, tick.inferred !== null),
      )
      late = Math.max(late, tick.latenessNs)
      if (tick.row >= 0 && involved.span[tick.row] === 1) rank = 0
    }
    if (ticks.length < 2 && rank !== 0) continue
    const label = processLabel(store, process)
    const id = `timer:${label}:${name}`
    const repeat = taken.get(id) ?? 0
    taken.set(id, repeat + 1)
    const laid = items.finish()
    lanes.push({
      lane: {
        id: repeat === 0 ? id : `${id}:${repeat + 1}`,
        kind: 'task',
        label: name,
        group: `${label} · timers`,
        process,
        subject: ticks[0]!,
        rows: 1,
        items: laid,
      },
      rank: rank === 0 ? 0 : rank - late / 1e18,
      firstNs: laid.startNs[0]!,
    })
  }
  return byRank(lanes).slice(0, MAX_LANES)
}
