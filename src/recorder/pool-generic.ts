import { type Hold, RecordedResource } from './resource.ts'
import { captureSite } from './site.ts'
import { outsideTasks } from './tasks.ts'
import { errorType } from './track.ts'

/** generic-pool and the like. */
interface PromisePool {
  acquire(...args: unknown[]): Promise<object>
  release(item: object, ...args: unknown[]): unknown
  destroy?(item: object, ...args: unknown[]): unknown
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
  const holds = new WeakMap<object, Hold>()
  const acquire = target.acquire
  target.acquire = async (...args) => {
    const item = await recorded(
      resource,
      () => acquire.apply(target, args),
      hold => holds.set(hold.item, hold.hold),
    )
    return item
  }
  for (const method of ['release', 'destroy'] as const) {
    const original = target[method]
    if (typeof original !== 'function') continue
    target[method] = (item, ...args) => {
      holds.get(item)?.release()
      return original.call(target, item, ...args)
    }
  }
}

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

async function recorded<T extends object>(
  resource: RecordedResource,
  acquire: () => Promise<T>,
  onGrant: (granted: { readonly item: T; readonly hold: Hold }) => void,
): Promise<T> {
  const { capacity } = resource.options
  const contended = capacity > 0 && resource.inUse + resource.waiting >= capacity
  const request = resource.request({ site: captureSite(), contended })
  // Settled in the reaction, before the caller goes on: the grant is what the caller's await was ready at.
  return outsideTasks(acquire).then(
    item => {
      onGrant({ item, hold: request.granted() })
      return item
    },
    (error: unknown) => {
      request.failed(
        /time.?out/i.test(String((error as Error | undefined)?.message)) ? 'timeout' : 'failed',
        errorType(error),
      )
      throw error
    },
  )
}
