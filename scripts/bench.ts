/**
 * `npm run bench [-- load|draw|analyse|recorder|process …] [--spans N] [--runs N]
 * [--firefox-profiler DIST]`: every number beside its yardstick in
 * the same run, so that the machine cancels out. Without a part it does all of them. The budgets are those of
 * `docs/benchmarks.md`.
 */
import { cpus, loadavg, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { benchApp } from './bench/app.ts'
import { benchAnalyse, benchDraw, benchLoad } from './bench/core.ts'
import { benchGigabyte } from './bench/gigabyte.ts'
import { benchProcesses } from './bench/processes.ts'
import { type Row, table } from './bench/statistics.ts'
import { benchRecorder } from './bench-recorder.ts'
import type { Shape } from './generate-trace.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    spans: { type: 'string', multiple: true },
    shape: { type: 'string', multiple: true },
    runs: { type: 'string', default: '3' },
    /** Folder with its build; without it a stand-in. */
    'firefox-profiler': { type: 'string' },
  },
})
const runs = Number(values.runs)
const sizes = (values.spans ?? ['10000', '100000', '1000000']).map(Number)
const shapes = (values.shape ?? ['concurrent', 'nested']) as Shape[]

const parts: Readonly<Record<string, () => Promise<Row[]>>> = {
  load: async () => [
    ...(await benchLoad(sizes, shapes, runs)),
    // A file of 1 GB, unless only smaller ones are asked for.
    ...(Math.max(...sizes) >= 1_000_000 ? await benchGigabyte(1_080_000) : []),
  ],
  analyse: () => benchAnalyse(sizes, shapes, runs),
  draw: async () => [
    ...(await benchDraw(sizes, shapes)),
    ...(await benchApp(sizes, shapes, runs, values['firefox-profiler'] ?? null)),
  ],
  process: () => benchProcesses(runs),
  recorder: async () => {
    await benchRecorder()
    return []
  },
}
/** Said, so that a missing line is not taken for a met budget. */
const notMeasured = [
  ...(values['firefox-profiler'] === undefined
    ? ['Firefox Profiler (built from source, --firefox-profiler its dist; a stand-in is)']
    : []),
  'speedscope above 100 k spans (it takes minutes)',
  'start of the Electron window',
]

const chosen = positionals.length > 0 ? positionals : Object.keys(parts)
const unknown = chosen.find(name => !Object.hasOwn(parts, name))
if (unknown !== undefined || sizes.some(size => !(size > 0)) || !(runs >= 1)) {
  console.error(
    `usage: npm run bench [-- ${Object.keys(parts).join('|')}] [--spans N] [--shape concurrent|nested] [--runs N] [--firefox-profiler DIST]`,
  )
  process.exit(2)
}
const { model = 'unknown CPU' } = cpus()[0] ?? {}
console.log(
  `${new Date().toISOString().slice(0, 16)} · load ${loadavg()[0]?.toFixed(1)} · ${cpus().length} × ${model} · ${(totalmem() / 2 ** 30).toFixed(0)} GiB · Node ${process.versions.node} · ${runs} runs`,
)
for (const name of chosen) {
  console.log(`\n${name}`)
  const rows = await (parts[name] as () => Promise<Row[]>)()
  if (rows.length > 0) console.log(table(rows))
}
console.log(`\nNot measured: ${notMeasured.join('; ')}.`)
