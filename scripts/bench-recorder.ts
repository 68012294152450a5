import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { pythonWith, recorderFolder, recorderRequirements } from './python.ts'

/**
 * What the recorder costs: the same service under the same load, without and with it in alternation, so that a machine that gets
 * busier halfway is fair to both.
 *
 *   without │ with │ without │ with │ …        each: warm-up, then `seconds` of closed-loop load
 *
 * Two services: `plain` takes JSON, asks something that takes 2 ms, answers JSON — the budget is about this one — and `bare`
 * answers "ok" and nothing else, the worst case there is: shown, not judged. `python` is the plain one on asyncio with the
 * Python recorder, every request a task: shown as well, where there is a Python.
 */
const budget = { requestsRatio: 0.9, p99Ratio: 1.2 } as const
const rounds = 5
const seconds = 3
const warmUpMs = 1000
const connections = 16

/** An order of 200 lines, some 12 KB of JSON. */
const order = JSON.stringify({
  lines: Array.from({ length: 200 }, (_, at) => ({
    sku: `sku-${(at * 7919) % 1000}`,
    quantity: (at % 9) + 1,
    price: 100 + at,
  })),
})

interface Figures {
  readonly requestsPerSecond: number
  readonly p99Ms: number
}

/** One service, and how it is started without and with its recorder. */
interface Target {
  readonly name: string
  readonly command: string
  readonly without: readonly string[]
  readonly recorded: readonly string[]
  readonly judged?: true
}

/** Prints the figures; true when the plain service is within budget. */
export async function benchRecorder(print: (line: string) => void = console.log): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), 'interleave-bench-'))
  try {
    let within = true
    for (const target of [...nodeTargets(), ...pythonTargets(print)]) {
      const ratios = await compare(target, join(directory, `${target.name}.otlp.jsonl`), print)
      const good = ratios.requests >= budget.requestsRatio && ratios.p99 <= budget.p99Ratio
      const judged = target.judged ? `: ${good ? 'within budget' : 'OVER BUDGET'}` : ' (not judged)'
      print(
        `recorder, ${target.name} service: ${(ratios.requests * 100).toFixed(1)} % of the requests/s (budget ≥ ${budget.requestsRatio * 100} %), ` +
          `p99 × ${ratios.p99.toFixed(2)} (budget ≤ ${budget.p99Ratio}), medians of ${rounds}${judged}`,
      )
      if (target.judged) within = good
    }
    return within
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const serviceFile = (suffix: string): string => join(import.meta.dirname, `bench-recorder-service${suffix}`)

function nodeTargets(): Target[] {
  const preload = join(resolve(import.meta.dirname, '..'), 'out', 'main', 'recorder-auto.js')
  if (!existsSync(preload)) throw new Error('the recorder is not built: npm run build')
  return (['plain', 'bare'] as const).map(name => ({
    name,
    command: process.execPath,
    without: [serviceFile('.ts'), name],
    recorded: [`--import=${pathToFileURL(preload).href}`, serviceFile('.ts'), name],
    ...(name === 'plain' && { judged: true }),
  }))
}

function pythonTargets(print: (line: string) => void): Target[] {
  const found = pythonWith(recorderRequirements)
  if ('missing' in found) {
    print(`recorder, python service: not measured, ${found.missing}`)
    return []
  }
  const without = [serviceFile('.py')]
  return [
    { name: 'python', command: found.python, without, recorded: ['-m', 'interleave_recorder', ...without] },
  ]
}

async function compare(
  target: Target,
  file: string,
  print: (line: string) => void,
): Promise<{ readonly requests: number; readonly p99: number }> {
  const without: Figures[] = []
  const recorded: Figures[] = []
  for (let round = 1; round <= rounds; round += 1) {
    without.push(await measure(target.command, target.without))
    recorded.push(await measure(target.command, target.recorded, file))
    print(`${target.name} ${round}   without ${shown(without.at(-1)!)}   with ${shown(recorded.at(-1)!)}`)
  }
  return {
    requests:
      median(recorded.map(run => run.requestsPerSecond)) / median(without.map(run => run.requestsPerSecond)),
    p99: median(recorded.map(run => run.p99Ms)) / median(without.map(run => run.p99Ms)),
  }
}

function shown({ requestsPerSecond, p99Ms }: Figures): string {
  return `${requestsPerSecond.toFixed(0).padStart(6)} req/s  p99 ${p99Ms.toFixed(2)} ms`
}

async function measure(command: string, args: readonly string[], file = ''): Promise<Figures> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      INTERLEAVE_FILE: file,
      OTEL_SERVICE_NAME: 'bench',
      PYTHONPATH: recorderFolder,
      PYTHONDONTWRITEBYTECODE: '1',
    },
  })
  const [port] = (await once(child, 'message')) as [number]
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
    child.kill('SIGTERM')
    await once(child, 'exit')
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
      request({ port, agent, method: 'POST', path: '/orders' }, response => {
        response.resume().once('end', () => {
          latencies.push(performance.now() - sentAt)
          done()
        })
      })
        .once('error', reject)
        .end(order)
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
