import { isOwnLane } from '../lanes/child-lanes.ts'
import { ItemFlag } from '../lanes/lane.ts'
import { Kind } from '../store/store.ts'
import { drawAccesses } from './access-symbols.ts'
import { type Bar, barsOf, drawBar, labelBar, targetOf, visibleRows } from './bars.ts'
import type { Frame } from './frame.ts'
import type { PlacedLane } from './geometry.ts'
import { itemText } from './names.ts'

/** A task's life: light bar; slices solid, awaits light, waits hatched; application spans below. */
export function drawTaskLane(frame: Frame, placed: PlacedLane): void {
  for (const row of visibleRows(frame, placed)) {
    for (const bar of barsOf(frame, placed, row, 'task')) drawTask(frame, placed, bar)
    for (const bar of barsOf(frame, placed, row, 'await')) {
      drawBar(frame, placed, inset(bar, 2))
      drawReadyLag(frame, placed, inset(bar, 2))
      label(frame, placed, inset(bar, 2))
    }
    for (const bar of barsOf(frame, placed, row, 'wait')) {
      paper(frame, inset(bar, 1))
      drawBar(frame, placed, inset(bar, 1))
      label(frame, placed, inset(bar, 1))
    }
    for (const bar of barsOf(frame, placed, row, 'slice')) drawBar(frame, placed, inset(bar, 2))
    for (const bar of barsOf(frame, placed, row, 'span')) drawSpan(frame, placed, bar)
    const ticks = barsOf(frame, placed, row, 'timer')
    for (const [at, bar] of ticks.entries())
      drawTick(frame, placed, bar, Math.min(ticks[at + 1]?.x ?? frame.rightPx, frame.rightPx))
    drawAccesses(frame, placed, row, placed.fold === 'collapsed' ? 5 : 12)
  }
}

/** It could have gone on, but its loop was busy: from ready to resumed. */
function drawReadyLag(frame: Frame, placed: PlacedLane, bar: Bar): void {
  const found = frame.input.session.model.awaits[placed.lane.items.ref[bar.item]!]
  if (!found || bar.count > 1 || found.readyNs < found.startNs) return
  const x = frame.clampedX(found.readyNs)
  const w = bar.x + bar.w - x
  if (w < 3) return
  const place = { kind: 'rect', x, y: bar.y, w, h: bar.h } as const
  frame.push({ ...place, fill: frame.theme.background, pattern: 'solid' })
  frame.push({
    ...place,
    fill: frame.theme.stall,
    pattern: 'hatch',
    stroke: frame.theme.stall,
    strokeWidth: 1,
    radius: 2,
  })
}

function drawTask(frame: Frame, placed: PlacedLane, bar: Bar): void {
  const { theme } = frame
  const failed = (bar.flags & ItemFlag.error) !== 0
  drawBar(frame, placed, bar, failed ? { stroke: theme.error, strokeWidth: 1 } : undefined)
  // A task with a lane of its own is named in the gutter; over its slices the name would be in the way.
  const named = isOwnLane(placed.lane) && frame.input.session.model.coverage.hasSlices
  if (placed.fold === 'collapsed' || named) return
  labelBar(frame, bar, () => itemText(frame, 'task', placed.lane.items.ref[bar.item]!, 0), 10.5, {
    halo: theme.task,
  })
}

function drawSpan(frame: Frame, placed: PlacedLane, bar: Bar): void {
  const { theme, input } = frame
  const row = placed.lane.items.ref[bar.item]!
  const { spans } = input.session.store
  const remote = spans.kind[row] === Kind.client
  const look = remote
    ? { fill: theme.spanRemote, text: theme.spanRemoteText, narrow: theme.spanRemoteEdge }
    : { fill: spans.depth[row]! % 2 === 0 ? theme.span : theme.spanAlternate }
  drawBar(frame, placed, bar, look)
  label(frame, placed, bar, look)
}

/**
 * From when the tick was due to when it came. How late that was stands in the bar, or behind it before the next.
 *
 *     ══ 326 ms late ══|          ════| 326 ms late  ════|
 */
function drawTick(frame: Frame, placed: PlacedLane, bar: Bar, nextPx: number): void {
  const { theme } = frame
  if (bar.w >= 3) {
    drawBar(frame, placed, { ...bar, y: bar.y + bar.h / 2 - 3, h: 6 })
  }
  const x = bar.x + bar.w
  frame.push({
    kind: 'line',
    x1: x,
    y1: bar.y + 1,
    x2: x,
    y2: bar.y + bar.h - 1,
    stroke: theme.timer,
    width: bar.count > 1 ? 2.5 : 1.75,
  })
  frame.hits.push({
    x: x - 3,
    y: bar.y,
    w: 6,
    h: bar.h,
    target: targetOf(placed, bar),
  })
  if (bar.w < 24 || bar.count > 1) return
  const left = Math.max(bar.x, frame.leftPx)
  const w = Math.min(x, frame.rightPx) - left
  const behindPx = Math.min(nextPx, frame.rightPx) - x
  const inside = w >= behindPx
  frame.labels.add({
    text: itemText(frame, 'timer', placed.lane.items.ref[bar.item]!, bar.endNs - bar.startNs),
    ...(inside ? { x: left + w / 2, align: 'middle' } : { x: x + 5 }),
    maxPx: (inside ? w : behindPx) - 8,
    whole: true,
    y: bar.y + bar.h / 2 + 3.5,
    size: 10,
    fill: theme.text,
    halo: theme.background,
  })
}

function label(frame: Frame, placed: PlacedLane, bar: Bar, override: { text?: string } = {}): void {
  if (placed.fold === 'collapsed') return
  const ref = placed.lane.items.ref[bar.item]!
  labelBar(
    frame,
    bar,
    () => itemText(frame, bar.kind, ref, bar.endNs - bar.startNs),
    bar.h >= 16 ? 10.5 : 9.5,
    override,
  )
}

const inset = (bar: Bar, px: number): Bar =>
  bar.h >= 10 ? { ...bar, y: bar.y + px, h: bar.h - 2 * px } : bar

/** Clean paper under a pattern. */
function paper(frame: Frame, { x, y, w, h }: Bar): void {
  frame.push({ kind: 'rect', x, y, w, h, fill: frame.theme.background, pattern: 'solid' })
}
