import { codeOf, kindOf } from '../lanes/items.ts'
import { queryTrackKept } from '../lanes/kept-query.ts'
import { ItemFlag, type ItemKind } from '../lanes/lane.ts'
import { matchesIn } from '../lanes/matches.ts'
import { bucketFor, countStarts, type Emit, laneIndex, queryTrack, type Track } from '../lanes/mipmap.ts'
import { count } from '../report/quantity.ts'
import type { Frame } from './frame.ts'
import type { PlacedLane } from './geometry.ts'
import { type ItemStyle, itemStyle } from './item-style.ts'
import type { Hit, Mark } from './scene.ts'

/** One bar to draw: an item, or a block that stands for `count` of them. */
export interface Bar {
  readonly item: number
  readonly kind: ItemKind
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
  readonly count: number
  /** How many of them the query found; all when nothing is searched. */
  readonly matched: number
  readonly flags: number
  readonly startNs: number
  readonly endNs: number
}

/** Sub-rows of a lane that are in view. */
export function* visibleRows(frame: Frame, { lane, geometry, y }: PlacedLane): Generator<number> {
  for (let row = 0; row < lane.rows; row++) {
    const top = y + geometry.rowTop(row)
    if (top > frame.bottomPx) return
    if (top + geometry.rowHeight(row) >= frame.topPx) yield row
  }
}

/**
 * The bars of one kind in one sub-row, left to right, work bounded by pixels. Blocks of sub-pixel items that touch
 * become one bar when their flags are the same, so an error stays visible as a bar of its own.
 */
export function barsOf(frame: Frame, placed: PlacedLane, row: number, kind: ItemKind, mergePx = 1): Bar[] {
  const track = trackOf(placed, row, kind)
  if (!track) return []
  const { startNs, endNs } = frame.input.viewport
  const crowd = countStarts(track, startNs, endNs)
  const share = frame.barsPerRow
  // A row of dust: nobody can tell a thousand slivers apart, so they become fewer and wider blocks.
  for (const px of crowd > 2 * share ? COARSE_PX : [mergePx, ...COARSE_PX]) {
    const bars = barsOfTrack(frame, placed, track, Math.max(px, mergePx), share)
    if (bars) return wanted(frame, bars)
  }
  const coarsest = Math.max(COARSEST_PX, mergePx)
  // A row of long ones over each other, of which each would be drawn alone: those that start together are one block.
  return wanted(frame, barsOfTrack(frame, placed, track, coarsest, Number.POSITIVE_INFINITY, true) ?? [])
}

const wanted = (frame: Frame, bars: Bar[]): Bar[] =>
  frame.matchingOnly ? bars.filter(bar => bar.matched > 0) : bars

/** Rows with more bars than their share are drawn with blocks this wide, coarser and coarser. */
const COARSE_PX = [5, 10]
const COARSEST_PX = 20

function trackOf({ lane }: PlacedLane, row: number, kind: ItemKind): Track | undefined {
  return laneIndex(lane)
    .ofRow.get(row)
    ?.find(track => track.kind === codeOf(kind))
}

