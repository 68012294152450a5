import { Semaphore } from './semaphore.ts'

/** A FIFO lock for one task at a time. `await lock.run(async () => { … })`, or `using held = await lock.acquire()`. */
export function mutex(name: string): Semaphore {
  return new Semaphore(name, 1, 'mutex')
}

/** A FIFO semaphore with `capacity` permits. */
export function semaphore(name: string, capacity: number): Semaphore {
  return new Semaphore(name, capacity, 'semaphore')
}
