/**
 * `npm run score`: runs the detectors over the recorded incidents and compares with what is known to be true.
 * Prints a table; exit code 1 when anything is missed or wrongly reported.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readModel } from '../src/core/convention/read-model.ts'
import { analyze } from '../src/core/detect/analyze.ts'
import { importTrace } from '../src/core/import/import-trace.ts'
import { type AnalysisJson, analysisJson } from '../src/core/report/analysis-json.ts'
import { differences, readTruths, type Variant, variants } from './truth.ts'

const incidents = resolve(dirname(fileURLToPath(import.meta.url)), '..', 'fixtures', 'incidents')

export interface Scored {
  readonly incident: string
  readonly variant: Variant
  readonly first: string
  readonly observed: number
  readonly differences: readonly string[]
}

export async function analyseFile(path: string): Promise<AnalysisJson> {
  const bytes = readFileSync(path)
  const source = {
    name: path,
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

export async function score(folder: string): Promise<Scored[]> {
  const out: Scored[] = []
  for (const { name, folder: path, truth } of readTruths(folder)) {
    for (const variant of variants) {
      const run = truth[variant]
      if (!run) continue
      const file = join(path, `${variant}.otlp.jsonl`)
      if (!existsSync(file)) {
        out.push({
          incident: name,
          variant,
          first: '',
          observed: 0,
          differences: [`${variant}.otlp.jsonl is missing`],
        })
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
  }
  return out
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const scored = await score(process.argv[2] ? resolve(process.argv[2]) : incidents)
  const width = Math.max(8, ...scored.map(row => row.incident.length))
  for (const row of scored) {
    console.log(
      `${row.differences.length === 0 ? 'ok  ' : 'MISS'}  ${row.incident.padEnd(width)}  ${row.variant.padEnd(6)}  ${row.observed} observed  ${row.first}`,
    )
    for (const difference of row.differences) console.log(`        ${difference}`)
  }
  const bugs = scored.filter(row => row.variant === 'bug')
  const healthy = scored.filter(row => row.variant !== 'bug')
  const right = (rows: readonly Scored[]) => rows.filter(row => row.differences.length === 0).length
  console.log(
    `\n${right(bugs)} of ${bugs.length} bugs found as they are, ${right(healthy)} of ${healthy.length} healthy recordings left in peace`,
  )
  process.exitCode = scored.length > 0 && scored.every(row => row.differences.length === 0) ? 0 : 1
}