/** null when there are more than `most`. */
function barsOfTrack(
  frame: Frame,
  placed: PlacedLane,
  track: Track,
  mergePx: number,
  most: number,
  mergesLong = false,
): Bar[] | null {
  const { lane, geometry, y } = placed
  const { startNs, endNs } = frame.input.viewport
  const { matches } = frame.input
  const top = y + geometry.rowTop(track.row)
  const h = geometry.rowHeight(track.row)
  const bars: { -readonly [Key in keyof Bar]: Bar[Key] }[] = []
  const emit: Emit = (item, from, to, count, flags, at) => {
    const matched = matches ? matchesIn(matches, lane, track, at, count) : count
    const x = frame.clampedX(from)
    const w = Math.max(1, frame.clampedX(to) - x)
    const last = bars.at(-1)
    const gap = last ? x - (last.x + last.w) : Number.POSITIVE_INFINITY
    // Slivers that (nearly) touch and say the same become one.
    const alike = last?.flags === flags && last.matched > 0 === matched > 0
    if (alike && gap <= mergePx / 2 && w <= mergePx + 1 && isSliver(last, mergePx)) {
      last.matched += matched
      last.w = Math.max(last.w, x + w - last.x)
      last.count += count
      last.endNs = Math.max(last.endNs, to)
      return true
    }
    const kind = kindOf(lane.items, item)
    bars.push({ item, kind, x, y: top, w, h, count, matched, flags, startNs: from, endNs: to })
    return bars.length <= most
  }
  const margin = frame.nsPerPx * 20
  const bucketNs = bucketFor(frame.nsPerPx * mergePx)
  if (mergesLong)
    queryTrack(lane.items, track, startNs - margin, endNs + margin, bucketNs, emit, Number.POSITIVE_INFINITY)
  else queryTrackKept(lane.items, track, startNs - margin, endNs + margin, bucketNs, emit)
  return bars.length <= most ? bars : null
}

const isSliver = ({ w, count }: Bar, mergePx: number): boolean => w <= mergePx + 1 || count > 1

type RectMark = {
  -readonly [Key in keyof Extract<Mark, { kind: 'rect' }>]: Extract<Mark, { kind: 'rect' }>[Key]
}

/** Draws a bar with its state's look and registers it for pointing. */
export function drawBar(frame: Frame, placed: PlacedLane, bar: Bar, override?: Partial<ItemStyle>): void {
  const style = styleOf(frame, bar, override)
  const gap = bar.w > 4 ? 0.5 : 0
  // A frame of its own colour would fill a very narrow bar.
  const framed = style.strokeWidth > 0 && bar.w >= 5
  const inset = framed ? style.strokeWidth / 2 : 0
  const mark: RectMark = {
    kind: 'rect',
    x: bar.x + inset,
    y: bar.y + inset,
    w: Math.max(1, bar.w - gap - 2 * inset),
    h: Math.max(1, bar.h - 2 * inset),
    fill: bar.count > 1 || bar.w < 4 ? style.narrow : style.fill,
    pattern: bar.w < 4 ? 'solid' : style.pattern,
  }
  if (framed) {
    mark.stroke = style.stroke
    mark.strokeWidth = style.strokeWidth
  }
  if ((bar.flags & ItemFlag.inferred) !== 0 && bar.w >= 8) {
    mark.dashed = true
    mark.stroke = style.stroke || frame.theme.textMuted
    mark.strokeWidth = 1
  }
  if (bar.w >= 20 && bar.h >= 8) mark.radius = 2
  if (bar.count > 1) mark.alpha = 0.8
  frame.push(mark)
  if ((bar.flags & ItemFlag.error) !== 0) drawError(frame, bar)
  if ((bar.flags & ItemFlag.open) !== 0 && bar.w >= 8 && bar.count === 1) drawOpenEnd(frame, bar, style)
  drawSelection(frame, placed, bar)
  frame.hits.push({
    x: bar.x,
    y: bar.y,
    w: Math.max(3, bar.w),
    h: bar.h,
    target: targetOf(placed, bar),
  })
}

function styleOf(frame: Frame, { kind, flags }: Bar, override?: Partial<ItemStyle>): ItemStyle {
  const style = itemStyle(frame.theme, kind, flags)
  return override ? { ...style, ...override } : style
}

/** What pointing at a bar means: its item, or all the items it stands for. */
export const targetOf = ({ lane }: PlacedLane, { item, count, startNs, endNs }: Bar): Hit['target'] => ({
  kind: 'item',
  ref: { lane: lane.id, item },
  count,
  ...(count > 1 && { block: { startNs, endNs } }),
})

