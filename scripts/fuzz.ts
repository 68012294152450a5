/**
 * `npm run fuzz [-- --count N] [--seed S] [--workers N] [--only NUMBER]`: damaged files of every format through the
 * importers. Each must give a sane trace or one line that says why not; never a crash, a hang (> 1 s of processor time) or
 * a silently empty trace. Prints the seed, how many it ran, and per failure its number and recipe; its bytes go to
 * `.cache/fuzz/`. `--only` repeats one.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { mutant, samples } from './fuzz/mutate.ts'
import type { Failure, Task } from './fuzz/worker.ts'

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now() % 1e9) },
    workers: { type: 'string', default: String(Math.max(1, availableParallelism() - 1)) },
    only: { type: 'string' },
  },
})
const seed = Number(values.seed)
const only = values.only === undefined ? null : Number(values.only)
const first = only ?? 0
const end = only === null ? Number(values.count) : only + 1
const workers = Math.min(end - first, Number(values.workers))
if (![seed, first, end, workers].every(Number.isSafeInteger) || end <= first || workers < 1) {
  console.error('usage: npm run fuzz [-- --count N] [--seed S] [--workers N] [--only NUMBER]')
  process.exit(2)
}

const folder = resolve(import.meta.dirname, '../.cache/fuzz')
const files = samples()
/** A worker that stays at one number for this long of the wall clock hangs, however busy the machine is. */
const hangMs = 60_000
const tellMs = 10_000
/** Nearly all an input allocates dies with it. */
const youngMb = 64

const shared = Array.from({ length: workers }, () => new Int32Array(new SharedArrayBuffer(12)))
const sum = (at: number): number => shared.reduce((total, counters) => total + Atomics.load(counters, at), 0)
let failures = 0

console.log(`fuzz: seed ${seed}, ${(end - first).toLocaleString('en')} inputs, ${workers} workers`)
const startedMs = performance.now()
const telling = setInterval(tell, tellMs)
await Promise.all(shared.map((counters, nth) => work(counters, first + nth)))
clearInterval(telling)
tell()
console.log(
  `fuzz: seed ${seed}: ran ${sum(1).toLocaleString('en')} inputs, ${sum(2).toLocaleString('en')} of them gave a trace; ${failures} failed`,
)
process.exitCode = failures > 0 ? 1 : 0

function tell(): void {
  const seconds = (performance.now() - startedMs) / 1000
  console.log(`  ${seconds.toFixed(0)} s: ${sum(1).toLocaleString('en')} inputs, ${failures} failed`)
}

/** Keeps one worker going: one that dies or hangs is replaced behind the input that did it. */
async function work(counters: Int32Array, from: number): Promise<void> {
  for (let next = from; next < end; ) {
    const trouble = await run({ seed, first: next, step: workers, end, shared: counters })
    if (trouble === '') return
    const number = Atomics.load(counters, 0)
    fail({ number, failure: trouble })
    next = number + workers
  }
}

/** Runs a worker to its end; returns why it did not get there. */
function run(task: Task): Promise<string> {
  const worker = new Worker(new URL('./fuzz/worker.ts', import.meta.url), {
    workerData: task,
    resourceLimits: { maxYoungGenerationSizeMb: youngMb },
  })
  return new Promise(done => {
    let at = -1
    let sinceMs = performance.now()
    const watching = setInterval(() => {
      const now = Atomics.load(task.shared, 0)
      if (now !== at) {
        at = now
        sinceMs = performance.now()
      } else if (performance.now() - sinceMs > hangMs) {
        finish('hangs')
        void worker.terminate()
      }
    }, 500)
    const finish = (trouble: string): void => {
      clearInterval(watching)
      done(trouble)
    }
    worker.on('message', (failure: Failure) => fail(failure))
    worker.on('error', error => finish(`crashes: ${error.message}`))
    worker.on('exit', code => finish(code === 0 ? '' : `ends with ${code}`))
  })
}

function fail({ number, failure }: Failure): void {
  failures++
  const { bytes, recipe } = mutant(files, seed, number)
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${seed}-${number}.bin`)
  writeFileSync(path, bytes)
  console.log(
    `FAILED ${number}: ${failure}\n  ${recipe}\n  bytes: ${path}\n  again: npm run fuzz -- --seed ${seed} --only ${number}`,
  )
}
