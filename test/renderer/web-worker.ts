/** A `Worker` as the page has it, over one of Node's: the engine under test is the real one, in a real thread. */
import { Worker as Thread } from 'node:worker_threads'

const boot = `
  const { parentPort, workerData } = require('node:worker_threads')
  globalThis.self = {
    postMessage: (message, { transfer } = {}) => parentPort.postMessage(message, transfer),
    set onmessage(handler) { parentPort.on('message', data => handler({ data })) },
  }
  import(workerData)
`

export class WebWorker {
  /** Threads that were started and have not ended. */
  static readonly alive = new Set<WebWorker>()
  onmessage: ((event: { readonly data: unknown }) => void) | null = null
  onerror: ((event: { readonly message: string }) => void) | null = null
  readonly ended: Promise<void>
  readonly #thread: Thread

  constructor(url: URL) {
    this.#thread = new Thread(boot, { eval: true, workerData: url.href, execArgv: [] })
    WebWorker.alive.add(this)
    this.#thread.on('message', data => this.onmessage?.({ data }))
    this.#thread.on('error', error => this.onerror?.({ message: String(error) }))
    this.ended = new Promise(resolve => {
      this.#thread.once('exit', () => {
        WebWorker.alive.delete(this)
        resolve()
      })
    })
  }

  postMessage(message: unknown): void {
    this.#thread.postMessage(message)
  }

  terminate(): void {
    void this.#thread.terminate()
  }
}
