/** The engine: bytes in, a whole session out. Runs `openSession` away from the page and posts what it says. */
import type { ByteSource } from '../src/core/import/import.ts'
import { openSession, ViewOnlyError } from '../src/core/session.ts'
import type { EngineInput, EngineMessage, EngineRequest } from './engine-protocol.ts'
import { buffersOf } from './transfer.ts'

const post = (message: EngineMessage, transfer: Transferable[] = []): void =>
  self.postMessage(message, { transfer })

self.onmessage = async (event: MessageEvent<EngineRequest>) => {
  try {
    const sources = event.data.inputs.map(sourceOf)
    const opened = await openSession(sources, {
      onProgress: progress => post({ kind: 'progress', progress }),
    })
    post({ kind: 'opened', opened }, buffersOf(opened.session))
  } catch (error) {
    if (error instanceof ViewOnlyError) return post({ kind: 'view-only', notebook: error.notebook })
    post({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
  }
}

function sourceOf(input: EngineInput): ByteSource {
  const { from } = input
  return {
    name: input.name,
    size: input.size,
    open: () => ('blob' in from ? chunksOf(from.blob.stream()) : fetched(input.name, from.url)),
  }
}

async function* fetched(name: string, url: string): AsyncGenerator<Uint8Array> {
  const response = await fetch(url)
  if (!response.ok || !response.body) {
    throw new Error(`${name}: could not be read any more (${response.status}); open it again`)
  }
  yield* chunksOf(response.body)
}

/** Streams are async iterable only in newer engines; a reader works in all. */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    reader.releaseLock()
  }
}
