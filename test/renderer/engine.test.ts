import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openInEngine } from '../../renderer/engine.ts'
import { generateLines } from '../../scripts/generate-trace.ts'
import { WebWorker } from './web-worker.ts'

const fileOf = (spans: number) => {
  const blob = new Blob([...generateLines({ spans, shape: 'concurrent', seed: 1 })])
  return { inputs: [{ name: 'trace.jsonl', size: blob.size, from: { blob } }], clockOffsetsNs: [] }
}

describe('an analysis in its worker', () => {
  beforeAll(() => void vi.stubGlobal('Worker', WebWorker))
  afterAll(() => void vi.unstubAllGlobals())

  it('ends soon when it is given up in the middle, and the next one works', async () => {
    const control = new AbortController()
    const large = fileOf(40_000)
    const total = large.inputs[0]!.size
    let startedNs = 0n
    const given = openInEngine(large, control.signal, {
      // All is read: from here on the worker concludes, and hears nothing.
      onProgress: ({ bytesRead }) => {
        if (bytesRead < total || control.signal.aborted) return
        startedNs = process.hrtime.bigint()
        control.abort()
      },
    })
    const [worker] = WebWorker.alive
    await expect(given).rejects.toMatchObject({ name: 'AbortError' })
    await worker!.ended
    expect(Number(process.hrtime.bigint() - startedNs) / 1e6).toBeLessThan(2000)
    expect(WebWorker.alive.size).toBe(0)

    const outcome = await openInEngine(fileOf(400), new AbortController().signal)
    expect(outcome).toMatchObject({
      kind: 'opened',
      opened: { session: { store: { spans: { count: 400 } } } },
    })
  })
})
