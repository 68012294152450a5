import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { CustomScheme, Protocol } from 'electron'
import { answerPage, type PageAnswer, type Pages, refused } from '../host/service/pages.ts'

/** Where the page lives. A scheme of its own instead of `file://`: an origin, headers, and no way to other files. */
export const appOrigin = 'app://interleave'
const readChunkBytes = 1024 * 1024

/** Before `app.ready`: `standard` and `secure` give it an origin and isolation, `stream` large bodies, `supportFetchAPI` fetch. */
export const appScheme: CustomScheme = {
  scheme: 'app',
  privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
}

/** Serves the built page and opened files under `app://interleave/`. */
export function serveApp(protocol: Pick<Protocol, 'handle'>, pages: Pages): void {
  protocol.handle('app', async request => {
    const url = new URL(request.url)
    if (url.host !== 'interleave') return toResponse(refused(404, 'not found'))
    if (request.method !== 'GET' && request.method !== 'HEAD') return toResponse(refused(405, 'not allowed'))
    const given = await answerPage(pages, url.pathname, request.headers.get('range'))
    return toResponse(given, request.method)
  })
}

/** Streams: a trace of a gigabyte never lies in the main process's memory. */
function toResponse({ status, headers, body }: PageAnswer, method = 'GET'): Response {
  const init = { status, headers: { ...headers } }
  if (method === 'HEAD') return new Response(null, init)
  if (typeof body === 'string') return new Response(body, init)
  if (body.start === body.end) return new Response('', init)
  const file = createReadStream(body.path, {
    start: body.start,
    end: body.end - 1,
    highWaterMark: readChunkBytes,
  })
  return new Response(Readable.toWeb(file) as ReadableStream<Uint8Array<ArrayBuffer>>, init)
}
