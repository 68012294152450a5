import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'

const script = resolve(import.meta.dirname, 'measure.ts')

/** Runs one measurement in a fresh process; its numbers. Throws with its last line when it fails. */
export function measure(what: string, file: string): Readonly<Record<string, number>> {
  const ran = spawnSync(process.execPath, ['--expose-gc', '--max-old-space-size=8192', script, what, file], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (ran.status !== 0) throw new Error(`${what}: ${ran.stderr.trim().split('\n').at(-1) ?? ran.signal}`)
  return JSON.parse(ran.stdout) as Readonly<Record<string, number>>
}
