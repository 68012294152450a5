import './start.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import { trace } from '@opentelemetry/api'
import { externalLock, mutex, pool, semaphore, state, track } from '../../../src/recorder/index.ts'

const stock = mutex('stock')

async function buy(): Promise<void> {
  await stock.run(async () => {
    state('var:stock').read(7)
    const span = trace.getTracer('app').startSpan('price')
    await sleep(15)
    span.end()
    state('var:stock').write(6)
  })
}

await Promise.all([track('first', buy), track('second', buy)])

// Gives up after 20 ms, because the only permit is held longer.
const gate = semaphore('gate', 1)
const permit = await gate.acquire()
// AbortSignal.timeout alone does not keep a process alive.
const alive = setTimeout(() => {}, 5000)
await track('impatient', () => gate.acquire({ signal: AbortSignal.timeout(20) })).catch(() => {})
clearTimeout(alive)
permit.release()

// A pool of its own making: one item.
class Items {
  readonly max = 1
  readonly #waiters: ((item: object) => void)[] = []
  #item: object | null = {}
  acquire(): Promise<object> {
    const item = this.#item
    this.#item = null
    return item ? Promise.resolve(item) : new Promise(resolve => this.#waiters.push(resolve))
  }
  release(item: object): void {
    const next = this.#waiters.shift()
    if (next) next(item)
    else this.#item = item
  }
}
const items = pool('items', new Items())
const use = async (): Promise<void> => {
  const item = await items.acquire()
  await sleep(10)
  items.release(item)
}
await Promise.all([track('use 1', use), track('use 2', use)])

// A pool that hands out the same token to everybody, at once.
const tokens = pool('tokens', { acquire: () => 1, release: (_token: number) => {} }, { capacity: 2 })
for (const token of [tokens.acquire(), tokens.acquire()]) tokens.release(token)

// A row lock that a database keeps.
const row = externalLock('row:jobs/1', { type: 'transaction', scope: 'cluster' })
const hold = row.request().granted()
hold.release()
