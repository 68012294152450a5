/** A worker that has loaded its code before there is anything to read: the page's own code comes in meanwhile. */
let spare: Worker | null = null

const make = (): Worker => new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module' })

export function keepEngineReady(): void {
  spare = make()
  // Whoever takes a new one then is told the reason.
  spare.onerror = () => {
    spare = null
  }
}

/** A worker for one request: the one that is ready, else a new one. */
export function takeEngine(): Worker {
  const taken = spare ?? make()
  spare = null
  return taken
}
