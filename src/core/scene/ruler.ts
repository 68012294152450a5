import { severities } from '../detect/finding.ts'
import type { Frame } from './frame.ts'
import { RULER_PX } from './geometry.ts'
import type { Mark } from './scene.ts'
import { severityTone, toneOf } from './severity.ts'
import { ticks } from './ticks.ts'
import { formatClock, formatDuration, formatRelative } from './time-text.ts'

type TextMark = Extract<Mark, { kind: 'text' }>

const FLAG_ROW_PX = 18
const TICK_PX = 110

const dayNs = 86_400_000_000_000n

/** Ticks of the view, shared by the ruler and the grid lines in the lanes. */
export function viewTicks({ input, nsPerPx }: Frame): { stepNs: number; at: readonly number[] } {
  const { viewport, timeDisplay, session } = input
  const offset = timeDisplay === 'relative' ? 0 : Number(BigInt(session.store.epochUnixNano) % dayNs)
  return ticks(viewport.startNs, viewport.endNs, nsPerPx * TICK_PX, offset)
}

export function drawGrid(frame: Frame, at: readonly number[]): void {
  for (const ns of at) {
    const x = Math.round(frame.x(ns)) + 0.5
    frame.push({
      kind: 'line',
      x1: x,
      y1: frame.topPx,
      x2: x,
      y2: frame.bottomPx,
      stroke: frame.theme.grid,
      width: 1,
    })
  }
}

/** The ticks' times above, as far as there is room for them. */
export function tickLabels(frame: Frame, stepNs: number, at: readonly number[]): TextMark[] {
  const { theme, input } = frame
  const labels: TextMark[] = []
  let freeFrom = frame.leftPx
  for (const ns of at) {
    const x = Math.round(frame.x(ns)) + 0.5
    const text =
      input.timeDisplay === 'relative'
        ? formatRelative(ns, stepNs)
        : formatClock(input.session.store.epochUnixNano, ns, stepNs, input.timeDisplay)
    const width = frame.text(text, 11, false)
    if (x + 4 < freeFrom || x + 4 + width > frame.rightPx) continue
    freeFrom = x + width + 16
    labels.push({ kind: 'text', x: x + 4, y: RULER_PX - 8, text, size: 11, fill: theme.textMuted })
  }
  return labels
}

/** Ticks above, a flag for every finding in view. */
export function drawRuler(frame: Frame, at: readonly number[]): void {
  const { theme, input } = frame
  const { viewport } = input
  frame.push({ kind: 'rect', x: 0, y: 0, w: frame.rightPx, h: RULER_PX, fill: theme.panel, pattern: 'solid' })
  const { range } = input.highlights
  if (range) shadeRange(frame, range.startNs, range.endNs, theme.accent)
  for (const ns of at) {
    const x = Math.round(frame.x(ns)) + 0.5
    frame.push({ kind: 'line', x1: x, y1: RULER_PX - 6, x2: x, y2: RULER_PX, stroke: theme.border, width: 1 })
  }
  if (frame.leftPx > 90) {
    const shown = `${formatDuration(viewport.endNs - viewport.startNs)} in view`
    frame.push({ kind: 'text', x: 12, y: RULER_PX - 8, text: shown, size: 10.5, fill: theme.textMuted })
  }
  drawFlags(frame)
  frame.push({
    kind: 'line',
    x1: 0,
    y1: RULER_PX - 0.5,
    x2: frame.rightPx,
    y2: RULER_PX - 0.5,
    stroke: theme.border,
    width: 1,
  })
}

function shadeRange(frame: Frame, startNs: number, endNs: number, fill: string): void {
  const x = Math.max(frame.leftPx, frame.clampedX(startNs))
  const right = Math.min(frame.rightPx, frame.clampedX(endNs))
  if (right < frame.leftPx || x > frame.rightPx) return
  frame.push({
    kind: 'rect',
    x,
    y: FLAG_ROW_PX,
    w: Math.max(2, right - x),
    h: RULER_PX - FLAG_ROW_PX,
    fill,
    pattern: 'solid',
    alpha: 0.16,
  })
}

/** Room for the count behind a flag: `+123`. */
const COUNT_PX = 28

/** Flags stand where findings begin; those too close to a worse one become a `+2` behind it. */
function drawFlags(frame: Frame): void {
  const { theme, input } = frame
  const flags: { x: number; w: number; more: number; finding: string; severity: number }[] = []
  const { findings } = input.session.analysis
  const ordered = [...findings].sort((a, b) => {
    const chosen = input.highlights.finding
    return Number(b.id === chosen) - Number(a.id === chosen)
  })
  for (const finding of ordered) {
    if (finding.product === 'import' || !frame.inView(finding.startNs, finding.endNs)) continue
    const x = Math.max(frame.leftPx + 1, frame.clampedX(finding.startNs))
    const w = frame.text(finding.id, 10, true) + 10
    const near = flags.find(flag => x < flag.x + flag.w + COUNT_PX && x + w + COUNT_PX > flag.x)
    if (near) near.more++
    else flags.push({ x, w, more: 0, finding: finding.id, severity: severities.indexOf(finding.severity) })
  }
  for (const flag of flags) {
    const tone = severityTone(theme, flag.severity)
    const isSelected = flag.finding === input.highlights.finding
    frame.push({ kind: 'line', x1: flag.x, y1: 3, x2: flag.x, y2: RULER_PX, stroke: tone, width: 1.5 })
    frame.push({ kind: 'rect', x: flag.x, y: 3, w: flag.w, h: 15, fill: tone, pattern: 'solid', radius: 2 })
    frame.push({
      kind: 'text',
      x: flag.x + 5,
      y: 14,
      text: flag.finding,
      size: 10,
      fill: theme.severityText,
      bold: true,
    })
    if (flag.more > 0) {
      frame.push({
        kind: 'text',
        x: flag.x + flag.w + 3,
        y: 14,
        text: `+${flag.more}`,
        size: 9.5,
        fill: theme.textMuted,
      })
    }
    frame.hits.push({
      x: flag.x - 2,
      y: 2,
      w: flag.w + 4,
      h: 17,
      target: { kind: 'finding', finding: flag.finding },
    })
    const found = isSelected ? findings.find(({ id }) => id === flag.finding) : undefined
    if (found) shadeRange(frame, found.startNs, found.endNs, toneOf(theme, found.severity))
  }
}
