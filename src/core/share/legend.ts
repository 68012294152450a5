import { ItemFlag, itemKinds, type Lane } from '../lanes/lane.ts'
import type { Mark, SceneInput } from '../scene/scene.ts'
import type { Theme } from '../scene/theme.ts'

interface Entry {
  readonly id: string
  readonly text: string
  swatch(theme: Theme, x: number, y: number): Mark[]
}

const W = 22
const H = 12

const bar =
  (look: (theme: Theme) => Partial<Extract<Mark, { kind: 'rect' }>>) =>
  (theme: Theme, x: number, y: number): Mark[] => [
    { kind: 'rect', x, y, w: W, h: H, fill: theme.task, pattern: 'solid', radius: 2, ...look(theme) },
  ]

const striped = (colour: 'waiting' | 'stall', pattern: 'hatch' | 'cross') =>
  bar(theme => ({ fill: theme[colour], pattern, stroke: theme[colour], strokeWidth: 1 }))

const entries: readonly Entry[] = [
  { id: 'slice', text: 'running', swatch: bar(theme => ({ fill: theme.running })) },
  { id: 'await', text: 'awaiting', swatch: bar(theme => ({ fill: theme.awaiting })) },
  {
    id: 'wait',
    text: 'waiting for a resource',
    swatch: striped('waiting', 'hatch'),
  },
  {
    id: 'queued',
    text: 'asked for beyond the capacity',
    swatch: bar(theme => ({ fill: theme.waiting, alpha: 0.45 })),
  },
  {
    id: 'hold',
    text: 'holding',
    swatch: bar(theme => ({ fill: theme.hold, stroke: theme.holdEdge, strokeWidth: 1 })),
  },
  {
    id: 'contended',
    text: 'holding while others wait',
    swatch: bar(theme => ({ fill: theme.contended, stroke: theme.contendedEdge, strokeWidth: 2 })),
  },
  {
    id: 'use',
    text: 'in use while held',
    swatch: (theme, x, y) => [
      { kind: 'rect', x, y, w: W, h: H, fill: theme.hold, pattern: 'solid', radius: 2 },
      { kind: 'rect', x: x + 4, y: y + H - 5, w: 12, h: 4, fill: theme.holdUse, pattern: 'solid' },
    ],
  },
  {
    id: 'ready',
    text: 'ready, but its loop is busy',
    swatch: striped('stall', 'hatch'),
  },
  { id: 'span', text: 'application span', swatch: bar(theme => ({ fill: theme.span })) },
  { id: 'remote', text: 'call to elsewhere', swatch: bar(theme => ({ fill: theme.spanRemote })) },
  {
    id: 'stall',
    text: 'event loop stalled',
    swatch: striped('stall', 'cross'),
  },
  {
    id: 'timer',
    text: 'timer: due, then came',
    swatch: (theme, x, y) => [
      { kind: 'rect', x, y: y + 3, w: W - 2, h: 6, fill: theme.timer, pattern: 'light' },
      { kind: 'line', x1: x + W - 2, y1: y, x2: x + W - 2, y2: y + H, stroke: theme.timer, width: 2 },
    ],
  },
  {
    id: 'read',
    text: 'read',
    swatch: (theme, x, y) => [
      {
        kind: 'symbol',
        symbol: 'read',
        x: x + 14,
        y: y + 6,
        size: 13,
        fill: theme.background,
        stroke: theme.read,
      },
      letter('R', x + 14, y, theme.read),
    ],
  },
  {
    id: 'write',
    text: 'write',
    swatch: (theme, x, y) => [
      { kind: 'symbol', symbol: 'write', x: x + 14, y: y + 6, size: 13, fill: theme.write },
      letter('W', x + 14, y, theme.background),
    ],
  },
  {
    id: 'create',
    text: 'create (new)',
    swatch: (theme, x, y) => [
      { kind: 'symbol', symbol: 'write', x: x + 14, y: y + 6, size: 13, fill: theme.write },
      letter('N', x + 14, y, theme.background),
    ],
  },
  {
    id: 'overlap',
    text: 'overlapping critical sections',
    swatch: (theme, x, y) => [
      { kind: 'rect', x, y, w: W, h: H, fill: theme.overlap, pattern: 'solid', alpha: 0.28, radius: 3 },
      {
        kind: 'rect',
        x,
        y,
        w: W,
        h: H,
        fill: '',
        pattern: 'none',
        stroke: theme.overlapEdge,
        strokeWidth: 2,
        radius: 3,
      },
    ],
  },
  {
    id: 'open',
    text: 'never ended',
    swatch: (theme, x, y) => [
      { kind: 'rect', x, y, w: W, h: H, fill: theme.task, pattern: 'solid' },
      { kind: 'rect', x: x + 8, y, w: W - 8, h: H, fill: theme.background, pattern: 'fade' },
      {
        kind: 'line',
        x1: x + 8,
        y1: y + 6,
        x2: x + W,
        y2: y + 6,
        stroke: theme.textMuted,
        width: 1.25,
        arrow: true,
      },
    ],
  },
  {
    id: 'inferred',
    text: 'inferred, not recorded',
    swatch: bar(theme => ({ fill: theme.background, stroke: theme.textMuted, strokeWidth: 1, dashed: true })),
  },
  {
    id: 'error',
    text: 'error',
    swatch: (theme, x, y) => [
      {
        kind: 'symbol',
        symbol: 'error',
        x: x + 14,
        y: y + 6,
        size: 12,
        fill: theme.error,
        stroke: theme.background,
      },
    ],
  },
]

