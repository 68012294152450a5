/**
 * What the recorder costs a plain HTTP service: requests a second and p99 with and without it, alternating, over
 * keep-alive connections on loopback. Load generator and service are two processes on the same machine.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { measured, type Row, shown } from './statistics.ts'

const root = resolve(import.meta.dirname, '../..')
const preload = join(root, 'out', 'main', 'recorder-auto.js')
const connections = 32
const warmUpMs = 1_000
const measureMs = 4_000

/** Awaits a timer of zero and answers a little JSON: the least that still is async. */
const service = `
  import { createServer } from 'node:http'
  import { setImmediate } from 'node:timers/promises'
  const server = createServer(async (request, response) => {
    await setImmediate()
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ ok: true, url: request.url }))
  })
  server.listen(0, '127.0.0.1', () => console.log(server.address().port))
`

export async function benchRecorder(runs: number): Promise<Row[]> {
  const rate: number[] = []
  const tail: number[] = []
  const absolute: { without: number[]; with: number[] } = { without: [], with: [] }
  for (let run = 0; run < runs; run++) {
    const without = await load(false)
    const recorded = await load(true)
    absolute.without.push(without.perSecond)
    absolute.with.push(recorded.perSecond)
    rate.push(recorded.perSecond / without.perSecond)
    tail.push(recorded.p99Ms / without.p99Ms)
  }
  return [
    {
      what: 'plain HTTP service, requests/s',
      measured: shown(measured(absolute.without), 0),
      budget: '',
      met: null,
    },
    { what: '  recorded, requests/s', measured: shown(measured(absolute.with), 0), budget: '', met: null },
    {
      what: '  recorded ÷ plain',
      measured: shown(measured(rate)),
      budget: '≥ 0.9',
      met: measured(rate).median >= 0.9,
    },
    {
      what: '  p99 ÷ plain',
      measured: shown(measured(tail)),
      budget: '≤ 1.2',
      met: measured(tail).median <= 1.2,
    },
  ]
}

async function load(recorded: boolean): Promise<{ perSecond: number; p99Ms: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'interleave-bench-'))
  const child = spawn(
    process.execPath,
    [...(recorded ? ['--import', preload] : []), '--input-type=module', '-e', service],
    {
      env: { ...process.env, INTERLEAVE_FILE: join(folder, 'bench.otlp.jsonl') },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  try {
    const port = await new Promise<number>((done, failed) => {
      child.once('exit', code => failed(new Error(`the service ended with ${code}`)))
      child.stdout.once('data', line => done(Number(String(line))))
    })
    await drive(port, warmUpMs)
    const tookMs = await drive(port, measureMs)
    tookMs.sort((a, b) => a - b)
    return {
      perSecond: (tookMs.length / measureMs) * 1000,
      p99Ms: tookMs[Math.floor(tookMs.length * 0.99)] ?? Number.NaN,
    }
  } finally {
    const gone = new Promise(done => child.once('close', done))
    child.kill('SIGKILL')
    await gone
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Keeps all connections busy for a while; how long each request took. */
async function drive(port: number, forMs: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const untilMs = performance.now() + forMs
  const tookMs: number[] = []
  const once = (): Promise<void> =>
    new Promise((done, failed) => {
      const startedMs = performance.now()
      get({ port, host: '127.0.0.1', path: '/orders/1', agent }, response => {
        response.resume().on('end', () => {
          tookMs.push(performance.now() - startedMs)
          done()
        })
      }).on('error', failed)
    })
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < untilMs) await once()
    }),
  )
  agent.destroy()
  return tookMs
}
