import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * What the recorder costs: the same plain HTTP service under the same load, without and with it in alternation, so that a machine
 * that gets busier halfway is fair to both.
 *
 *   without │ with │ without │ with │ …        each: warm-up, then `seconds` of closed-loop load
 */
const budget = { requestsRatio: 0.9, p99Ratio: 1.2 } as const
const rounds = 5
const seconds = 3
const warmUpMs = 1000
const connections = 16

interface Figures {
  readonly requestsPerSecond: number
  readonly p99Ms: number
}

/** Prints the figures; true when they are within budget. */
export async function benchRecorder(print: (line: string) => void = console.log): Promise<boolean> {
  const root = resolve(import.meta.dirname, '..')
  const preload = join(root, 'out', 'main', 'recorder-auto.js')
  if (!existsSync(preload)) throw new Error('the recorder is not built: npm run build')
  const directory = mkdtempSync(join(tmpdir(), 'interleave-bench-'))
  const file = join(directory, 'out.otlp.jsonl')
  try {
    const without: Figures[] = []
    const recorded: Figures[] = []
    for (let round = 1; round <= rounds; round += 1) {
      without.push(await measure([]))
      recorded.push(await measure([`--import=${pathToFileURL(preload).href}`], file))
      print(`round ${round}   without ${shown(without.at(-1)!)}   with ${shown(recorded.at(-1)!)}`)
    }
    const requestsRatio =
      median(recorded.map(run => run.requestsPerSecond)) / median(without.map(run => run.requestsPerSecond))
    const p99Ratio = median(recorded.map(run => run.p99Ms)) / median(without.map(run => run.p99Ms))
    const within = requestsRatio >= budget.requestsRatio && p99Ratio <= budget.p99Ratio
    print(
      `recorder: ${(requestsRatio * 100).toFixed(1)} % of the requests/s (budget ≥ ${budget.requestsRatio * 100} %), ` +
        `p99 × ${p99Ratio.toFixed(2)} (budget ≤ ${budget.p99Ratio}), ${(statSync(file).size / 1e6).toFixed(0)} MB recorded: ` +
        (within ? 'within budget' : 'OVER BUDGET'),
    )
    return within
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function shown({ requestsPerSecond, p99Ms }: Figures): string {
  return `${requestsPerSecond.toFixed(0).padStart(6)} req/s  p99 ${p99Ms.toFixed(2)} ms`
}

async function measure(nodeArgs: readonly string[], file = ''): Promise<Figures> {
  const service = spawn(
    process.execPath,
    [...nodeArgs, join(import.meta.dirname, 'bench-recorder-service.ts')],
    {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, NODE_OPTIONS: '', INTERLEAVE_FILE: file, OTEL_SERVICE_NAME: 'bench' },
    },
  )
  const [port] = (await once(service, 'message')) as [number]
  try {
    await load(port, warmUpMs)
    const started = performance.now()
    const latencies = await load(port, seconds * 1000)
    const elapsed = (performance.now() - started) / 1000
    latencies.sort((a, b) => a - b)
    return {
      requestsPerSecond: latencies.length / elapsed,
      p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
    }
  } finally {
    service.kill('SIGTERM')
    await once(service, 'exit')
  }
}

/** Each connection sends its next request when the answer to the last one is complete. */
async function load(port: number, forMs: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const latencies: number[] = []
  const until = performance.now() + forMs
  const one = (): Promise<void> =>
    new Promise((done, reject) => {
      const sentAt = performance.now()
      request({ port, agent, path: `/items/${latencies.length % 100}` }, response => {
        response.resume().once('end', () => {
          latencies.push(performance.now() - sentAt)
          done()
        })
      })
        .once('error', reject)
        .end()
    })
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < until) await one()
    }),
  )
  agent.destroy()
  return latencies
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

if (import.meta.main) process.exitCode = (await benchRecorder()) ? 0 : 1
