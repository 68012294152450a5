import { type Hold, RecordedResource, type Request } from './resource.ts'
import { captureSite } from './site.ts'

/** A permit. Give it back once, by `release()` or by leaving the `using` block. */
export interface Permit extends Disposable {
  release(): void
}

interface Waiter {
  readonly request: Request
  readonly permits: number
  readonly resolve: (permit: Permit) => void
}

/** FIFO: a waiter is never overtaken, not even by a request that would fit into the free permits. */
export class Semaphore {
  readonly resource: RecordedResource
  readonly capacity: number
  #free: number
  readonly #waiters: Waiter[] = []

  constructor(name: string, capacity: number, type: 'mutex' | 'semaphore') {
    if (!(capacity >= 1))
      throw new RangeError(`semaphore ${name}: capacity must be at least 1, is ${capacity}`)
    this.capacity = capacity
    this.#free = capacity
    this.resource = new RecordedResource(name, { type, capacity })
  }

  /** @throws the signal's reason when it aborts first; RangeError for more permits than there are */
  acquire(options: { readonly signal?: AbortSignal; readonly permits?: number } = {}): Promise<Permit> {
    const permits = options.permits ?? 1
    if (permits > this.capacity)
      return Promise.reject(new RangeError(`${permits} permits of ${this.capacity}`))
    if (options.signal?.aborted) return Promise.reject(options.signal.reason)
    const contended = this.#waiters.length > 0 || this.#free < permits
    const request = this.resource.request({ site: captureSite(), contended, permits })
    if (!contended) return Promise.resolve(this.#grant(request, permits))
    return new Promise<Permit>((resolve, reject) => {
      const waiter: Waiter = { request, permits, resolve }
      this.#waiters.push(waiter)
      options.signal?.addEventListener(
        'abort',
        () => {
          const at = this.#waiters.indexOf(waiter)
          if (at < 0) return
          this.#waiters.splice(at, 1)
          const timeout = (options.signal?.reason as { name?: unknown } | undefined)?.name === 'TimeoutError'
          request.failed(timeout ? 'timeout' : 'cancelled', timeout ? 'timeout' : 'aborted')
          reject(options.signal?.reason)
          this.#wake()
        },
        { once: true },
      )
    })
  }

  /** Runs `work` with a permit, and gives it back however `work` ends. */
  async run<T>(work: () => T | Promise<T>, options: { readonly signal?: AbortSignal } = {}): Promise<T> {
    const permit = await this.acquire(options)
    try {
      return await work()
    } finally {
      permit.release()
    }
  }

  #grant(request: Request, permits: number): Permit {
    this.#free -= permits
    const hold: Hold = request.granted()
    const release = (): void => {
      if (hold.released) return
      hold.release()
      this.#free += permits
      this.#wake()
    }
    return { release, [Symbol.dispose]: release }
  }

  #wake(): void {
    for (let next = this.#waiters[0]; next && next.permits <= this.#free; next = this.#waiters[0]) {
      this.#waiters.shift()
      next.resolve(this.#grant(next.request, next.permits))
    }
  }
}
