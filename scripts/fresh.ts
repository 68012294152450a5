/** Every recorded program run again: patterns, Python patterns, and the incidents with their database. */
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { incidentNames, incidentsFolder, runDriver } from './incidents.ts'
import { patternPrograms, patternsFolder, pythonFolder, runProgram } from './patterns.ts'
import { type Postgres, startPostgres } from './postgres.ts'
import { type Run, readTruths, type Variant } from './truth.ts'

export interface FreshRecording {
  readonly name: string
  readonly variant: Variant
  readonly run: Run
  readonly file: string
}

export interface FreshOptions {
  /** Where the recordings stay, so that an interrupted run goes on and changed detectors judge the same runs. */
  readonly keep?: string
  /** Judge what is there and record nothing. */
  readonly onlyKept?: boolean
}

interface Job extends FreshRecording {
  readonly record: () => Promise<unknown>
}

/** Programs mostly sleep, so several run at once; incidents share one database and take turns. */
const atOnce = 3

/**
 * Runs every program `times` times and hands out each recording as it is there; what a machine's mood makes of them is
 * part of the figure. A program that does not run is told and left out.
 * @returns what could not be run, one sentence each
 */
export async function recordAgain(
  times: number,
  { keep, onlyKept }: FreshOptions,
  judge: (recording: FreshRecording) => Promise<void>,
): Promise<readonly string[]> {
  const folder = keep ?? mkdtempSync(join(tmpdir(), 'interleave-score-'))
  const left = new Set<string>()
  const postgres = onlyKept ? null : await startPostgres().catch((error: Error) => error)
  const incidents = rounds(times, round => incidentJobs(folder, round, postgres))
  const programs = rounds(times, round => [
    ...programJobs(folder, round, patternsFolder, ''),
    ...programJobs(folder, round, pythonFolder, 'python-'),
  ])
  const work = async (jobs: Job[]): Promise<void> => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      try {
        if (!existsSync(job.file)) {
          if (onlyKept) continue
          await job.record()
          renameSync(`${job.file}.part`, job.file)
        }
      } catch (error) {
        left.add(`${job.name} ${job.variant}: ${error instanceof Error ? error.message : error}`)
        continue
      }
      await judge(job)
      if (!keep) rmSync(job.file, { force: true })
    }
  }
  try {
    await Promise.all([work(incidents), ...Array.from({ length: atOnce }, () => work(programs))])
  } finally {
    if (postgres && 'stop' in postgres) await postgres.stop()
    if (!keep) rmSync(folder, { recursive: true, force: true })
  }
  return [...left]
}

const rounds = (times: number, jobsOf: (round: number) => readonly Job[]): Job[] =>
  Array.from({ length: times }, (_, round) => jobsOf(round)).flat()

function programJobs(folder: string, round: number, programsIn: string, prefix: string): Job[] {
  const truths = new Map(readTruths(programsIn).map(({ name, truth }) => [name, truth]))
  return patternPrograms([], programsIn).flatMap(program => {
    const run = truths.get(program.name)?.[program.variant]
    if (!run) return []
    const name = prefix + program.name
    const file = join(folder, `${name}-${program.variant}-${round}.otlp.jsonl`)
    return [{ name, variant: program.variant, run, file, record: () => runProgram(program, `${file}.part`) }]
  })
}

function incidentJobs(folder: string, round: number, postgres: Postgres | Error | null): Job[] {
  const truths = new Map(readTruths(incidentsFolder).map(({ name, truth }) => [name, truth]))
  return incidentNames().flatMap(name =>
    (['bug', 'fixed'] as const).flatMap(variant => {
      const run = truths.get(name)?.[variant]
      if (!run) return []
      const file = join(folder, `${name}-${variant}-${round}.otlp.jsonl`)
      const record = async () => {
        if (postgres === null || postgres instanceof Error) throw postgres ?? new Error('no database')
        await runDriver(join(incidentsFolder, name), variant, `${file}.part`, postgres)
      }
      return [{ name, variant, run, file, record }]
    }),
  )
}
