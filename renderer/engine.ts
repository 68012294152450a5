import type { ImportProgress } from '../src/core/import/import.ts'
import type { EngineInput, EngineMessage, EngineRequest } from './engine-protocol.ts'

/** What a load ends with. */
export type EngineOutcome = Exclude<EngineMessage, { kind: 'progress' }>

/**
 * Reads and analyses files in a worker of their own, so that the page never waits for them. Aborting ends the worker
 * at once, wherever it is, and rejects with `AbortError`.
 */
export function openInEngine(
  inputs: readonly EngineInput[],
  signal: AbortSignal,
  onProgress: (progress: ImportProgress) => void,
): Promise<EngineOutcome> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module' })
    const end = (): void => {
      worker.terminate()
      signal.removeEventListener('abort', abort)
    }
    const abort = (): void => {
      end()
      reject(new DOMException('cancelled', 'AbortError'))
    }
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort)
    worker.onmessage = (event: MessageEvent<EngineMessage>) => {
      if (event.data.kind === 'progress') return onProgress(event.data.progress)
      end()
      resolve(event.data)
    }
    worker.onerror = event => {
      end()
      // A worker that dies without a word of its own nearly always ran out of memory.
      reject(new Error(event.message || 'the analysis stopped; the files may need more memory than there is'))
    }
    worker.postMessage({ inputs } satisfies EngineRequest)
  })
}
