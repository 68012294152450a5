import { AsyncResource } from 'node:async_hooks'
import type { Pool, PoolClient } from 'pg'
import { recordQueries } from './pg-client.ts'
import { type Hold, RecordedResource, type Request } from './resource.ts'
import { captureSite } from './site.ts'
import { outsideTasks } from './tasks.ts'

type Release = (error?: Error | boolean) => void
type ConnectCallback = (error: Error | undefined, client: PoolClient | undefined, release: Release) => void
type CallbackConnect = (callback: ConnectCallback) => void

export function isPgPool(target: object): target is Pool {
  return 'connect' in target && 'totalCount' in target && 'waitingCount' in target && 'options' in target
}

/**
 * Replaces `connect` of one pool. `pool.query` calls it too, so short queries are seen as short holds.
 * The pool works outside of tasks: a socket it opens must not belong to the task that happened to need it.
 */
export function wrapPgPool(name: string, target: Pool): void {
  const { max, host, port, database } = target.options
  const resource = new RecordedResource(name, {
    type: 'pool',
    capacity: max,
    explicitUses: true,
    attributes: {
      'db.client.connection.pool.name': name,
      'db.system.name': 'postgresql',
      ...(host === undefined ? {} : { 'server.address': host }),
      ...(port === undefined ? {} : { 'server.port': port }),
    },
  })
  /** What each client is checked out as, now. */
  const holds = new WeakMap<object, Hold>()
  const connect = target.connect.bind(target) as unknown as CallbackConnect

  const recorded = (callback: ConnectCallback, request: Request): void => {
    outsideTasks(() =>
      connect((error, client, release) => {
        if (error || !client) {
          const timeout = /timeout exceeded/.test(error?.message ?? '')
          request.failed(timeout ? 'timeout' : 'failed', error?.message ?? 'no client')
          callback(error, client, release)
          return
        }
        const hold = request.granted()
        holds.set(client, hold)
        recordQueries(client, holds, database ?? '')
        const give: Release = failure => {
          hold.release()
          release(failure)
        }
        client.release = give
        callback(error, client, give)
      }),
    )
  }
  const replacement = (callback?: ConnectCallback): Promise<PoolClient> | undefined => {
    const contended = resource.inUse + resource.waiting >= max
    const request = resource.request({ site: captureSite(), contended })
    if (callback) {
      recorded(AsyncResource.bind(callback), request)
      return undefined
    }
    return new Promise((resolve, reject) => {
      recorded((error, client) => (client ? resolve(client) : reject(error)), request)
    })
  }
  Object.assign(target, { connect: replacement })
}
