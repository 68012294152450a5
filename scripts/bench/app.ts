/**
 * The app in a real browser beside its peers, on the same spans in the same run: until the first picture, then zooming
 * and panning with the wheel (`drive.ts`).
 *
 * Firefox Profiler is the one to beat, but has to be built from source: where it is not, its time as a multiple of
 * `JSON.parse` over the same spans stands in, both measured on one machine once.
 */
import { chromiumPath } from '../chromium.ts'
import type { Shape } from '../generate-trace.ts'
import { measure } from './child.ts'
import { chromeTraceOf } from './chrome-trace.ts'
import { drive, type Run } from './drive.ts'
import { measured, type Row, shown } from './statistics.ts'
import { firefoxProfiler, interleave, type Subject, speedscope } from './subjects.ts'
import { generated } from './traces.ts'

/** Speedscope takes minutes for a million spans (docs/benchmarks.md): it runs up to here. */
const MOST_FOR_SPEEDSCOPE = 100_000
/** From here on one run each: its sixty steps are many enough, and loading is most of the time. */
const LARGE = 1_000_000
/** Firefox Profiler's first picture ÷ `JSON.parse` of the spans as OTLP: 1.3 s ÷ 0.52 s and 7.1 s ÷ 5.2 s. */
const standIn = new Map([
  [100_000, 2.5],
  [1_000_000, 1.37],
])

/** `builtFirefoxProfiler`: the folder its build writes, or null. */
export async function benchApp(
  sizes: readonly number[],
  shapes: readonly Shape[],
  runs: number,
  builtFirefoxProfiler: string | null,
): Promise<Row[]> {
  const executablePath = chromiumPath()
  if (executablePath === null)
    return [{ what: 'the app', measured: 'no Chromium here', budget: '', met: null }]
  const rows: Row[] = []
  for (const shape of shapes) {
    for (const spans of sizes) {
      const file = await generated(spans, shape)
      // The one to beat first.
      const peers = [
        ...(builtFirefoxProfiler === null ? [] : [firefoxProfiler(builtFirefoxProfiler)]),
        ...(spans <= MOST_FOR_SPEEDSCOPE ? [speedscope] : []),
      ].map(subject => ({ subject, runs: [] as Run[] }))
      const theirs = peers.length > 0 ? await chromeTraceOf(file) : ''
      const own: Run[] = []
      const size = `${spans.toLocaleString('en')} ${shape}`
      for (let run = 0; run < (spans >= LARGE ? 1 : runs); run++) {
        own.push(...(await tried(interleave, file, executablePath, size)))
        for (const peer of peers) peer.runs.push(...(await tried(peer.subject, theirs, executablePath, size)))
        process.stderr.write(`bench: ${size} spans drawn\n`)
      }
      const name = `Interleave, ${size}`
      if (own.length === 0) {
        rows.push({ what: name, measured: 'no picture in time', budget: '', met: false })
        continue
      }
      const drawn = peers.filter(peer => peer.runs.length > 0)
      rows.push(...rowsOf(name, own, drawn[0] ?? { subject: speedscope, runs: [] }))
      rows.push(...againstFirefoxProfiler(name, own, file, spans, drawn))
      for (const { subject, runs: seen } of drawn)
        rows.push(...rowsOf(`${subject.name}, the same spans`, seen, null))
    }
  }
  return rows
}

interface Peer {
  readonly subject: Subject
  readonly runs: readonly Run[]
}

/** A run that fails or hangs is told and left out: the others count all the same. */
async function tried(subject: Subject, trace: string, executablePath: string, size: string): Promise<Run[]> {
  try {
    return [await drive(subject, trace, executablePath)]
  } catch (error) {
    process.stderr.write(
      `bench: ${subject.name}, ${size}: ${error instanceof Error ? error.message.split('\n')[0] : error}\n`,
    )
    return []
  }
}

/** Budgets hold against the peer of the same run; without runs of it only the limits on their own do. `null`: this is a peer. */
function rowsOf(name: string, runs: readonly Run[], peer: Peer | null): Row[] {
  const row = (
    what: string,
    of: (run: Run) => number,
    {
      digits = 1,
      budget = `≤ ${peer?.subject.name}'s`,
      share = 1,
      most = Number.NaN,
      least = Number.NaN,
    } = {},
  ): Row => {
    const value = measured(runs.map(of))
    const own = !Number.isNaN(most) || !Number.isNaN(least)
    const theirs = peer && peer.runs.length > 0 ? measured(peer.runs.map(of)).median : Number.NaN
    const bound = own ? most : share * theirs
    const known = peer !== null && (own || !Number.isNaN(bound))
    return {
      what: `${name}: ${what}`,
      measured: shown(value, digits),
      budget: peer === null ? '' : budget,
      met: known ? !(value.median > bound) && !(value.median < least) : null,
    }
  }
  const own = peer !== null
  return [
    ...(own
      ? [
          row('first partial picture, s', run => run.firstPartialSeconds, {
            digits: 2,
            budget: '≤ 1',
            most: 1,
          }),
        ]
      : []),
    row('first picture after hand-over, s', run => run.firstPaintSeconds, { digits: 2 }),
    ...(own
      ? [
          row('longest task of the page until then, ms', run => run.longestTaskMs, {
            digits: 0,
            budget: '≤ 50',
            most: 50,
          }),
        ]
      : []),
    row('memory of the tab, MB', run => run.tabMb, {
      digits: 0,
      budget: `≤ 0.4 × ${peer?.subject.name}'s`,
      share: 0.4,
    }),
    row('frame work, median ms', run => part(run.frameWorkMs, 0.5), {
      budget: '≤ 16.7 (60 frames/s)',
      most: 16.7,
    }),
    row('frame work, p95 ms', run => part(run.frameWorkMs, 0.95)),
    row('of it script, median ms', run => part(run.scriptMs, 0.5), { budget: '≤ 2 (stretch)', most: 2 }),
    row('input to paint, median ms', run => part(run.inputToPaintMs, 0.5), { digits: 0 }),
    row('input to paint, p95 ms', run => part(run.inputToPaintMs, 0.95), { digits: 0 }),
    row('frames a second while zooming', run => run.framesPerSecond, {
      budget: '≥ 55 (Firefox Profiler where it was first measured)',
      least: 55,
    }),
  ]
}

/** Its time in this run, or else the multiple of `JSON.parse` that stands in for it. */
function againstFirefoxProfiler(
  name: string,
  own: readonly Run[],
  file: string,
  spans: number,
  peers: readonly Peer[],
): Row[] {
  const built = peers.find(({ subject }) => subject.name === 'Firefox Profiler')
  const multiple = standIn.get(spans)
  if (!built && multiple === undefined) return []
  const theirSeconds = built
    ? measured(built.runs.map(run => run.firstPaintSeconds)).median
    : (measure('parse', file).seconds ?? Number.NaN) * (multiple as number)
  const ratio = measured(own.map(({ firstPaintSeconds }) => firstPaintSeconds / theirSeconds))
  return [
    {
      what: `${name}: first picture ÷ Firefox Profiler's${built ? '' : ' (stand-in)'}`,
      measured: shown(ratio),
      budget: '≤ 0.7',
      met: ratio.median <= 0.7,
    },
  ]
}

const part = (values: readonly number[], of: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * of)] ?? Number.NaN
