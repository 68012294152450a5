import { isCallbackPool, isPromisePool, wrapCallbackPool, wrapPromisePool } from './pool-generic.ts'
import { isPgPool, wrapPgPool } from './pool-pg.ts'

export interface PoolOptions {
  /** Where the pool doesn't tell its own. */
  readonly capacity?: number
}

/**
 * Records what is taken from a pool, in place, and returns the same pool. Knows the pool of `pg`, pools with `acquire`/`release`
 * (generic-pool, or your own) and with `getConnection` (mysql2).
 *
 * @throws TypeError when the object has none of these
 */
export function pool<T extends object>(name: string, target: T, options: PoolOptions = {}): T {
  if (isPgPool(target)) wrapPgPool(name, target)
  else if (isPromisePool(target)) wrapPromisePool(name, target, options.capacity)
  else if (isCallbackPool(target)) wrapCallbackPool(name, target, options.capacity)
  else throw new TypeError(`pool ${name}: expected connect(), acquire()/release() or getConnection()`)
  return target
}
