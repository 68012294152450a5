import { severities } from '../detect/finding.ts'
import { itemKinds, type Lane } from '../lanes/lane.ts'
import type { Mark, Scene, Session, ThemeName } from './scene.ts'
import { severityTone } from './severity.ts'
import { theme } from './theme.ts'

export interface OverviewInput {
  readonly session: Session
  readonly widthPx: number
  readonly heightPx: number
  /** Left edge of the time axis, so that the overview lines up with the lanes. */
  readonly gutterPx: number
  readonly theme: ThemeName
  /** Selected finding or `''`. */
  readonly finding: string
}

/** What moves over the overview. */
export interface OverviewWindow {
  /** What the lanes below show. */
  readonly startNs: number
  readonly endNs: number
  readonly playheadNs: number
}

/** Load and errors over the whole trace in a fixed number of columns. */
export interface Density {
  /** Tasks or local root spans alive, 0…1 of the peak. */
  readonly load: Float32Array
  readonly waiting: Float32Array
  readonly errors: Float32Array
}

const COLUMNS = 1024
const cache = new WeakMap<Session, Density>()

/**
 * The strip above the lanes: the whole trace at a glance.
 *
 *     ⚑    ⚑⚑            findings
 *     ▁▂▅▇▇▇▇▂▁▁         load, waiting on top of it; stalls as bands, errors as ticks
 *
 * It stays while the view moves; `overviewWindow` is what moves over it.
 */
export function buildOverview(input: OverviewInput): Scene {
  const { session, widthPx, heightPx, gutterPx } = input
  const tokens = theme(input.theme)
  const { durationNs, right, x } = axisOf(input)
  const marks: Mark[] = [
    {
      kind: 'rect',
      x: gutterPx,
      y: 0,
      w: right - gutterPx,
      h: heightPx,
      fill: tokens.laneOdd,
      pattern: 'solid',
    },
  ]
  const flagPx = Math.min(12, heightPx / 3)
  const floor = heightPx - 4
  const top = flagPx + 2
  const { load, waiting, errors } = densityOf(session)
  drawStalls(marks, session, x, top, heightPx, tokens.stall)
  const stacked = load.map((value, at) => value + waiting[at]!)
  const peak = Math.max(1, ...stacked)
  const curve = (values: Float32Array): number[] => {
    const points = [gutterPx, floor]
    values.forEach((value, at) => {
      const y = floor - (value / peak) * (floor - top)
      points.push(x((at / COLUMNS) * durationNs), y, x(((at + 1) / COLUMNS) * durationNs), y)
    })
    points.push(right, floor)
    return points
  }
  marks.push({ kind: 'path', points: curve(stacked), fill: tokens.waiting, alpha: 0.55 })
  marks.push({ kind: 'path', points: curve(load), fill: tokens.awaiting })
  errors.forEach((count, at) => {
    if (count === 0) return
    const left = x((at / COLUMNS) * durationNs)
    marks.push({ kind: 'rect', x: left, y: floor, w: 2, h: 4, fill: tokens.error, pattern: 'solid' })
  })
  const flagAt = new Set<number>()
  for (const finding of session.analysis.findings) {
    if (finding.product === 'import') continue
    const at = Math.round(x(finding.startNs) / 4)
    const chosen = finding.id === input.finding
    if (flagAt.has(at) && !chosen) continue
    flagAt.add(at)
    const fill = severityTone(tokens, severities.indexOf(finding.severity))
    if (chosen) {
      const w = Math.max(2, x(finding.endNs) - x(finding.startNs))
      marks.push({
        kind: 'rect',
        x: x(finding.startNs),
        y: 0,
        w,
        h: heightPx,
        fill,
        pattern: 'solid',
        alpha: 0.18,
      })
    }
    const size = flagPx - (chosen ? 0 : 2)
    marks.push({
      kind: 'symbol',
      symbol: 'flag',
      x: x(finding.startNs) + size / 3,
      y: flagPx / 2 + 1,
      size,
      fill,
    })
  }
  return {
    widthPx,
    heightPx,
    background: tokens.panel,
    marks,
    hits: [],
    laneBoxes: [],
    contentPx: heightPx,
  }
}

/**
 * Over the overview: what the lanes show, and the playhead.
 *
 *        [──│─]
 */
export function overviewWindow(input: OverviewInput, window: OverviewWindow): readonly Mark[] {
  const { gutterPx, heightPx } = input
  const { right, x } = axisOf(input)
  const tokens = theme(input.theme)
  const marks: Mark[] = []
  drawViewport(marks, x(window.startNs), x(window.endNs), gutterPx, right, heightPx, tokens)
  if (window.playheadNs >= 0) {
    const at = x(window.playheadNs)
    marks.push({ kind: 'line', x1: at, y1: 0, x2: at, y2: heightPx, stroke: tokens.playhead, width: 1.5 })
  }
  return marks
}

