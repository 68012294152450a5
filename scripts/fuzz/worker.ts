/** Tries every `step`th number from `first` on, and says in shared memory which one it is at, so that a hang is seen from outside. */
import { parentPort, workerData } from 'node:worker_threads'
import { mutant, samples } from './mutate.ts'
import { tryInput } from './try-input.ts'

export interface Task {
  readonly seed: number
  readonly first: number
  readonly step: number
  readonly end: number
  /** [number being tried, inputs done, inputs that opened] */
  readonly shared: Int32Array
}

export interface Failure {
  readonly number: number
  readonly failure: string
}

/** More of the thread's own processor time is a hang. */
const maxMs = 1000
/** Every so many inputs the whole analysis runs. */
const deepEvery = 20

const { seed, first, step, end, shared } = workerData as Task
const files = samples()
for (let number = first; number < end; number += step) {
  Atomics.store(shared, 0, number)
  const input = mutant(files, seed, number)
  const before = process.threadCpuUsage()
  const { failure, opened } = await tryInput(input, number % deepEvery === 0)
  const { user, system } = process.threadCpuUsage(before)
  const tookMs = (user + system) / 1000
  const slow = tookMs > maxMs ? `takes ${tookMs.toFixed(0)} ms` : ''
  if (failure !== '' || slow !== '') report({ number, failure: failure || slow })
  Atomics.add(shared, 1, 1)
  if (opened) Atomics.add(shared, 2, 1)
}

function report(failure: Failure): void {
  parentPort?.postMessage(failure)
}
