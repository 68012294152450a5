import { AsyncLocalStorage } from 'node:async_hooks'
import { EventEmitter } from 'node:events'
import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api'

/**
 * OpenTelemetry's context over AsyncLocalStorage, as its own manager does it, and one thing more: the context of the *running*
 * callback can be changed. The start of a request is told inside a callback that can't be wrapped.
 */
export class EnterableContextManager implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>()

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#storage.run(context, () => fn.call(thisArg as ThisParameterType<F>, ...args))
  }

  enterWith(context: Context): void {
    this.#storage.enterWith(context)
  }

  bind<T>(context: Context, target: T): T {
    if (target instanceof EventEmitter) return target
    if (typeof target !== 'function') return target
    const storage = this.#storage
    const fn = target as unknown as (...args: unknown[]) => unknown
    return function bound(this: unknown, ...args: unknown[]) {
      return storage.run(context, () => fn.apply(this, args))
    } as unknown as T
  }

  enable(): this {
    return this
  }

  disable(): this {
    this.#storage.disable()
    return this
  }
}
