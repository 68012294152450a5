/** The small programs in `fixtures/patterns`: which there are, and how one is run with the recorder in it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'

export const patternsFolder = resolve(import.meta.dirname, '..', 'fixtures', 'patterns')
const variants = ['bug', 'fixed', 'benign'] as const
/** No program takes a quarter of this. */
const timeoutMs = 60_000

export interface Program {
  readonly name: string
  readonly variant: (typeof variants)[number]
  readonly directory: string
}

/** @throws Error naming what is not there */
export function patternPrograms(names: readonly string[] = []): Program[] {
  const all = readdirSync(patternsFolder, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort()
  const unknown = names.filter(name => !all.includes(name))
  if (unknown.length > 0)
    throw new Error(`no such pattern: ${unknown.join(', ')} (there are ${all.join(', ')})`)
  return (names.length > 0 ? names : all).flatMap(name =>
    variants
      .filter(variant => existsSync(join(patternsFolder, name, `${variant}.ts`)))
      .map(variant => ({ name, variant, directory: join(patternsFolder, name) })),
  )
}

/** Runs one program; its recording is at `out` afterwards. @returns its size in bytes */
export async function runProgram(program: Program, out: string): Promise<number> {
  await mkdir(join(out, '..'), { recursive: true })
  await rm(out, { force: true })
  const child = spawn(process.execPath, [`${program.variant}.ts`], {
    // Code sites are recorded relative to the working directory: `bug.ts:12`.
    cwd: program.directory,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, INTERLEAVE_FILE: out },
    timeout: timeoutMs,
  })
  const [code, signal] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${program.name} ${program.variant} ended with ${code ?? signal}`)
  return (await stat(out)).size
}

/** Records the committed recordings again, a few at a time: these programs sleep more than they work. */
export async function recordPatterns(names: readonly string[], atOnce = 2): Promise<void> {
  const waiting = patternPrograms(names)
  const worker = async (): Promise<void> => {
    for (let program = waiting.shift(); program; program = waiting.shift()) {
      const size = await runProgram(program, join(program.directory, `${program.variant}.otlp.jsonl`))
      process.stderr.write(`${program.name}/${program.variant}.otlp.jsonl  ${Math.ceil(size / 1024)} KiB\n`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
