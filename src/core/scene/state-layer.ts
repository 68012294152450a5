import { drawAccesses } from './access-symbols.ts'
import { visibleRows } from './bars.ts'
import type { Frame } from './frame.ts'
import type { PlacedLane } from './geometry.ts'
import { taskName } from './names.ts'

/**
 * Accesses of one key, a row a task, joined where one task works on:
 *
 *     ⓡ in_progress ─────── ⓦ completed
 *         ⓡ in_progress ─────── ⓦ completed
 */
export function drawStateLane(frame: Frame, placed: PlacedLane): void {
  const { accesses } = frame.input.session.model
  const size = placed.fold === 'collapsed' ? 6 : 14
  for (const row of visibleRows(frame, placed)) {
    let before: { x: number; task: number; atNs: number } | null = null
    const drawn: { x: number; text: string; y: number; first: boolean; task: number }[] = []
    const line: { x1: number; x2: number }[] = []
    const y = placed.y + placed.geometry.rowTop(row) + placed.geometry.rowHeight(row) / 2
    const at = frame.marks.length
    drawAccesses(frame, placed, row, size, (bar, x) => {
      const access = accesses[placed.lane.items.ref[bar.item]!]!
      const joins = before !== null && before.task === access.task && bar.count === 1
      if (joins && before) line.push({ x1: before.x, x2: x })
      const text = bar.count > 1 ? '' : access.error ? `${access.value} ${access.error}`.trim() : access.value
      drawn.push({ x, text, y, first: !joins, task: access.task })
      before = { x, task: access.task, atNs: access.atNs }
    })
    // Lines belong under the symbols.
    frame.marks.splice(
      at,
      0,
      ...line.map(({ x1, x2 }) => ({
        kind: 'line' as const,
        x1,
        y1: y,
        x2,
        y2: y,
        stroke: frame.theme.mark,
        width: 1.5,
        alpha: 0.55,
      })),
    )
    if (placed.fold === 'collapsed') continue
    drawn.forEach(({ x, text, first, task }, index) => {
      const next = drawn[index + 1]
      const room = (next ? next.x - size / 2 : frame.rightPx) - x - size / 2 - 8
      frame.labels.add({
        text: text || (first ? taskName(frame, task) : ''),
        x: x + size / 2 + 4,
        maxPx: Math.min(150, room),
        y: y + 3.5,
        size: 10,
        fill: frame.theme.text,
        mono: text !== '',
        halo: frame.theme.background,
      })
    })
  }
}
