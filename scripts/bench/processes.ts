/** Whole processes: how long a user waits for the command and for the window, and how much code a browser is sent. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { chromium } from 'playwright'
import { chromiumFlags, chromiumPath } from '../chromium.ts'
import { measured, type Row, shown } from './statistics.ts'
import { interleave } from './subjects.ts'

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
  return [...rows, ...(await windowRows(runs))]
}

/** Without a trace, in a browser that runs already, as with a user. */
async function windowRows(runs: number): Promise<Row[]> {
  const executablePath = chromiumPath()
  if (executablePath === null) return []
  const seconds: number[] = []
  const scripts = new Set<string>()
  const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] })
  try {
    for (let run = 0; run <= runs; run++) {
      const page = await browser.newPage({ viewport: { width: 1600, height: 900 } })
      page.on('response', answer => {
        if (answer.request().resourceType() === 'script') scripts.add(new URL(answer.url()).pathname)
      })
      const startedMs = performance.now()
      await interleave.served(null, async url => {
        await page.goto(url)
        await page.getByRole('button', { name: 'Open', exact: true }).waitFor()
        seconds.push((performance.now() - startedMs) / 1000)
      })
      await page.close()
    }
  } finally {
    await browser.close()
  }
  // The first one warms the disk.
  const took = measured(seconds.slice(1))
  const isWorker = (path: string): boolean => path.includes('engine.worker')
  const page = gzippedKb([...scripts].filter(path => !isWorker(path)))
  return [
    {
      what: 'open --browser, no trace: command → window that takes one, s',
      measured: shown(took),
      budget: '≤ 1.5',
      met: took.median <= 1.5,
    },
    {
      what: 'scripts of that window, gzip, kB',
      measured: page.toFixed(0),
      budget: '≤ 350',
      met: page <= 350,
    },
    {
      what: 'script of its worker (import, detectors, lanes), gzip, kB',
      measured: gzippedKb([...scripts].filter(isWorker)).toFixed(0),
      budget: '',
      met: null,
    },
  ]
}

const gzippedKb = (paths: readonly string[]): number =>
  paths.reduce(
    (bytes, path) => bytes + gzipSync(readFileSync(join(root, 'out', 'renderer', path))).length,
    0,
  ) / 1000
