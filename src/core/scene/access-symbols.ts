import { ItemFlag } from '../lanes/lane.ts'
import { type Bar, barsOf, targetOf } from './bars.ts'
import type { Frame } from './frame.ts'
import type { PlacedLane } from './geometry.ts'

const letters: Readonly<Record<string, string>> = {
  read: 'R',
  check: '?',
  write: 'W',
  compare_and_set: 'C',
  increment: '+',
  create: 'N',
  delete: 'D',
}

/** R and W where a task touched state: open discs read, filled ones change. Close ones merge into a counted pill. */
export function drawAccesses(
  frame: Frame,
  placed: PlacedLane,
  row: number,
  size: number,
  visit?: (bar: Bar, x: number) => void,
): void {
  const { theme, input } = frame
  const selected = input.highlights.selected
  for (const bar of barsOf(frame, placed, row, 'access', size)) {
    const y = bar.y + bar.h / 2
    const access = input.session.model.accesses[placed.lane.items.ref[bar.item]!]
    if (!access) continue
    const reads = access.op === 'read' || access.op === 'check'
    const x = frame.clampedX(bar.startNs)
    const failed = (bar.flags & ItemFlag.error) !== 0
    const tone = failed ? theme.error : reads ? theme.read : theme.write
    const merged = bar.count > 1
    frame.push({
      kind: 'symbol',
      symbol: reads ? 'read' : 'write',
      x,
      y,
      size,
      fill: reads && !merged ? theme.background : tone,
      stroke: tone,
    })
    if (size >= 11) {
      frame.push({
        kind: 'text',
        x,
        y: y + size * 0.24,
        text: merged ? String(Math.min(99, bar.count)) : (letters[access.op] ?? '·'),
        size: size * (merged && bar.count > 9 ? 0.55 : 0.68),
        fill: reads && !merged ? tone : theme.background,
        bold: true,
        align: 'middle',
      })
    }
    frame.labels.block({ x: x - size / 2, y: y - size / 2, w: size, h: size })
    if (selected?.lane === placed.lane.id && selected.item === bar.item) {
      frame.over.push({
        kind: 'symbol',
        symbol: 'read',
        x,
        y,
        size: size + 6,
        fill: 'none',
        stroke: theme.selection,
      })
    }
    frame.hits.push({
      x: x - size / 2,
      y: y - size / 2,
      w: size,
      h: size,
      target: targetOf(placed, bar),
    })
    visit?.(bar, x)
  }
}
