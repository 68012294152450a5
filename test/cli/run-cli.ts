import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const project = resolve(import.meta.dirname, '../..')
const built = join(project, 'out', 'main', 'cli.js')

/** The built command under `npm test`, the sources otherwise: both run, only the built one is what users get. */
export const cliPath =
  process.env.INTERLEAVE_TEST_BUILT === '1' && existsSync(built)
    ? built
    : join(project, 'src', 'cli', 'index.ts')

export const incident = (name: string, variant: 'bug' | 'fixed' = 'bug'): string =>
  join(project, 'fixtures', 'incidents', name, `${variant}.otlp.jsonl`)

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface RunOptions {
  readonly stdin?: Uint8Array | string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** Runs `interleave …` as a process of its own. */
export function interleave(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [cliPath, ...args], {
      cwd: options.cwd ?? project,
      env: { ...process.env, NO_COLOR: '1', ...options.env },
    })
    let out = ''
    let err = ''
    child.stdout.setEncoding('utf8').on('data', chunk => {
      out += chunk
    })
    child.stderr.setEncoding('utf8').on('data', chunk => {
      err += chunk
    })
    // A command that does not read its stdin closes it.
    child.stdin.on('error', () => {})
    child.stdin.end(options.stdin ?? '')
    child.on('error', failed)
    child.on('close', code => done({ code, out, err }))
  })
}
