/** Which lanes are shown, and in which order: pure functions of what the user chose. */
import type { Finding } from '../../src/core/detect/finding.ts'
import { openLanes } from '../../src/core/lanes/child-lanes.ts'
import { itemKinds, type Lane } from '../../src/core/lanes/lane.ts'
import type { Matches } from '../../src/core/lanes/matches.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { involvedLanes } from './involved-lanes.ts'

/** How lanes follow each other inside their group; `found` is the order of the trace: those of findings first. */
export const laneOrders = ['found', 'start', 'longest', 'waited', 'name'] as const
export type LaneOrder = (typeof laneOrders)[number]

export interface LaneChoice {
  /** Part of a lane's or group's name, `''` for all. */
  readonly laneFilter: string
  /** Only lanes of this finding. */
  readonly involvedIn: Finding | undefined
  /** Only lanes in which a query found something. */
  readonly matches: Matches | null
  readonly order: LaneOrder
  /** On top, whatever else is hidden. */
  readonly pinned: ReadonlySet<string>
  /** What is nested in these stands below them, whatever else is hidden. */
  readonly opened: ReadonlySet<string>
}

export function chooseLanes(session: Session, choice: LaneChoice): readonly Lane[] {
  const { laneFilter, involvedIn, matches, order, pinned, opened } = choice
  let lanes: readonly Lane[] = session.lanes
  if (involvedIn) {
    const involved = involvedLanes(session, involvedIn)
    if (involved.length > 0) lanes = involved
  }
  if (matches) lanes = lanes.filter(lane => matches.bits.has(lane))
  const words = laneFilter.trim().toLowerCase()
  if (words) lanes = lanes.filter(({ label, group }) => `${label} ${group}`.toLowerCase().includes(words))
  if (order !== 'found') lanes = ordered(lanes, order)
  if (pinned.size > 0) {
    const onTop = session.lanes.filter(lane => pinned.has(lane.id))
    lanes = [...onTop, ...lanes.filter(lane => !pinned.has(lane.id))]
  }
  return openLanes(session.lanes, lanes, opened, pinned)
}

/** Sorted inside their groups; groups stay where they are. */
function ordered(lanes: readonly Lane[], order: LaneOrder): readonly Lane[] {
  const groups = [...Map.groupBy(lanes, lane => lane.group).values()]
  if (order === 'name') {
    const { compare } = new Intl.Collator('en', { numeric: true })
    return groups.flatMap(group => group.sort((a, b) => compare(a.label, b.label)))
  }
  const keys = new Map(lanes.map(lane => [lane, sortKey(lane, order)]))
  return groups.flatMap(group => group.sort((a, b) => keys.get(a)! - keys.get(b)!))
}

function sortKey({ items }: Lane, order: LaneOrder): number {
  switch (order) {
    case 'start':
      return items.startNs[0] ?? Number.POSITIVE_INFINITY
    case 'longest': {
      let longestNs = 0
      for (let at = 0; at < items.count; at++) {
        longestNs = Math.max(longestNs, items.endNs[at]! - items.startNs[at]!)
      }
      return -longestNs
    }
    case 'waited': {
      let waitedNs = 0
      for (let at = 0; at < items.count; at++) {
        if (items.kind[at] === wait) waitedNs += items.endNs[at]! - items.startNs[at]!
      }
      return -waitedNs
    }
    default:
      return 0
  }
}

const wait = itemKinds.indexOf('wait')