const letter = (text: string, x: number, y: number, fill: string): Mark => ({
  kind: 'text',
  x,
  y: y + 9.2,
  text,
  size: 9,
  fill,
  bold: true,
  align: 'middle',
})

/** What the lanes in a view show, so that the legend explains these and nothing else. */
export function meaningsIn(input: SceneInput): ReadonlySet<string> {
  const found = new Set<string>()
  for (const lane of input.lanes) addLane(found, input, lane)
  const { findings } = input.session.analysis
  const chosen = findings.find(({ id }) => id === input.highlights.finding)
  if (chosen?.marks.some(mark => mark.kind === 'overlap')) found.add('overlap')
  return found
}

function addLane(found: Set<string>, input: SceneInput, { items, kind: laneKind }: Lane): void {
  const { viewport, session } = input
  for (let at = 0; at < items.count; at++) {
    if (items.startNs[at]! > viewport.endNs) return
    if (items.endNs[at]! < viewport.startNs) continue
    const kind = itemKinds[items.kind[at]!]!
    const flags = items.flags[at]!
    if ((flags & ItemFlag.open) !== 0) found.add('open')
    if ((flags & ItemFlag.error) !== 0) found.add('error')
    if ((flags & ItemFlag.inferred) !== 0) found.add('inferred')
    if (kind === 'access') {
      const op = session.model.accesses[items.ref[at]!]?.op
      found.add(op === 'read' || op === 'check' ? 'read' : op === 'create' ? 'create' : 'write')
    } else if (kind === 'hold') {
      found.add((flags & ItemFlag.contended) !== 0 ? 'contended' : 'hold')
      if ((session.model.holds[items.ref[at]!]?.uses.length ?? 0) > 0) found.add('use')
    } else if (kind === 'span') {
      found.add(session.store.spans.kind[items.ref[at]!] === 3 ? 'remote' : 'span')
    } else if (kind === 'await') {
      const { readyNs, endNs } = session.model.awaits[items.ref[at]!]!
      found.add('await')
      if (readyNs >= 0 && endNs - readyNs > (viewport.endNs - viewport.startNs) / 200) found.add('ready')
    } else if (kind !== 'task' || laneKind !== 'task') {
      found.add(kind)
      if (kind === 'wait' && laneKind === 'resource') found.add('queued')
    }
  }
}

/** The legend as rows of swatches no wider than `widthPx`; returns its marks and height. */
export function drawLegend(
  theme: Theme,
  meanings: ReadonlySet<string>,
  widthPx: number,
  measure: SceneInput['measure'],
): { readonly marks: Mark[]; readonly heightPx: number } {
  const marks: Mark[] = []
  const size = 11
  let x = 0
  let y = 0
  for (const { id, text, swatch } of entries) {
    if (!meanings.has(id)) continue
    const w = W + 6 + measure(text, size, false)
    if (x > 0 && x + w > widthPx) {
      x = 0
      y += 20
    }
    marks.push(...swatch(theme, x, y))
    marks.push({ kind: 'text', x: x + W + 6, y: y + 10, text, size, fill: theme.textMuted })
    x += w + 18
  }
  return { marks, heightPx: marks.length === 0 ? 0 : y + 14 }
}
