/**
 * The `Host` over HTTP on this machine's loopback: the same page, in a browser tab.
 *
 *     GET  /?token=…                     the page (any static file needs no token: it is not secret)
 *     POST /api/METHOD  {"args":[…]}     a request of the contract → {"ok":…} | {"error":"line"}, or bytes   (x-interleave-token)
 *     GET  /file/FILETOKEN?token=…       bytes of an opened file, with Range
 *     GET  /api/events?token=…           server-sent events: `open-files`, data = OpenedFile[]
 *
 * Listens on 127.0.0.1 only and allows no other origin: see `guard.ts`.
 */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { OpenedFile } from '../host/host.ts'
import { answer, maxNotebookLength } from '../host/messages.ts'
import { answerPage, type PageAnswer, type Pages, refused, securityHeaders } from '../host/service/pages.ts'
import { appRoot } from '../host/service/places.ts'
import { hostService } from '../host/service/service.ts'
import { paintPicture } from '../raster/paint-picture.ts'
import { startReceiver } from '../receiver/receiver.ts'
import { eventStream } from './event-stream.ts'
import { fileBytes } from './file-bytes.ts'
import { foreignRequest, sameToken } from './guard.ts'

export { appRoot, dataDir } from '../host/service/places.ts'

export interface ServerOptions {
  /** Files named on the command line. */
  readonly paths: readonly string[]
  /** 0: any free one. */
  readonly port?: number
  /** Built page; the app's `out/renderer` by default. */
  readonly pagesDir?: string
  readonly dataDir?: string
  readonly root?: string
}

export interface RunningServer {
  /** Address of the page, with its token: who has it may read the opened files. */
  readonly url: string
  /** Shows more files in every open tab. */
  openPaths(paths: readonly string[]): Promise<void>
  /** Ends every connection. */
  close(): Promise<void>
}

/** A notebook in JSON inside JSON: every character may be escaped. */
const maxBodyBytes = maxNotebookLength * 2

/** Starts serving. Throws an `Error` with one line when a path cannot be opened or the port is taken. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const token = randomBytes(24).toString('base64url')
  const started: OpenedFile[] = []
  const service = hostService({
    started: () => started,
    openDialog: async () => null,
    startReceiver,
    paintPicture,
    saveFile: async () => ({ saved: false, why: 'the browser saves files itself' }),
    ...(options.root !== undefined && { root: options.root }),
    ...(options.dataDir !== undefined && { dataDir: options.dataDir }),
  })
  started.push(...(await service.openPaths(options.paths)))
  const events = eventStream()
  const pages: Pages = {
    root: options.pagesDir ?? join(appRoot(), 'out', 'renderer'),
    files: service.files,
  }
  const server = createServer((request, response) => {
    route(request, response).catch(() => response.destroy())
  })
  server.headersTimeout = 10_000

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const foreign = foreignRequest(request.headers)
    if (foreign !== null) return send(response, refused(403, foreign))
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const { pathname } = url
    if (pathname.startsWith('/api/') && request.method === 'POST') {
      if (!sameToken(String(request.headers['x-interleave-token'] ?? ''), token)) {
        return send(response, refused(401, 'wrong token'))
      }
      return call(pathname.slice('/api/'.length), request, response)
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return send(response, refused(405, 'not allowed', { allow: 'GET, HEAD' }))
    }
    if (pathname.startsWith('/api/') || pathname.startsWith('/file/')) {
      if (!sameToken(url.searchParams.get('token'), token)) return send(response, refused(401, 'wrong token'))
      if (pathname === '/api/events') return events.attach(request, response)
    }
    return send(response, await answerPage(pages, pathname, request.headers.range ?? null), request.method)
  }

  async function call(method: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A form of another site could post text, but not JSON.
    if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
      return send(response, refused(415, 'send application/json'))
    }
    const body = await readBody(request)
    if (body === null) return send(response, refused(413, 'too large', { connection: 'close' }))
    const reply = await answer(service.requests, method, argsOf(body))
    if ('ok' in reply && reply.ok instanceof Uint8Array) {
      response.writeHead(200, { ...securityHeaders, 'content-type': 'application/octet-stream' })
      response.end(reply.ok)
      return
    }
    send(response, {
      status: 200,
      headers: { ...securityHeaders, 'content-type': 'application/json', 'cache-control': 'no-store' },
      body: JSON.stringify(reply),
    })
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(portError(error, options.port ?? 0)))
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/?token=${token}`,
    async openPaths(paths) {
      events.send('open-files', await service.openPaths(paths))
    },
    async close() {
      await service.requests.stopReceiving()
      await new Promise<void>(resolve => {
        events.close()
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

/** Writes an answer; a file is streamed at the reader's pace. */
async function send(response: ServerResponse, given: PageAnswer, method = 'GET'): Promise<void> {
  response.writeHead(given.status, given.headers)
  if (method === 'HEAD') {
    response.end()
  } else if (typeof given.body === 'string') {
    response.end(given.body)
  } else if (given.body.end === given.body.start) {
    response.end()
  } else {
    const { path, start, end } = given.body
    // A tab that goes away ends the stream early; that is no error of ours.
    await pipeline(fileBytes(path, start, end), response).catch(() => response.destroy())
  }
}

/** The whole body, null when it says that it is above the limit. One that lies about it loses its connection. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) return null
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBodyBytes) throw new Error('body above the limit')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** `{"args": […]}`; anything else fails the schema of the request. */
function argsOf(body: string): unknown {
  try {
    const message: unknown = JSON.parse(body)
    return typeof message === 'object' && message !== null && 'args' in message ? message.args : undefined
  } catch {
    return undefined
  }
}

function portError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return new Error(`port ${port} is taken; leave --port out to use a free one`)
  return new Error(`cannot listen on 127.0.0.1:${port}: ${error.code ?? error.message}`)
}
