import { type ImportPreview, type PreviewLane, previewBins } from '../import/preview.ts'
import { plural } from '../report/quantity.ts'
import { cutMiddle, oneLine } from './measure.ts'
import type { Mark, Scene, SceneInput, ThemeName } from './scene.ts'
import { type Theme, theme } from './theme.ts'
import { ticks } from './ticks.ts'
import { formatRelative } from './time-text.ts'

export interface PreviewInput {
  readonly preview: ImportPreview
  readonly widthPx: number
  readonly heightPx: number
  readonly gutterPx: number
  readonly theme: ThemeName
  readonly measure: SceneInput['measure']
}

const RULER_PX = 28
const TALLEST_PX = 72
const LOWEST_PX = 26
const TICK_PX = 120

/**
 * A trace that is still being read: one lane of density a service or operation, each against its own peak, errors below.
 *
 *     orders          │▂▅▇▇▅▃▂▁
 *     4,120 spans     │   ▪                       room for what comes
 */
export function buildPreview(input: PreviewInput): Scene {
  const { preview, widthPx, heightPx, gutterPx } = input
  const tokens = theme(input.theme)
  const marks: Mark[] = []
  const room = (heightPx - RULER_PX) / Math.max(1, preview.lanes.length)
  const lanePx = Math.min(TALLEST_PX, Math.max(LOWEST_PX, Math.floor(room)))
  drawAxis(marks, input, tokens)
  preview.lanes.forEach((lane, at) => {
    const y = RULER_PX + at * lanePx
    if (y >= heightPx) return
    drawDensity(marks, lane, input, y, lanePx, tokens)
    drawName(marks, lane, input, y, lanePx, tokens)
    marks.push(across(0, widthPx, y + lanePx - 0.5, tokens.grid))
  })
  marks.push({
    kind: 'line',
    x1: gutterPx,
    y1: 0,
    x2: gutterPx,
    y2: heightPx,
    stroke: tokens.border,
    width: 1,
  })
  return { widthPx, heightPx, background: tokens.panel, marks, hits: [], laneBoxes: [], contentPx: heightPx }
}

function drawAxis(
  marks: Mark[],
  { preview, widthPx, heightPx, gutterPx, measure }: PreviewInput,
  tokens: Theme,
): void {
  const { startNs, binNs } = preview
  const nsPerPx = (binNs * previewBins) / (widthPx - gutterPx)
  const { stepNs, at } = ticks(startNs, startNs + binNs * previewBins, nsPerPx * TICK_PX, 0)
  for (const ns of at) {
    const x = Math.round(gutterPx + (ns - startNs) / nsPerPx) + 0.5
    const text = formatRelative(ns, stepNs)
    marks.push({ kind: 'line', x1: x, y1: RULER_PX, x2: x, y2: heightPx, stroke: tokens.grid, width: 1 })
    if (x + 4 + measure(text, 11, false) <= widthPx)
      marks.push({ kind: 'text', x: x + 4, y: RULER_PX - 10, text, size: 11, fill: tokens.textMuted })
  }
  marks.push(across(0, widthPx, RULER_PX - 0.5, tokens.border))
}

function drawDensity(
  marks: Mark[],
  { starts, errorStarts }: PreviewLane,
  { widthPx, gutterPx }: PreviewInput,
  y: number,
  lanePx: number,
  tokens: Theme,
): void {
  const binPx = (widthPx - gutterPx) / previewBins
  const floor = y + lanePx - 5
  const peak = Math.max(1, ...starts)
  const points = [gutterPx, floor]
  starts.forEach((count, bin) => {
    const top = floor - (count / peak) * (lanePx - 12)
    points.push(gutterPx + bin * binPx, top, gutterPx + (bin + 1) * binPx, top)
  })
  points.push(gutterPx + starts.length * binPx, floor)
  marks.push({ kind: 'path', points, fill: tokens.awaiting })
  errorStarts.forEach((count, bin) => {
    if (count === 0) return
    const x = gutterPx + bin * binPx
    marks.push({
      kind: 'rect',
      x,
      y: floor,
      w: Math.max(2, binPx),
      h: 4,
      fill: tokens.error,
      pattern: 'solid',
    })
  })
}

function drawName(
  marks: Mark[],
  lane: PreviewLane,
  { preview, gutterPx, measure }: PreviewInput,
  y: number,
  lanePx: number,
  tokens: Theme,
): void {
  const roomy = lanePx >= 40
  const write = (words: string, size: number, baseline: number, fill: string): void => {
    const text = cutMiddle(oneLine(words), gutterPx - 24, part => measure(part, size, false))
    marks.push({ kind: 'text', x: 12, y: baseline, text, size, fill })
  }
  write(lane.name || `other ${preview.by}s`, 12, roomy ? y + 18 : y + lanePx / 2 + 4, tokens.text)
  if (roomy) write(countsOf(lane), 10.5, y + 33, tokens.textMuted)
}

export const countsOf = ({ spans, errors }: PreviewLane): string =>
  `${plural(spans, 'span')}${errors > 0 ? ` · ${plural(errors, 'error')}` : ''}`

const across = (x1: number, x2: number, y: number, stroke: string): Mark => ({
  kind: 'line',
  x1,
  y1: y,
  x2,
  y2: y,
  stroke,
  width: 1,
})
