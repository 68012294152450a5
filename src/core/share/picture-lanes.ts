import { involvedIn, NOT_INVOLVED } from '../lanes/involved.ts'
import type { Lane } from '../lanes/lane.ts'
import { HEADING_PX, plainGeometry } from '../scene/geometry.ts'
import type { Session } from '../scene/scene.ts'
import type { PictureView } from './compose-view.ts'

/** Ten lanes of the same kind say no more than a few: the resource's lane has all of them. */
const MAX_TASKS_PER_GROUP = 5

/**
 * Lanes for a picture of a stretch of time: those with something in it, and when they are too many for `maxPx`, the ones
 * the finding is about or something is selected in, then loops and resources, then those of other findings, then the rest; in their usual order.
 */
export function pictureLanes(
  { model, analysis, lanes }: Session,
  { finding, startNs, endNs, selected }: PictureView,
  maxPx: number,
): readonly Lane[] {
  const chosen = finding ? [finding] : []
  const told = new Set(chosen.flatMap(({ steps }) => steps.map(({ task }) => task)))
  // Who started the tasks that are told of: without its lane they come from nowhere.
  const starters = new Set([...told].map(task => model.tasks[task]?.parent ?? -1))
  const mine = involvedIn(model, { ...analysis, findings: chosen })
  const all = involvedIn(model, analysis)
  const scores = new Map<Lane, number>()
  const busy = lanes.filter(lane => isBusy(lane, startNs, endNs))
  for (const lane of busy) {
    const own = isInvolved(lane, mine)
    const other = isInvolved(lane, all)
    const isTask = lane.kind === 'task'
    scores.set(
      lane,
      (lane.id === selected?.lane ? 16 : 0) +
        (isTask && told.has(lane.subject) ? 4 : 0) +
        (own || (isTask && starters.has(lane.subject)) ? 8 : 0) +
        (other ? 2 : 0) +
        (lane.kind === 'loop' ? 20 : lane.kind === 'task' ? 1 : 2),
    )
  }
  // With a finding, what has nothing to do with it only fills room that is left over.
  const ranked = [...busy].sort((a, b) => scores.get(b)! - scores.get(a)!)
  const kept = new Set<Lane>()
  const groups = new Set<string>()
  let heightPx = 0
  const perGroup = new Map<string, number>()
  for (const lane of ranked) {
    const taken = perGroup.get(lane.group) ?? 0
    if (lane.kind === 'task' && taken >= MAX_TASKS_PER_GROUP) continue
    const needed = plainGeometry(lane).heightPx + (groups.has(lane.group) ? 0 : HEADING_PX)
    if (kept.size > 0 && heightPx + needed > maxPx) continue
    heightPx += needed
    groups.add(lane.group)
    kept.add(lane)
    perGroup.set(lane.group, taken + 1)
  }
  return busy.filter(lane => kept.has(lane))
}

function isInvolved(
  lane: Lane,
  { loop, resource, queue, key, task }: ReturnType<typeof involvedIn>,
): boolean {
  const ranks = { loop, resource, queue, state: key, task }
  if (lane.kind === 'marks' || lane.kind === 'gauge') return false
  return lane.subject >= 0 && (ranks[lane.kind][lane.subject] ?? NOT_INVOLVED) < NOT_INVOLVED
}

function isBusy({ kind, items }: Lane, startNs: number, endNs: number): boolean {
  // Its series has a value at any time.
  if (kind === 'gauge') return true
  for (let at = 0; at < items.count && items.startNs[at]! <= endNs; at++) {
    if (items.endNs[at]! >= startNs) return true
  }
  return false
}
