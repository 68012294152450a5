import { codeOf } from '../lanes/items.ts'
import type { Lane } from '../lanes/lane.ts'
import type { PathPiece } from '../replay/critical-path.ts'
import { partitionPoint } from '../sorted.ts'
import type { Frame } from './frame.ts'

/** Where each task has its row; of several lanes the first. */
const rows = new WeakMap<readonly Lane[], ReadonlyMap<number, TaskRow>>()

interface TaskRow {
  readonly lane: string
  readonly row: number
}

/**
 * The critical path as one line under the bars of the tasks it runs through. Nothing finer than a pixel is drawn.
 *
 *     buy     ▮▮▮╱╱╱╱╱╱╱╱▮▮
 *             ━━━┓       ┏━━
 *     refund   ▮▮┃░░░░░▮▮┃
 *                ┗━━━━━━━┛
 */
export function drawCriticalPath(frame: Frame): void {
  const { criticalPath: pieces, lanes } = frame.input
  if (!pieces) return
  let known = rows.get(lanes)
  if (!known) {
    known = rowsOf(lanes)
    rows.set(lanes, known)
  }
  const points: number[] = []
  for (let at = firstEndingAfter(pieces, frame.input.viewport.startNs, 0); at < pieces.length; ) {
    const { task, startNs, endNs } = pieces[at]!
    if (startNs > frame.input.viewport.endNs) break
    const place = known.get(task)
    const placed = place && frame.lane(place.lane)
    if (place && placed) {
      const y = placed.y + placed.geometry.rowTop(place.row) + placed.geometry.rowHeight(place.row) + 1
      points.push(frame.clampedX(startNs), y, frame.clampedX(endNs), y)
    }
    at = firstEndingAfter(pieces, Math.max(endNs, startNs + frame.nsPerPx), at + 1)
  }
  if (points.length === 0) return
  frame.over.push({ kind: 'path', points, stroke: frame.theme.background, width: 6, alpha: 0.85 })
  frame.over.push({ kind: 'path', points, stroke: frame.theme.path, width: 3 })
}

function rowsOf(lanes: readonly Lane[]): Map<number, TaskRow> {
  const found = new Map<number, TaskRow>()
  const task = codeOf('task')
  for (const { id, kind, items } of lanes) {
    if (kind !== 'task') continue
    for (let item = 0; item < items.count; item++) {
      const ref = items.ref[item]!
      if (items.kind[item] === task && !found.has(ref)) found.set(ref, { lane: id, row: items.row[item]! })
    }
  }
  return found
}

const firstEndingAfter = (pieces: readonly PathPiece[], ns: number, from: number): number =>
  partitionPoint(from, pieces.length, at => pieces[at]!.endNs <= ns)
