/**
 * An OTLP/HTTP receiver on loopback. https://opentelemetry.io/docs/specs/otlp/#otlphttp
 *
 *     exporter ── POST /v1/traces ──► body ─► one line of OTLP JSON ─► file
 *              ◄─ 200 {"partialSuccess":{}} ─┘
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openLineFile } from './line-file.ts'
import {
  type Encoding,
  encodingOf,
  maxBodyBytes,
  Refused,
  readBatch,
  signals,
  unpacked,
} from './request-body.ts'

export interface Received {
  readonly requests: number
  readonly spans: number
  readonly logs: number
  readonly metrics: number
  /** Not written, because the file has reached its limit. */
  readonly rejected: number
}

export interface Receiver {
  readonly port: number
  received(): Received
  /** Takes no more, waits for what is on its way, and syncs the file. */
  stop(): Promise<Received>
}

export interface ReceiverOptions {
  readonly file: string
  /** 0 is any. */
  readonly port: number
  readonly maxFileBytes?: number
  /** After each request that was written. */
  readonly onReceived?: (received: Received) => void
}

const twoGiB = 2 * 1024 ** 3

/** Rejects with one line when the port is in use or the file can not be written. */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const { file, port, maxFileBytes = twoGiB, onReceived } = options
  const total = { requests: 0, spans: 0, logs: 0, metrics: 0, rejected: 0 }
  const server = createServer({ requestTimeout: 60_000 })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw new Error(portProblem(port, error.code), { cause: error })
  })
  const lines = await openLineFile(file, maxFileBytes).catch(async (error: NodeJS.ErrnoException) => {
    await closed(server)
    throw new Error(`${file}: cannot be written (${error.code ?? error.message})`, { cause: error })
  })
  server.on('request', (request, response) => {
    void answer(request, response)
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let encoding: Encoding = 'json'
    try {
      encoding = await take(request, response)
    } catch (error) {
      const status = error instanceof Refused ? error.status : 503
      const message = error instanceof Error ? error.message : String(error)
      if (status === 413) response.setHeader('connection', 'close')
      send(response, status, encoding, { code: status === 503 ? 14 : 3, message })
    }
  }

  async function take(request: IncomingMessage, response: ServerResponse): Promise<Encoding> {
    const name = (request.headers.host ?? '').replace(/:\d+$/, '')
    // A page of somebody else that resolves its own name to us has that name here.
    if (!['127.0.0.1', 'localhost', '[::1]'].includes(name)) throw new Refused(403, 'loopback only')
    const signal = signals.get(request.url?.split('?', 1)[0] ?? '')
    if (!signal) throw new Refused(404, `send to ${[...signals.keys()].join(', ')}`)
    if (request.method !== 'POST') throw new Refused(405, 'use POST')
    const encoding = encodingOf(request.headers['content-type'])
    const bytes = await unpacked(await bodyOf(request), request.headers['content-encoding'])
    const batch = readBatch(signal, encoding, bytes)
    const fits = batch.count === 0 || (await lines.append(batch.line))
    total.requests++
    if (!fits) total.rejected += batch.count
    else total[signal.name === 'traces' ? 'spans' : signal.name] += batch.count
    send(response, 200, encoding, {
      partialSuccess: fits ? {} : { [signal.rejected]: String(batch.count), errorMessage: full },
    })
    if (fits) onReceived?.({ ...total })
    return encoding
  }
  const full = `the file has reached ${maxFileBytes} bytes`

  return {
    port: (server.address() as AddressInfo).port,
    received: () => ({ ...total }),
    async stop() {
      await closed(server)
      await lines.close()
      return { ...total }
    },
  }
}

function portProblem(port: number, code: string | undefined): string {
  if (code === 'EADDRINUSE')
    return `port ${port} is in use; end what listens there (a collector?) or choose another port`
  if (code === 'EACCES') return `port ${port} may not be used; choose another port`
  return `cannot listen on port ${port} (${code})`
}

async function closed(server: Server): Promise<void> {
  server.close()
  server.closeIdleConnections()
  // A request that is half sent has this long to end.
  const timer = setTimeout(() => server.closeAllConnections(), 2000)
  await once(server, 'close')
  clearTimeout(timer)
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBodyBytes) throw new Refused(413, `more than ${maxBodyBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

interface Answer {
  readonly partialSuccess?: Readonly<Record<string, string>>
  readonly code?: number
  readonly message?: string
}

/** In the encoding of the request, as OTLP asks. */
function send(response: ServerResponse, status: number, encoding: Encoding, answer: Answer): void {
  const body = encoding === 'json' ? Buffer.from(JSON.stringify(answer)) : protobufOf(answer)
  response.writeHead(status, {
    'content-type': encoding === 'json' ? 'application/json' : 'application/x-protobuf',
    'content-length': body.length,
    ...(status === 503 && { 'retry-after': '1' }),
  })
  response.end(body)
}

/** `Status` (code 1, message 2), or a response whose field 1 is its partial success (rejected 1, message 2). */
function protobufOf({ partialSuccess, code, message }: Answer): Buffer {
  if (!partialSuccess) return fieldsOf(code ?? 0, message ?? '')
  const { errorMessage = '', ...counts } = partialSuccess
  const rejected = Number(Object.values(counts)[0] ?? 0)
  if (rejected === 0) return Buffer.alloc(0)
  const inner = fieldsOf(rejected, errorMessage)
  return Buffer.concat([Buffer.from([0x0a]), varint(inner.length), inner])
}

function fieldsOf(number: number, text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([
    Buffer.from([0x08]),
    varint(number),
    Buffer.from([0x12]),
    varint(bytes.length),
    bytes,
  ])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  return Buffer.from([...bytes, rest])
}
