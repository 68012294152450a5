import { type Hold, RecordedResource } from './resource.ts'
import { guard } from './runtime.ts'
import { captureSite } from './site.ts'
import { outsideTasks } from './tasks.ts'
import { errorType, isThenable } from './track.ts'

/** generic-pool and the like. What it hands out may be anything: a connection, the number of a slot, one token for all. */
interface PromisePool {
  acquire(...args: unknown[]): unknown
  release(item: unknown, ...args: unknown[]): unknown
  destroy?(item: unknown, ...args: unknown[]): unknown
  readonly max?: number
  readonly size?: number
}

/** mysql2/promise. */
interface ConnectionPool {
  getConnection(...args: unknown[]): Promise<{ release(): unknown; destroy?(): unknown }>
  readonly pool?: { readonly config?: { readonly connectionLimit?: number } }
}

export function isPromisePool(target: object): target is PromisePool {
  return (
    'acquire' in target &&
    typeof target.acquire === 'function' &&
    'release' in target &&
    typeof target.release === 'function'
  )
}

export function isCallbackPool(target: object): target is ConnectionPool {
  return 'getConnection' in target && typeof target.getConnection === 'function'
}

export function wrapPromisePool(name: string, target: PromisePool, capacity?: number): void {
  const resource = new RecordedResource(name, { type: 'pool', capacity: capacity ?? target.max ?? -1 })
  const holds = new HoldsOfItems()
  const acquire = target.acquire
  target.acquire = (...args) =>
    recorded(
      resource,
      () => acquire.apply(target, args),
      ({ item, hold }) => holds.add(item, hold),
    )
  for (const method of ['release', 'destroy'] as const) {
    const original = target[method]
    if (typeof original !== 'function') continue
    target[method] = (item, ...args) => {
      holds.take(item)?.release()
      return original.call(target, item, ...args)
    }
  }
}

/** Which holds an item stands for, oldest first. An object that is never given back is not kept alive by it. */
class HoldsOfItems {
  readonly #objects = new WeakMap<object, Hold[]>()
  readonly #values = new Map<unknown, Hold[]>()

  add(item: unknown, hold: Hold): void {
    const known = this.#of(item)
    if (known) known.push(hold)
    else if (isObject(item)) this.#objects.set(item, [hold])
    else this.#values.set(item, [hold])
  }

  take(item: unknown): Hold | undefined {
    const known = this.#of(item)
    const hold = known?.shift()
    if (known?.length === 0 && !isObject(item)) this.#values.delete(item)
    return hold
  }

  #of(item: unknown): Hold[] | undefined {
    return isObject(item) ? this.#objects.get(item) : this.#values.get(item)
  }
}

const isObject = (item: unknown): item is object =>
  (typeof item === 'object' && item !== null) || typeof item === 'function'

export function wrapCallbackPool(name: string, target: ConnectionPool, capacity?: number): void {
  const limit = capacity ?? target.pool?.config?.connectionLimit ?? -1
  const resource = new RecordedResource(name, { type: 'pool', capacity: limit })
  const getConnection = target.getConnection
  target.getConnection = (...args) =>
    recorded(
      resource,
      () => getConnection.apply(target, args),
      ({ item, hold }) => {
        for (const method of ['release', 'destroy'] as const) {
          const original = item[method]
          if (typeof original !== 'function') continue
          item[method] = () => {
            hold.release()
            item[method] = original
            return original.call(item)
          }
        }
      },
    )
}

/** What `acquire` returns: a promise as a rule, but a pool that never waits may return the item itself. */
function recorded<T>(
  resource: RecordedResource,
  acquire: () => T,
  onGrant: (granted: { readonly item: Awaited<T>; readonly hold: Hold }) => void,
): T {
  const { capacity } = resource.options
  const contended = capacity > 0 && resource.inUse + resource.waiting >= capacity
  const request = resource.request({ site: captureSite(), contended })
  const granted = (item: Awaited<T>): Awaited<T> => {
    const hold = request.granted()
    guard('pool', () => onGrant({ item, hold }))
    return item
  }
  const failed = (error: unknown): never => {
    const timeout = /time.?out/i.test(String((error as Error | undefined)?.message))
    request.failed(timeout ? 'timeout' : 'failed', errorType(error))
    throw error
  }
  let result: T
  try {
    result = outsideTasks(acquire)
  } catch (error) {
    return failed(error)
  }
  // Settled in the reaction, before the caller goes on: the grant is what the caller's await was ready at.
  return isThenable(result)
    ? (result.then(item => granted(item as Awaited<T>), failed) as T)
    : granted(result as Awaited<T>)
}
