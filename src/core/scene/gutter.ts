import { isOwnLane } from '../lanes/child-lanes.ts'
import type { Lane } from '../lanes/lane.ts'
import { queuesOf } from '../replay/queues.ts'
import type { Frame } from './frame.ts'
import type { PlacedLane } from './geometry.ts'
import { cutMiddle, oneLine } from './measure.ts'
import { nestedText } from './nested.ts'
import { severityRank, severityTone } from './severity.ts'
import { formatDuration } from './time-text.ts'

/** Where names begin; the triangle of what can be opened stands before them. */
const LABEL_X = 15
const INDENT_PX = 14

/** Lane names on the left, with what is worth knowing about the lane below them. */
export function drawGutter(frame: Frame): void {
  const { theme, leftPx, topPx, bottomPx } = frame
  if (leftPx <= 0) return
  frame.push({
    kind: 'rect',
    x: 0,
    y: topPx,
    w: leftPx,
    h: bottomPx - topPx,
    fill: theme.panel,
    pattern: 'solid',
  })
  frame.push({ kind: 'clip', x: 0, y: topPx, w: leftPx, h: Math.max(0, bottomPx - topPx) })
  for (const placed of frame.visible) drawLabel(frame, placed)
  frame.push({ kind: 'unclip' })
  frame.push({
    kind: 'line',
    x1: leftPx,
    y1: topPx,
    x2: leftPx,
    y2: bottomPx,
    stroke: theme.border,
    width: 1,
  })
}

function drawLabel(frame: Frame, placed: PlacedLane): void {
  const { theme, leftPx } = frame
  const { lane, y, geometry } = placed
  const rank = severityRank(frame, lane)
  const h = geometry.heightPx
  frame.push({ kind: 'line', x1: 0, y1: y + h, x2: leftPx, y2: y + h, stroke: theme.grid, width: 1 })
  if (rank >= 0) {
    frame.push({
      kind: 'rect',
      x: 0,
      y: y + 1,
      w: 3,
      h: h - 2,
      fill: severityTone(theme, rank),
      pattern: 'solid',
    })
  }
  const x = LABEL_X + placed.depth * INDENT_PX
  const nested = nestedText(frame.input.session.lanes, lane)
  const detail =
    h >= 40 && placed.fold !== 'collapsed' ? [detailOf(frame, lane), nested].filter(Boolean).join(' · ') : ''
  // A tall lane's name stays in sight while the lane is scrolled through.
  const top = Math.max(y, Math.min(frame.topPx, y + h - (detail ? 40 : 24)))
  const baseline = h < 40 ? top + h / 2 + 4.2 : top + 18
  text(frame, lane.label, x, baseline, 12, theme.text, rank >= 0)
  if (detail) text(frame, detail, x, baseline + 15, 10.5, theme.textMuted, false)
  frame.hits.push({ x: 0, y, w: leftPx, h, target: { kind: 'lane', lane: lane.id } })
  if (nested) drawOpener(frame, placed, x, baseline)
}

/** ▸ closed, ▾ opened: left of the name. */
function drawOpener(frame: Frame, { lane, fold }: PlacedLane, x: number, baseline: number): void {
  const [cx, cy] = [x - 7, baseline - 4]
  const points =
    fold === 'opened'
      ? [cx - 3.5, cy - 2, cx + 3.5, cy - 2, cx, cy + 3]
      : [cx - 2, cy - 3.5, cx + 3, cy, cx - 2, cy + 3.5]
  frame.push({ kind: 'path', points, fill: frame.theme.textMuted })
  frame.hits.push({ x: cx - 8, y: cy - 11, w: 18, h: 22, target: { kind: 'opener', lane: lane.id } })
}

function text(
  frame: Frame,
  label: string,
  x: number,
  y: number,
  size: number,
  fill: string,
  bold: boolean,
): void {
  const cut = cutMiddle(oneLine(label), frame.leftPx - x - 8, part => frame.text(part, size, bold))
  if (cut === '') return
  frame.push({ kind: 'text', x, y, text: cut, size, fill, ...(bold && { bold }) })
}

function detailOf({ input }: Frame, lane: Lane): string {
  const { model } = input.session
  switch (lane.kind) {
    case 'resource': {
      const resource = model.resources[lane.subject]
      if (!resource) return ''
      return [
        resource.type,
        resource.capacity > 0 ? `${resource.capacity} ${resource.capacity === 1 ? 'permit' : 'permits'}` : '',
      ]
        .filter(Boolean)
        .join(' · ')
    }
    case 'queue': {
      const queue = queuesOf(model)[lane.subject]
      return queue
        ? `${queue.stays.length} items${queue.capacity > 0 ? ` · room for ${queue.capacity}` : ''}`
        : ''
    }
    case 'state':
      return `${lane.items.count} accesses`
    case 'task': {
      const task = isOwnLane(lane) ? model.tasks[lane.subject] : undefined
      if (!task) return ''
      const length = task.open ? 'never ended' : formatDuration(task.endNs - task.startNs)
      return [length, task.outcome === 'completed' || task.outcome === 'running' ? '' : task.outcome]
        .filter(Boolean)
        .join(' · ')
    }
    default:
      return ''
  }
}
