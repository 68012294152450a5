import { eachOf, groupBy } from '../store/group.ts'
import { type LaneContext, processLabel, type RankedLane, spanFlags } from './context.ts'
import { NOT_INVOLVED } from './involved.ts'
import { ItemBuilder } from './items.ts'
import { nest, spansOfRoots } from './nesting.ts'
import { RowPacker } from './pack.ts'

const MAX_ROWS = 240

/**
 * Traces without tasks: one lane per process, its local roots packed by concurrency, children below their parents.
 *
 *     checkout   POST /checkout────────────   GET /cart───
 *                  charge card─────              select──
 */
export function spanLanes(context: LaneContext): RankedLane[] {
  const { store } = context
  const { roots, members } = spansOfRoots(context)
  if (roots.length === 0) return []
  const byStart = roots.map((_, index) => index)
  byStart.sort((a, b) => store.spans.startNs[roots[a]!]! - store.spans.startNs[roots[b]!]! || a - b)
  const ofProcess = groupBy(
    roots.length,
    store.processes.length,
    at => store.spans.process[roots[byStart[at]!]!]!,
  )
  const level = new Int32Array(store.spans.count).fill(-1)
  const lanes: RankedLane[] = []
  for (let process = 0; process < store.processes.length; process++) {
    const items = new ItemBuilder()
    const packer = new RowPacker(MAX_ROWS)
    let rank = NOT_INVOLVED
    for (let at = ofProcess.start[process]!; at < ofProcess.start[process + 1]!; at++) {
      const root = byStart[ofProcess.order[at]!]!
      const tree = nest(context, members, root, level)
      const top = packer.place(tree.startNs, tree.endNs, tree.height)
      eachOf(members, root, row => {
        const { startNs, endNs } = store.spans
        const sub = Math.min(MAX_ROWS - 1, top + level[row]!)
        items.push('span', row, row, startNs[row]!, endNs[row]!, sub, spanFlags(context, row))
        if (context.involved.span[row] === 1) rank = 0
      })
    }
    if (items.count === 0) continue
    const label = processLabel(store, process)
    const laid = items.finish()
    lanes.push({
      lane: {
        id: `spans:${label}`,
        kind: 'task',
        label,
        group: 'Services',
        process,
        subject: -1,
        rows: packer.rows,
        items: laid,
      },
      rank,
      firstNs: laid.startNs[0]!,
    })
  }
  return lanes
}
