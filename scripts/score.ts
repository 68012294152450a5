/**
 * `npm run score`: runs the detectors over the recorded incidents and patterns and compares with what is known to be true.
 *
 *     npm run score                      the committed recordings
 *     npm run score -- --fresh 20        each program run again 20 times, in a temporary folder
 *     npm run score -- --fresh 20 --keep FOLDER     … in this one; recordings already there are not made again
 *     npm run score -- --fresh 20 --keep FOLDER --kept     … only what is there already
 *     npm run score -- --write           … and the table into docs/score.md
 *     npm run score -- FOLDER            only what is in there
 *
 * Exit code 1 when a committed recording is told wrongly.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readModel } from '../src/core/convention/read-model.ts'
import { analyze } from '../src/core/detect/analyze.ts'
import { importTrace } from '../src/core/import/import-trace.ts'
import { type AnalysisJson, analysisJson } from '../src/core/report/analysis-json.ts'
import { degradations, degrade } from './degrade.ts'
import { type FreshOptions, recordAgain } from './fresh.ts'
import { type Column, scoreMarkdown } from './score-table.ts'
import { differences, judge, type Run, readTruths, type Variant, type Verdict, variants } from './truth.ts'

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

/** Every program run again. What could not be run is told, and in the title that it is so. */
async function fresh(times: number, options: FreshOptions): Promise<Column> {
  const verdicts: { name: string; variant: Variant; verdict: Verdict }[] = []
  const left = await recordAgain(times, options, async ({ name, variant, run, file }) => {
    const verdict = judge(run, await analyseFile(file))
    verdicts.push({ name, variant, verdict })
    if (verdict.found < verdict.expected || verdict.wrong.length > 0)
      process.stderr.write(
        `${basename(file)}: ${verdict.found} of ${verdict.expected}${verdict.wrong.map(title => `; ${title}`).join('')}\n`,
      )
  })
  for (const sentence of left) process.stderr.write(`not run: ${sentence}\n`)
  return { title: 'run again', verdicts, left }
}

async function main(argv: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: argv,
    options: {
      fresh: { type: 'string' },
      keep: { type: 'string' },
      kept: { type: 'boolean' },
      write: { type: 'boolean' },
    },
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
  const options = { ...(values.keep && { keep: resolve(values.keep) }), onlyKept: values.kept === true }
  if (times > 0) columns.push(await fresh(times, options))
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
