import { type Hold, RecordedResource, type ResourceType } from './resource.ts'
import { captureSite } from './site.ts'
import { errorType } from './track.ts'

type LockMode = 'exclusive' | 'shared'

export interface ExternalLockOptions {
  readonly type?: ResourceType
  readonly scope?: 'process' | 'host' | 'cluster'
  readonly capacity?: number
}

/** A lock that somebody else keeps: a row lock, an advisory lock, a file lock, a lock in Redis. The host tells what it sees of it. */
export interface ExternalLock {
  /** Right before asking for it. `shared` for the readers of a `rwlock`: they exclude writers only. */
  request(options?: { readonly mode?: LockMode }): ExternalRequest
}

export interface ExternalRequest {
  /** It was given to us. */
  granted(): ExternalHold
  failed(error: unknown): void
}

export interface ExternalHold {
  /**
   * Call when the release is *sent* (before `COMMIT`), not when it is confirmed: the next holder may be told first,
   * and its hold must not seem to overlap ours.
   */
  release(): void
}

const isShared = ({ mode }: Hold): boolean => mode === 'shared'

/** Waits shorter than this, with no other holder known, were the round trip. */
const roundTripNs = 5e6
const known = new Map<string, RecordedResource>()
const maxKnown = 10_000

/** Row lock `row:jobs/4521` in a database: `externalLock('row:jobs/4521', { type: 'transaction', scope: 'cluster' })`. */
export function externalLock(name: string, options: ExternalLockOptions = {}): ExternalLock {
  let resource = known.get(name)
  if (!resource) {
    resource = new RecordedResource(name, {
      type: options.type ?? 'custom',
      scope: options.scope ?? 'host',
      capacity: options.capacity ?? 1,
    })
    if (known.size < maxKnown) known.set(name, resource)
  }
  const lock = resource
  return {
    request({ mode = 'exclusive' } = {}) {
      const shares = mode === 'shared' && lock.waiting === 0 && [...lock.holders].every(isShared)
      const contended = !shares && lock.inUse + lock.waiting >= lock.options.capacity
      const request = lock.request({ site: captureSite(), mode, contended, waitIfLongerNs: roundTripNs })
      return {
        granted() {
          const hold = request.granted()
          return { release: () => hold.release() }
        },
        failed: error => request.failed('failed', errorType(error)),
      }
    },
  }
}
