/** Which lanes, and how much of them, the little picture on a finding's card shows. */
import type { Finding } from '../../../src/core/detect/finding.ts'
import { itemKinds, type Lane, type LaneItems } from '../../../src/core/lanes/lane.ts'
import { stepsRange } from '../../../src/core/scene/finding-range.ts'
import { plainGeometry } from '../../../src/core/scene/geometry.ts'
import type { Session } from '../../../src/core/scene/scene.ts'
import { involvedLanes, involvedTasks } from '../../state/involved-lanes.ts'
import { laneOfTask } from '../../state/lookup.ts'

/** Height of all lanes together, beyond those that the steps name. */
const MOST_PX = 190
/** No card is higher than this for its picture, whatever its steps name. */
const MOST_NAMED_PX = 460
/** Sub-rows kept of a tall resource: enough to see the pattern, not the pool. */
const MOST_HOLD_ROWS = 4
const MOST_WAIT_ROWS = 2

export interface MiniLaneChoice {
  readonly lanes: readonly Lane[]
  /** Lanes of the finding that have something in the stretch, but no room. */
  readonly moreLanes: number
  /** Sub-rows of a tall resource that were left out. */
  readonly moreRows: number
}

/** What the finding is about first, thinned where it is tall; then its tasks, in the order of its steps. */
export function pickMiniLanes(session: Session, finding: Finding): MiniLaneChoice {
  const involved = involvedLanes(session, finding)
  const isInvolved = new Set(involved)
  const ofTask = (task: number): Lane | undefined => {
    const lane = laneOfTask(session, task)
    return lane && isInvolved.has(lane) ? lane : undefined
  }
  const subjects = [...involved.filter(lane => lane.kind !== 'task'), ...otherResources(session, finding)]
  const tasks = new Set(involvedTasks(session, finding).flatMap(task => ofTask(task) ?? []))
  const range = stepsRange(finding, session.store.durationNs)
  const named = new Set(finding.steps.flatMap(({ task }) => ofTask(task) ?? []))
  const kept: Lane[] = []
  let usedPx = 0
  let moreLanes = 0
  let moreRows = 0
  for (const lane of [...subjects, ...tasks]) {
    const shown = lane.kind === 'resource' ? thinned(lane, finding) : lane
    if (lane.kind === 'task' && !named.has(lane) && !isSeen(lane, range)) continue
    const { heightPx } = plainGeometry(shown)
    const most = named.has(lane) || lane.kind === 'resource' ? MOST_NAMED_PX : MOST_PX
    if (kept.length > 0 && usedPx + heightPx > most) {
      moreLanes++
      continue
    }
    moreRows += lane.rows - shown.rows
    // One group for all: no headings between them.
    kept.push({ ...shown, group: '' })
    usedPx += heightPx
  }
  return { lanes: kept, moreLanes, moreRows }
}

/** What the steps took or asked for beside the subject: the other lock of a deadlock. */
function otherResources({ lanes }: Session, finding: Finding): readonly Lane[] {
  const rows = new Set(finding.steps.map(step => step.row).filter(row => row >= 0))
  return lanes.filter(
    ({ kind, subject, items }) =>
      kind === 'resource' && subject !== finding.resource && items.span.some(row => rows.has(row)),
  )
}

/** Something of it lies in the stretch that is drawn. */
function isSeen({ items }: Lane, { startNs, endNs }: { startNs: number; endNs: number }): boolean {
  for (let item = 0; item < items.count; item++)
    if (items.startNs[item]! <= endNs && items.endNs[item]! >= startNs) return true
  return false
}

/**
 * The first few sub-rows that have something to do with the finding.
 *
 *     ████ slot 1            ████ slot 1
 *     ████ slot 2     →      ████ slot 2
 *       …  slot 10            ╱╱╱ first waiter
 *      ╱╱╱ 5 waiters
 */
function thinned(lane: Lane, finding: Finding): Lane {
  if (lane.rows <= MOST_HOLD_ROWS + MOST_WAIT_ROWS) return lane
  const rows = new Set([...finding.culprit.rows, ...finding.victims.rows])
  const holdRows = new Set<number>()
  const waitRows = new Set<number>()
  const { items } = lane
  for (const mine of [true, false]) {
    for (let item = 0; item < items.count; item++) {
      if (items.startNs[item]! > finding.endNs || items.endNs[item]! < finding.startNs) continue
      if (rows.has(items.span[item]!) !== mine) continue
      const isHold = itemKinds[items.kind[item]!] === 'hold'
      const chosen = isHold ? holdRows : waitRows
      if (chosen.size < (isHold ? MOST_HOLD_ROWS : MOST_WAIT_ROWS)) chosen.add(items.row[item]!)
    }
  }
  const order = [...holdRows].sort((a, b) => a - b).concat([...waitRows].sort((a, b) => a - b))
  return {
    ...lane,
    rows: Math.max(1, order.length),
    items: onlyRows(items, new Map(order.map((row, at) => [row, at]))),
  }
}

/** Items of some sub-rows, renumbered. */
function onlyRows(items: LaneItems, newRow: ReadonlyMap<number, number>): LaneItems {
  const kept: number[] = []
  for (let item = 0; item < items.count; item++) if (newRow.has(items.row[item]!)) kept.push(item)
  return {
    count: kept.length,
    startNs: Float64Array.from(kept, item => items.startNs[item]!),
    endNs: Float64Array.from(kept, item => items.endNs[item]!),
    kind: Uint8Array.from(kept, item => items.kind[item]!),
    row: Uint16Array.from(kept, item => newRow.get(items.row[item]!)!),
    ref: Int32Array.from(kept, item => items.ref[item]!),
    span: Int32Array.from(kept, item => items.span[item]!),
    flags: Uint8Array.from(kept, item => items.flags[item]!),
  }
}
