/** Whole processes: how long a user waits for the command, and for the server to be there. */
import { spawn, spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { measured, type Row, shown } from './statistics.ts'

const root = resolve(import.meta.dirname, '../..')
const cli = join(root, 'out', 'main', 'cli.js')
const incidents = ['frozen-app', 'double-completion', 'blocked-loop']

export async function benchProcesses(runs: number): Promise<Row[]> {
  const rows: Row[] = incidents.map(name => {
    const file = join(root, 'fixtures', 'incidents', name, 'bug.otlp.jsonl')
    const seconds = Array.from({ length: runs + 1 }, () => {
      const startedMs = performance.now()
      const { status } = spawnSync(process.execPath, [cli, 'analyze', file, '--json'])
      if (status !== 0) throw new Error(`analyze ${name} ended with ${status}`)
      return (performance.now() - startedMs) / 1000
    })
    // The first one warms the disk.
    const took = measured(seconds.slice(1))
    return {
      what: `analyze ${name}, whole process, s`,
      measured: shown(took),
      budget: '≤ 0.6',
      met: took.median <= 0.6,
    }
  })
  const served: number[] = []
  for (let run = 0; run < runs; run++) served.push(await serving())
  rows.push({
    what: 'open --browser until it serves, s',
    measured: shown(measured(served)),
    budget: '',
    met: null,
  })
  return rows
}

function serving(): Promise<number> {
  const startedMs = performance.now()
  const child = spawn(process.execPath, [cli, 'open', '--browser'], {
    env: { ...process.env, BROWSER: 'none' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return new Promise((done, failed) => {
    child.once('error', failed)
    child.stdout.once('data', () => {
      const took = (performance.now() - startedMs) / 1000
      child.once('close', () => done(took))
      child.kill('SIGINT')
    })
  })
}
