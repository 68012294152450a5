/** The small programs in `fixtures/patterns` and `fixtures/python`: which there are, and how one is run with the recorder in it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pythonFor, recorderFolder, recorderRequirements } from './python.ts'

const fixtures = resolve(import.meta.dirname, '..', 'fixtures')
export const patternsFolder = join(fixtures, 'patterns')
/** The same for Python's recorder. */
export const pythonFolder = join(fixtures, 'python')
const variants = ['bug', 'fixed', 'benign'] as const
/** No program takes a quarter of this. */
const timeoutMs = 60_000

export interface Program {
  readonly name: string
  readonly variant: (typeof variants)[number]
  readonly directory: string
}

/** @throws Error naming what is not there */
export function patternPrograms(names: readonly string[] = [], folder = patternsFolder): Program[] {
  const all = readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort()
  const unknown = names.filter(name => !all.includes(name))
  if (unknown.length > 0)
    throw new Error(`no such pattern: ${unknown.join(', ')} (there are ${all.join(', ')})`)
  return (names.length > 0 ? names : all).flatMap(name =>
    variants
      .filter(variant => existsSync(join(folder, name, variant + suffixOf(folder))))
      .map(variant => ({ name, variant, directory: join(folder, name) })),
  )
}

const suffixOf = (folder: string): string => (folder === pythonFolder ? '.py' : '.ts')

/** Runs one program; its recording is at `out` afterwards. @returns its size in bytes */
export async function runProgram(program: Program, out: string): Promise<number> {
  await mkdir(join(out, '..'), { recursive: true })
  await rm(out, { force: true })
  const suffix = suffixOf(resolve(program.directory, '..'))
  const command = suffix === '.py' ? pythonFor(recorderRequirements) : process.execPath
  const child = spawn(command, [program.variant + suffix], {
    // Code sites are recorded relative to the working directory: `bug.ts:12`.
    cwd: program.directory,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, INTERLEAVE_FILE: out, ...(suffix === '.py' ? pythonEnv(program.name) : {}) },
    timeout: timeoutMs,
  })
  const [code, signal] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${program.name} ${program.variant} ended with ${code ?? signal}`)
  return (await stat(out)).size
}

const pythonEnv = (serviceName: string): Record<string, string> => ({
  OTEL_SERVICE_NAME: serviceName,
  PYTHONPATH: recorderFolder,
  PYTHONDONTWRITEBYTECODE: '1',
})

/** Records the committed recordings again, a few at a time: these programs sleep more than they work. */
export async function recordPatterns(
  names: readonly string[],
  folder = patternsFolder,
  atOnce = 2,
): Promise<void> {
  const waiting = patternPrograms(names, folder)
  const worker = async (): Promise<void> => {
    for (let program = waiting.shift(); program; program = waiting.shift()) {
      const size = await runProgram(program, join(program.directory, `${program.variant}.otlp.jsonl`))
      process.stderr.write(`${program.name}/${program.variant}.otlp.jsonl  ${Math.ceil(size / 1024)} KiB\n`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