/** An error shows at any width: a symbol where there is room for it, a foot line where there is not. */
function drawError(frame: Frame, bar: Bar): void {
  const { error } = frame.theme
  const roomy = bar.w >= 26 && bar.h >= 11
  if (!roomy)
    frame.push({
      kind: 'rect',
      x: bar.x,
      y: bar.y + bar.h - 2.5,
      w: Math.max(2, bar.w),
      h: 2.5,
      fill: error,
      pattern: 'solid',
    })
  if (roomy) {
    const size = Math.min(11, bar.h - 2)
    frame.push({
      kind: 'symbol',
      symbol: 'error',
      x: bar.x + bar.w - size / 2 - 3,
      y: bar.y + bar.h / 2,
      size,
      fill: error,
      stroke: frame.theme.background,
    })
  }
}

/** Never ended: the right edge dissolves, an arrow goes on. */
function drawOpenEnd(frame: Frame, bar: Bar, style: ItemStyle): void {
  const right = Math.min(bar.x + bar.w, frame.rightPx)
  const w = Math.min(28, bar.w * 0.5)
  frame.push({
    kind: 'rect',
    x: right - w,
    y: bar.y - 1,
    w: w + 1,
    h: bar.h + 2,
    fill: frame.theme.background,
    pattern: 'fade',
  })
  const middle = bar.y + bar.h / 2
  frame.push({
    kind: 'line',
    x1: right - w * 0.7,
    y1: middle,
    x2: right - 1,
    y2: middle,
    stroke: style.stroke || frame.theme.textMuted,
    width: 1.25,
    arrow: true,
  })
}

function drawSelection(frame: Frame, { lane }: PlacedLane, bar: Bar): void {
  const { selected, hovered } = frame.input.highlights
  const isSelected = selected?.lane === lane.id && selected.item === bar.item
  const isHovered = hovered?.lane === lane.id && hovered.item === bar.item
  if (!isSelected && !isHovered) return
  frame.over.push({
    kind: 'rect',
    x: bar.x - 1.5,
    y: bar.y - 1.5,
    w: Math.max(3, bar.w) + 3,
    h: bar.h + 3,
    fill: frame.theme.selection,
    pattern: 'none',
    stroke: frame.theme.selection,
    strokeWidth: isSelected ? 2 : 1,
    radius: 3,
  })
}

/** Whose label goes first where several lie over each other. */
const priorities: Partial<Record<ItemKind, number>> = { stall: 5, wait: 4, hold: 3, span: 2, task: 0 }

const countText = ({ count: all, matched }: Bar): string =>
  `${matched === all ? '' : `${count(matched)} of `}${count(all)} ×`

/** No bar narrower than this gets a label. */
export const NARROWEST_LABELLED_PX = 31

/**
 * As much of a bar as the next one leaves free: rows are capped, and in the last one items lie over each other.
 *
 *     ▭ a name ▭▭▭▭▭▭▭▭
 *              ▭ another ▭▭▭▭
 */
export const uncovered = (bars: readonly Bar[], at: number): Bar => {
  const bar = bars[at]!
  return { ...bar, w: Math.min(bar.w, (bars[at + 1]?.x ?? Number.POSITIVE_INFINITY) - bar.x) }
}

/** Wishes for a label inside the part of a bar that is in view; its text is made only when there is room. */
export function labelBar(
  frame: Frame,
  bar: Bar,
  text: () => string,
  size = 10.5,
  override?: Partial<ItemStyle>,
): void {
  if (bar.w < NARROWEST_LABELLED_PX) return
  const left = Math.max(bar.x, frame.leftPx) + 5
  const right = Math.min(bar.x + bar.w, frame.rightPx) - 4
  const room = (bar.flags & ItemFlag.error) !== 0 && bar.w >= 26 && bar.h >= 11 ? 14 : 0
  if (bar.h < size || right - left - room < 22) return
  const style = styleOf(frame, bar, override)
  frame.labels.add({
    text: bar.count > 1 ? countText(bar) : text(),
    x: left,
    maxPx: right - left - room,
    y: bar.y + bar.h / 2 + size * 0.36,
    size,
    fill: style.text,
    ...(style.halo !== '' && { halo: style.halo }),
    priority: priorities[bar.kind] ?? 1,
  })
}
