import { ItemFlag } from '../lanes/lane.ts'
import { type Bar, barsOf, drawBar, labelBar, NARROWEST_LABELLED_PX, uncovered, visibleRows } from './bars.ts'
import type { Frame } from './frame.ts'
import type { PlacedLane } from './geometry.ts'
import { drawLimitLine, nameLimit } from './limit-line.ts'
import { itemText } from './names.ts'
import { highest, stepAt, type Usage, usageOf } from './usage.ts'

/** Capacity strip, holds by slot with their useful part in strong colour, the queue of waiters below. */
export function drawResourceLane(frame: Frame, placed: PlacedLane): void {
  if (placed.geometry.stripPx > 0) drawStrip(frame, placed)
  for (const row of visibleRows(frame, placed)) {
    for (const bar of barsOf(frame, placed, row, 'hold')) drawHold(frame, placed, bar)
    barsOf(frame, placed, row, 'wait').forEach((bar, at, bars) => {
      drawBar(frame, placed, bar)
      labelWait(frame, placed, uncovered(bars, at))
    })
  }
}

function drawHold(frame: Frame, placed: PlacedLane, bar: Bar): void {
  const { theme, input } = frame
  drawBar(frame, placed, bar)
  const ref = placed.lane.items.ref[bar.item]!
  const hold = input.session.model.holds[ref]
  if (!hold || bar.count > 1) return
  const contended = (bar.flags & ItemFlag.contended) !== 0
  const foot = Math.max(2, Math.min(4, bar.h * 0.28))
  if (bar.w >= 6) {
    let lastX = Number.NEGATIVE_INFINITY
    const most = Math.min(hold.uses.length, 2000)
    for (let at = 0; at < most; at++) {
      const use = hold.uses[at]!
      if (!frame.inView(use.startNs, use.endNs)) continue
      const x = Math.max(bar.x, frame.clampedX(use.startNs))
      const w = Math.max(1.5, Math.min(bar.x + bar.w, frame.clampedX(use.endNs)) - x)
      if (x + w <= lastX + 0.5) continue
      lastX = x + w
      frame.push({
        kind: 'rect',
        x,
        y: bar.y + bar.h - foot - 1,
        w,
        h: foot,
        fill: contended ? theme.contendedUse : theme.holdUse,
        pattern: 'solid',
      })
    }
  }
  if (bar.w < NARROWEST_LABELLED_PX) return
  const text = (): string => itemText(frame, 'hold', ref, bar.endNs - bar.startNs)
  labelBar(frame, { ...bar, h: bar.h - (bar.h > 14 ? 3 : 1) }, text, bar.h >= 16 ? 10.5 : 9.5)
}

/** On a long wait inside the bar; a failed one says so beside it. */
function labelWait(frame: Frame, placed: PlacedLane, bar: Bar): void {
  const ref = placed.lane.items.ref[bar.item]!
  const { model } = frame.input.session
  const text = (): string => {
    const who = model.tasks[model.waits[ref]?.task ?? -1]?.name ?? ''
    const waited = itemText(frame, 'wait', ref, bar.endNs - bar.startNs)
    return who ? `${who} · ${waited}` : waited
  }
  labelBar(frame, bar, text, bar.h >= 13 ? 10 : 8)
}

/**
 *     10 ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄  capacity
 *           ▄▄▄████████      in use (solid), waiting stacked on it (hatched)
 */
function drawStrip(frame: Frame, placed: PlacedLane): void {
  const { theme, input } = frame
  const { model } = input.session
  const resource = model.resources[placed.lane.subject]
  if (!resource) return
  const usage = usageOf(model, placed.lane.subject)
  const capacity = resource.capacity
  const top = Math.max(1, capacity, usage.peak) * 1.08
  const bottomY = placed.y + 5 + placed.geometry.stripPx
  const yOf = (value: number): number => bottomY - (value / top) * placed.geometry.stripPx
  const { inUse, both } = steps(frame, usage)
  const line = outline(inUse, yOf)
  if (usage.peakWaiting > 0) {
    const points = between(outline(both, yOf), line)
    frame.push({ kind: 'path', points, fill: theme.waiting, alpha: 0.45 })
  }
  const area = [inUse[0]!.x, bottomY].concat(line, [inUse.at(-1)!.x, bottomY])
  frame.push({ kind: 'path', points: area, fill: theme.holdEdge, alpha: 0.45 })
  frame.push({ kind: 'path', points: line, stroke: theme.holdEdge, width: 1.25 })
  if (capacity <= 0) return
  const y = yOf(capacity)
  drawLimitLine(frame, y, usage.peakInUse >= capacity)
  nameLimit(frame, `capacity ${capacity}`, y - 3 < placed.y + 8 ? y + 11 : y - 3)
}

interface Step {
  readonly x: number
  readonly value: number
}

/** Stepped curves for the view: one step an edge, or the highest value per pixel where edges are denser. */
function steps(frame: Frame, usage: Usage): { inUse: Step[]; both: Step[] } {
  const { startNs, endNs } = frame.input.viewport
  const inUse: Step[] = []
  const both: Step[] = []
  const push = (x: number, use: number, wait: number): void => {
    inUse.push({ x, value: use })
    both.push({ x, value: use + wait })
  }
  const first = stepAt(usage, startNs)
  const last = stepAt(usage, endNs)
  push(frame.leftPx, first < 0 ? 0 : usage.inUse[0]![first]!, first < 0 ? 0 : usage.waiting[0]![first]!)
  const pixels = frame.rightPx - frame.leftPx
  if (last - first <= pixels) {
    for (let at = first + 1; at <= last; at++) {
      if (usage.atNs[at + 1] === usage.atNs[at] && at < last) continue
      push(frame.x(usage.atNs[at]!), usage.inUse[0]![at]!, usage.waiting[0]![at]!)
    }
  } else {
    let at = first
    for (let pixel = 0; pixel < pixels; pixel++) {
      const next = stepAt(usage, startNs + (pixel + 1) * frame.nsPerPx, at)
      const use = highest(usage.inUse, at, next)
      const wait = highest(usage.waiting, at, next)
      // A path costs by its corners: a pixel like the one before adds none.
      if (inUse.at(-1)!.value !== use || both.at(-1)!.value !== use + wait)
        push(frame.leftPx + pixel, use, wait)
      at = Math.max(at, next)
    }
  }
  push(frame.rightPx, inUse.at(-1)!.value, both.at(-1)!.value - inUse.at(-1)!.value)
  return { inUse, both }
}

function outline(curve: readonly Step[], yOf: (value: number) => number): number[] {
  const points: number[] = []
  let previous = curve[0]!.value
  for (const { x, value } of curve) {
    points.push(x, yOf(previous), x, yOf(value))
    previous = value
  }
  return points
}

/** The area between two outlines. */
function between(upper: readonly number[], lower: readonly number[]): number[] {
  const points = [...upper]
  for (let at = lower.length - 2; at >= 0; at -= 2) points.push(lower[at]!, lower[at + 1]!)
  return points
}
