import type { Frame } from './frame.ts'

/** A dashed line through the view at a limit; `reached` colours it as contended. */
export function drawLimitLine(frame: Frame, y: number, reached: boolean): void {
  const { theme, leftPx, rightPx } = frame
  const stroke = reached ? theme.contendedEdge : theme.textMuted
  frame.push({ kind: 'line', x1: leftPx, y1: y, x2: rightPx, y2: y, stroke, width: 1, dashed: true })
}

/** Small words at the right edge of the view that name a limit or a peak. */
export function nameLimit(frame: Frame, text: string, y: number): void {
  const { theme, rightPx } = frame
  const look = { size: 9.5, fill: theme.textMuted, halo: theme.background, align: 'end' } as const
  frame.labels.add({ text, x: rightPx - 6, y, maxPx: 90, ...look })
}