interface Axis {
  readonly durationNs: number
  readonly right: number
  readonly x: (ns: number) => number
}

function axisOf({ session, widthPx, gutterPx }: OverviewInput): Axis {
  const durationNs = Math.max(1, session.store.durationNs)
  const right = Math.max(gutterPx + 1, widthPx)
  return { durationNs, right, x: ns => gutterPx + (ns / durationNs) * (right - gutterPx) }
}

function drawStalls(
  marks: Mark[],
  { model }: Session,
  x: (ns: number) => number,
  top: number,
  bottom: number,
  fill: string,
): void {
  let lastRight = Number.NEGATIVE_INFINITY
  for (const { startNs, endNs } of model.stalls) {
    const left = x(startNs)
    const w = Math.max(1.5, x(endNs) - left)
    if (left + w <= lastRight + 0.5) continue
    lastRight = left + w
    marks.push({
      kind: 'rect',
      x: left,
      y: top,
      w,
      h: bottom - top,
      fill,
      pattern: w > 6 ? 'cross' : 'solid',
      alpha: 0.5,
    })
  }
}

/** What is out of view is dimmed; the view has a frame. */
function drawViewport(
  marks: Mark[],
  from: number,
  to: number,
  left: number,
  right: number,
  heightPx: number,
  tokens: ReturnType<typeof theme>,
): void {
  const start = Math.max(left, from)
  const end = Math.min(right, Math.max(to, start + 3))
  if (start <= left + 0.5 && end >= right - 0.5) return
  for (const [x, w] of [
    [left, start - left],
    [end, right - end],
  ] as const) {
    if (w > 0) {
      marks.push({
        kind: 'rect',
        x,
        y: 0,
        w,
        h: heightPx,
        fill: tokens.background,
        pattern: 'solid',
        alpha: 0.6,
      })
    }
  }
  marks.push({
    kind: 'rect',
    x: start,
    y: 1,
    w: end - start,
    h: heightPx - 2,
    fill: tokens.accent,
    pattern: 'none',
    stroke: tokens.accent,
    strokeWidth: 1.5,
    radius: 3,
  })
}

/** Takes over what was counted elsewhere. */
export const keepDensity = (session: Session, density: Density): void => void cache.set(session, density)

/** One pass over tasks, waits and spans, remembered by session. */
export function densityOf(session: Session): Density {
  const known = cache.get(session)
  if (known) return known
  const density: Density = {
    load: new Float32Array(COLUMNS),
    waiting: new Float32Array(COLUMNS),
    errors: new Float32Array(COLUMNS),
  }
  const durationNs = Math.max(1, session.store.durationNs)
  const { model, store } = session
  for (const { startNs, endNs } of model.tasks) addInterval(density.load, startNs, endNs, durationNs, 1)
  if (model.tasks.length === 0) addRoots(density.load, session.lanes, durationNs)
  for (const { startNs, endNs } of model.waits) {
    addInterval(density.waiting, startNs, endNs, durationNs, 1)
    if (model.tasks.length > 0) addInterval(density.load, startNs, endNs, durationNs, -1)
  }
  prefixSum(density.load)
  prefixSum(density.waiting)
  for (let row = 0; row < store.spans.count; row++) {
    if (store.spans.status[row] === 2) density.errors[columnOf(store.spans.endNs[row]!, durationNs)]!++
  }
  for (const mark of model.marks) {
    if (mark.kind === 'error') density.errors[columnOf(mark.atNs, durationNs)]!++
  }
  cache.set(session, density)
  return density
}

/** Without tasks, spans in the lanes' top rows are what was going on. */
function addRoots(load: Float32Array, lanes: readonly Lane[], durationNs: number): void {
  for (const { items } of lanes) {
    for (let at = 0; at < items.count; at++) {
      if (itemKinds[items.kind[at]!] === 'span')
        addInterval(load, items.startNs[at]!, items.endNs[at]!, durationNs, 1)
    }
  }
}

const columnOf = (ns: number, durationNs: number): number =>
  Math.max(0, Math.min(COLUMNS - 1, Math.floor((ns / durationNs) * COLUMNS)))

/** Adds to the slope; `prefixSum` makes levels of it. A short interval still fills one column. */
function addInterval(
  slope: Float32Array,
  startNs: number,
  endNs: number,
  durationNs: number,
  by: number,
): void {
  slope[columnOf(startNs, durationNs)]! += by
  const after = columnOf(endNs, durationNs) + 1
  if (after < COLUMNS) slope[after]! -= by
}

function prefixSum(values: Float32Array): void {
  for (let at = 1; at < values.length; at++) values[at]! += values[at - 1]!
  for (let at = 0; at < values.length; at++) values[at] = Math.max(0, values[at]!)
}
