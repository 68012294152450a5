/**
 * `npm run score`: runs the detectors over the recorded incidents and patterns and compares with what is known to be true.
 *
 *     npm run score                      the committed recordings
 *     npm run score -- --fresh 20        each pattern's program run again 20 times, in a temporary folder
 *     npm run score -- --fresh 20 --keep FOLDER     … in this one; recordings already there are not made again
 *     npm run score -- --write           … and the table into docs/score.md
 *     npm run score -- FOLDER            only what is in there
 *
 * Exit code 1 when a committed recording is told wrongly.
 */
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readModel } from '../src/core/convention/read-model.ts'
import { analyze } from '../src/core/detect/analyze.ts'
import { importTrace } from '../src/core/import/import-trace.ts'
import { type AnalysisJson, analysisJson } from '../src/core/report/analysis-json.ts'
import { degradations, degrade } from './degrade.ts'
import { patternPrograms, runProgram } from './patterns.ts'
import { type Column, scoreMarkdown } from './score-table.ts'
import {
  differences,
  judge,
  type Run,
  readTruths,
  type Truth,
  type Variant,
  type Verdict,
  variants,
} from './truth.ts'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const folders = ['incidents', 'patterns', 'python']
  .map(name => join(root, 'fixtures', name))
  .filter(existsSync)

export interface Scored {
  readonly incident: string
  readonly variant: Variant
  readonly first: string
  readonly observed: number
  readonly differences: readonly string[]
}

export const analyseFile = (path: string): Promise<AnalysisJson> => analyseBytes(path, readFileSync(path))

async function analyseBytes(name: string, bytes: Uint8Array): Promise<AnalysisJson> {
  const source = {
    name,
    size: bytes.length,
    async *open() {
      yield bytes
    },
  }
  const { store, report } = await importTrace([source])
  const model = readModel(store)
  const analysis = analyze(store, model, report)
  return analysisJson({ store, model, analysis, lanes: [] }, report)
}

interface Recording {
  readonly name: string
  readonly variant: Variant
  readonly run: Run
  readonly file: string
}

const recordingsOf = (folder: string): Recording[] =>
  readTruths(folder).flatMap(({ name, folder: path, truth }) =>
    variants.flatMap(variant => {
      const run = truth[variant]
      return run ? [{ name, variant, run, file: join(path, `${variant}.otlp.jsonl`) }] : []
    }),
  )

export async function score(folder: string): Promise<Scored[]> {
  const out: Scored[] = []
  for (const { name, variant, run, file } of recordingsOf(folder)) {
    if (!existsSync(file)) {
      const missing = [`${variant}.otlp.jsonl is missing`]
      out.push({ incident: name, variant, first: '', observed: 0, differences: missing })
      continue
    }
    const found = await analyseFile(file)
    const observed = found.findings.filter(finding => finding.product === 'observed')
    const first = observed[0]
      ? `${observed[0].severity} ${observed[0].detector} at ${observed[0].culprit.site}`
      : 'silent'
    out.push({
      incident: name,
      variant,
      first,
      observed: observed.length,
      differences: differences(run, found),
    })
  }
  return out
}

/** One verdict per recording. */
async function column(
  title: string,
  recordings: readonly Recording[],
  change?: (text: string, seed: number) => string,
): Promise<Column> {
  const verdicts: { name: string; variant: Variant; verdict: Verdict }[] = []
  for (const [seed, { name, variant, run, file }] of recordings.entries()) {
    if (!existsSync(file)) continue
    const bytes = change ? Buffer.from(change(readFileSync(file, 'utf8'), seed + 1)) : readFileSync(file)
    verdicts.push({ name, variant, verdict: judge(run, await analyseBytes(file, bytes)) })
  }
  return { title, verdicts }
}

/**
 * Runs every program `times` times; what a machine's mood makes of them is part of the figure.
 * @param keep where the recordings stay, so that an interrupted run goes on and changed detectors judge the same runs
 */
async function fresh(times: number, keep: string | undefined): Promise<Column> {
  const truths = new Map<string, Truth>(
    folders.flatMap(readTruths).map(({ name, truth }) => [name, truth] as const),
  )
  const verdicts: { name: string; variant: Variant; verdict: Verdict }[] = []
  const folder = keep ?? mkdtempSync(join(tmpdir(), 'interleave-score-'))
  try {
    const waiting = Array.from({ length: times }, (_, round) =>
      patternPrograms().map(program => ({ program, round })),
    ).flat()
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const { program, round } = next
        const run = truths.get(program.name)?.[program.variant]
        if (!run) continue
        const file = join(folder, `${program.name}-${program.variant}-${round}.otlp.jsonl`)
        if (!existsSync(file)) {
          await runProgram(program, `${file}.part`)
          renameSync(`${file}.part`, file)
        }
        const verdict = judge(run, await analyseFile(file))
        verdicts.push({ name: program.name, variant: program.variant, verdict })
        if (verdict.found < verdict.expected || verdict.wrong.length > 0)
          process.stderr.write(
            `${program.name} ${program.variant}: ${verdict.found} of ${verdict.expected}${verdict.wrong.map(title => `; ${title}`).join('')}\n`,
          )
        if (!keep) rmSync(file, { force: true })
      }
    }
    await Promise.all([worker(), worker(), worker()])
  } finally {
    if (!keep) rmSync(folder, { recursive: true, force: true })
  }
  return { title: `run again ${times} ×`, verdicts }
}

async function main(argv: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: argv,
    options: { fresh: { type: 'string' }, keep: { type: 'string' }, write: { type: 'boolean' } },
    allowPositionals: true,
  })
  const times = Number(values.fresh ?? 0)
  if (!Number.isInteger(times) || times < 0 || times > 1000)
    throw new Error('--fresh wants a whole number of runs')
  const chosen = positionals.length > 0 ? positionals.map(path => resolve(path)) : folders
  const scored = (await Promise.all(chosen.map(score))).flat()
  const width = Math.max(8, ...scored.map(row => row.incident.length))
  for (const row of scored) {
    console.log(
      `${row.differences.length === 0 ? 'ok  ' : 'MISS'}  ${row.incident.padEnd(width)}  ${row.variant.padEnd(6)}  ${row.observed} observed  ${row.first}`,
    )
    for (const difference of row.differences) console.log(`        ${difference}`)
  }
  const recordings = chosen.flatMap(recordingsOf)
  const columns = [await column('as recorded', recordings)]
  if (times > 0) columns.push(await fresh(times, values.keep && resolve(values.keep)))
  for (const how of degradations)
    columns.push(await column(how, recordings, (text, seed) => degrade(text, how, seed)))
  const table = scoreMarkdown(columns, new Date())
  console.log(`\n${table.summary}`)
  if (values.write) writeFileSync(join(root, 'docs', 'score.md'), table.page)
  process.exitCode = scored.length > 0 && scored.every(row => row.differences.length === 0) ? 0 : 1
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`score: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 2
  })
