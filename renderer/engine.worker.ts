/** The engine: bytes in, a whole session out. Runs `openSession` away from the page and posts what it says. */
import { configName } from '../src/core/config/config-name.ts'
import type { Model } from '../src/core/convention/model.ts'
import type { ByteSource } from '../src/core/import/import.ts'
import type { Session } from '../src/core/scene/scene.ts'
import { concludeSession, openSession, ViewOnlyError } from '../src/core/session.ts'
import { Pseudonyms } from '../src/core/share/pseudonyms.ts'
import { redactSession } from '../src/core/share/redact-session.ts'
import { configBeside } from './config-beside.ts'
import type {
  EngineInput,
  EngineMessage,
  EngineRequest,
  GivenTrace,
  OpenRequest,
  RedactRequest,
} from './engine-protocol.ts'
import { prepare } from './prepared.ts'
import { partsOf, restOf } from './session-parts.ts'
import { buffersOf } from './transfer.ts'

const post = (message: EngineMessage, transfer: Transferable[] = []): void =>
  self.postMessage(message, { transfer })

self.onmessage = async (event: MessageEvent<EngineRequest>) => {
  try {
    const { data } = event
    await (data.kind === 'open' ? open(data) : data.kind === 'redact' ? redact(data) : conclude(data))
  } catch (error) {
    if (error instanceof ViewOnlyError) post({ kind: 'view-only', notebook: error.notebook })
    else post({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
  }
}

async function open({ inputs, clockOffsetsNs }: OpenRequest): Promise<void> {
  const configs = configsBeside(inputs)
  const sources = inputs.map((input, nth) => sourceOf(input, nth === 0))
  const opened = await openSession([...sources, ...(await configs)], {
    tolerant: true,
    clockOffsetsNs,
    onProgress: progress => post({ kind: 'progress', progress }),
    onPreview: preview => post({ kind: 'preview', preview }, buffersOf(preview)),
    onModel: postModel,
  })
  const session = postRest(opened.session)
  post({ kind: 'opened', opened: { ...opened, session } }, buffersOf(session))
}

async function conclude({ store, report, config }: GivenTrace): Promise<void> {
  const session = postRest(concludeSession(store, report, config, { onModel: postModel }))
  post({ kind: 'concluded', session }, buffersOf(session))
}

async function redact({ store, report, config, names: known }: RedactRequest): Promise<void> {
  const pseudonyms = new Pseudonyms(known)
  const redacted = redactSession(store, report, config, pseudonyms)
  postModel(redacted.session.model)
  const session = postRest(redacted.session)
  const names = pseudonyms.entries()
  post({ kind: 'redacted', session, report: redacted.report, names }, buffersOf(session))
}

/** Of objects only, nothing of the model itself moves: the page takes it in while the worker goes on. */
const postModel = (model: Model): void => postParts(model, 'model')

/** Sends what is derived from a session and its other long tables; what is left goes with the answer. */
function postRest(session: Session): Session {
  const prepared = prepare(session)
  post({ kind: 'prepared', prepared }, buffersOf(prepared))
  postParts(session, 'session')
  postParts(session.store, 'store')
  return restOf(session)
}

function postParts(...from: Parameters<typeof partsOf>): void {
  for (const part of partsOf(...from)) post({ kind: 'part', part }, buffersOf(part))
}

/** `now`: the host is asked at once, and what it answers is read by the one who opens the source first. */
function sourceOf({ name, size, from }: EngineInput, now = false): ByteSource {
  if ('blob' in from) return { name, size, open: () => chunksOf(from.blob.stream()) }
  let asked = now ? fetch(from.url) : null
  // Told to whoever opens it.
  asked?.catch(() => {})
  return {
    name,
    size,
    open: () => {
      const answer = asked ?? fetch(from.url)
      asked = null
      return bytesOf(name, answer)
    },
  }
}

/** What the host answers where none lies: reading one takes code that is not here yet. */
const NO_CONFIG = '{}'

/** The config that lies beside a file which the host opened, each text once; its mistakes are told, and the trace opens without it. */
async function configsBeside(inputs: readonly EngineInput[]): Promise<readonly ByteSource[]> {
  const texts = new Set<string>()
  for (const { from } of inputs) {
    if ('blob' in from) continue
    const text = await configBeside(from.url)
    if (text !== null && text !== NO_CONFIG) texts.add(text)
  }
  return [...texts].map(text =>
    sourceOf({ name: configName, size: text.length, from: { blob: new Blob([text]) } }),
  )
}

async function* bytesOf(name: string, answer: Promise<Response>): AsyncGenerator<Uint8Array> {
  const response = await answer
  if (!response.ok || !response.body) {
    throw new Error(`${name}: could not be read any more (${response.status}); open it again`)
  }
  yield* chunksOf(response.body)
}

/** Bytes asked of a stream at once: the fewer turns, the better, but the first ones are to be shown soon. */
const CHUNK_BYTES = 4 << 20
const LEAST_BYTES = 1 << 20

/** A chunk is good until the next one is asked for. */
async function* chunksOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array> {
  const next = readerOf(stream)
  for (;;) {
    const { done, value } = await next()
    if (value) yield value
    if (done) return
  }
}

/** Reads into memory that is used again: new memory for each chunk takes longer than what is read into it. */
function readerOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): () => Promise<ReadableStreamReadResult<Uint8Array<ArrayBuffer>>> {
  let reader: ReadableStreamBYOBReader
  try {
    reader = stream.getReader({ mode: 'byob' })
  } catch {
    // Not all browsers' streams of files can do that.
    const plain = stream.getReader()
    return () => plain.read()
  }
  let memory = new ArrayBuffer(CHUNK_BYTES)
  return async () => {
    const read = await reader.read(new Uint8Array(memory), { min: LEAST_BYTES })
    if (read.value) memory = read.value.buffer
    return read
  }
}
