/** Loading, analysing, replaying and drawing without a browser, each beside `JSON.parse` over the same bytes. */
import type { Shape } from '../generate-trace.ts'
import { measure } from './child.ts'
import { measured, type Row, shown } from './statistics.ts'
import { generated, megabytes } from './traces.ts'

const named = (spans: number, shape: Shape): string =>
  `${spans >= 1e6 ? `${spans / 1e6} M` : `${spans / 1e3} k`} ${shape}`

const times = <T>(runs: number, work: () => T): readonly T[] => Array.from({ length: runs }, work)

/** Medians by size, for growth. */
type Seconds = Map<number, number>

export async function benchLoad(
  sizes: readonly number[],
  shapes: readonly Shape[],
  runs: number,
): Promise<Row[]> {
  const rows: Row[] = []
  for (const shape of shapes) {
    const bySize: Seconds = new Map()
    for (const spans of sizes) {
      const file = await generated(spans, shape)
      const pairs = times(runs, () => ({ parse: measure('parse', file), load: measure('load', file) }))
      const seconds = measured(pairs.map(({ load }) => load.seconds ?? Number.NaN))
      const parse = measured(pairs.map(({ parse: yardstick }) => yardstick.seconds ?? Number.NaN))
      const ratio = measured(pairs.map(pair => (pair.parse.seconds ?? 0) / (pair.load.seconds ?? Number.NaN)))
      const perSpan = measured(pairs.map(({ load }) => (load.retainedBytes ?? 0) / spans))
      const peak = measured(
        pairs.map(({ load }) => (load.peakBytes ?? 0) / (load.retainedBytes ?? Number.NaN)),
      )
      bySize.set(spans, seconds.median)
      const name = named(spans, shape)
      const large = spans >= 100_000
      rows.push(
        {
          what: `load ${name}, s (${megabytes(file).toFixed(0)} MB)`,
          measured: shown(seconds),
          budget: '',
          met: null,
        },
        { what: `  JSON.parse per line, s`, measured: shown(parse), budget: '', met: null },
        {
          what: `  rate ÷ JSON.parse's`,
          measured: shown(ratio),
          budget: '≥ 2',
          met: large ? ratio.median >= 2 : null,
        },
        {
          what: '  bytes a span after load',
          measured: shown(perSpan, 0),
          budget: '≤ 350',
          met: large ? perSpan.median <= 350 : null,
        },
        {
          what: '  peak above the empty process ÷ that',
          measured: shown(peak),
          budget: '≤ 1.5',
          met: spans >= 1e6 ? peak.median <= 1.5 : null,
        },
      )
    }
    rows.push(...growth('load', shape, bySize))
  }
  return rows
}

export async function benchAnalyse(
  sizes: readonly number[],
  shapes: readonly Shape[],
  runs: number,
): Promise<Row[]> {
  const rows: Row[] = []
  for (const shape of shapes) {
    const bySize: Seconds = new Map()
    for (const spans of sizes) {
      const file = await generated(spans, shape)
      const pairs = times(runs, () => ({ parse: measure('parse', file), run: measure('analyse', file) }))
      const total = pairs.map(({ run }) => (run.modelSeconds ?? 0) + (run.detectSeconds ?? Number.NaN))
      const ratio = measured(
        pairs.map(({ parse }, at) => (total[at] ?? Number.NaN) / (parse.seconds ?? Number.NaN)),
      )
      bySize.set(spans, measured(total).median)
      const part = (name: string) => shown(measured(pairs.map(({ run }) => run[name] ?? Number.NaN)))
      rows.push(
        {
          what: `analyse ${named(spans, shape)}: model + detectors, s`,
          measured: shown(measured(total)),
          budget: '',
          met: null,
        },
        {
          what: '  ÷ JSON.parse of the trace',
          measured: shown(ratio),
          budget: '≤ 1',
          met: spans >= 1e5 ? ratio.median <= 1 : null,
        },
        { what: '  model, s', measured: part('modelSeconds'), budget: '', met: null },
        { what: '  detectors and blame, s', measured: part('detectSeconds'), budget: '', met: null },
        { what: '  lanes, s', measured: part('laneSeconds'), budget: '', met: null },
      )
    }
    rows.push(...growth('analyse', shape, bySize))
    const largest = Math.max(...sizes)
    const file = await generated(largest, shape)
    const states = times(runs, () => measure('state', file))
    const at = (name: string) => measured(states.map(state => state[name] ?? Number.NaN))
    rows.push(
      {
        what: `state at T, ${named(largest, shape)}, ms (median of 2000)`,
        measured: shown(at('medianMs'), 3),
        budget: '≤ 1',
        met: at('medianMs').median <= 1,
      },
      { what: '  its p99, ms', measured: shown(at('p99Ms'), 3), budget: '', met: null },
      { what: '  index, once, s', measured: shown(at('indexSeconds')), budget: '', met: null },
    )
  }
  return rows
}

export async function benchDraw(sizes: readonly number[], shapes: readonly Shape[]): Promise<Row[]> {
  const rows: Row[] = []
  for (const shape of shapes) {
    for (const spans of sizes) {
      const file = await generated(spans, shape)
      // One process: a hundred frames of it, and reading the file is most of its time.
      const drawn = [measure('draw', file)]
      const at = (name: string) => measured(drawn.map(frame => frame[name] ?? Number.NaN))
      rows.push(
        {
          what: `scene of ${named(spans, shape)}, 1600 × 900, zooming, ms a frame`,
          measured: shown(at('medianMs')),
          budget: '≤ 2 (stretch)',
          met: spans >= 1e6 ? at('medianMs').median <= 2 : null,
        },
        { what: '  p95 frame, ms', measured: shown(at('p95Ms')), budget: '', met: null },
        {
          what: '  first frame (builds the level of detail), ms',
          measured: shown(at('firstMs'), 1),
          budget: '',
          met: null,
        },
      )
    }
  }
  return rows
}

function growth(what: string, shape: Shape, bySize: Seconds): Row[] {
  const small = bySize.get(100_000)
  const large = bySize.get(1_000_000)
  if (small === undefined || large === undefined) return []
  const factor = large / small
  return [
    {
      what: `${what} ${shape}: 1 M ÷ 100 k`,
      measured: factor.toFixed(2),
      budget: '≤ 11',
      met: factor <= 11,
    },
  ]
}
