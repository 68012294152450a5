/**
 * `Host` of the browser shell: the loopback server that served this page.
 *
 *     POST /api/<method>      {"args": […]}   header x-interleave-token   → {"ok": …} | {"error": "line"}, or bytes
 *     GET  /file/<token>      ?token=…                                    → the file's bytes
 *     GET  /api/events        ?token=…                                    → server-sent events, `open-files`
 */
import type { Host, OpenedFile } from '../../src/host/host.ts'
import { type Call, type Reply, requestsOver } from '../../src/host/methods.ts'

export interface HttpHostOptions {
  readonly origin: string
  /** The page's own token. */
  readonly token: string
  readonly fetch: typeof fetch
  readonly events: (url: string) => EventSource
  readonly download: (name: string, bytes: Uint8Array, type: string) => void
}

/** Browsers let requests outlive a closing page only up to this size. */
const KEEPALIVE_BYTES = 60_000

export function createHttpHost(options: HttpHostOptions): Host {
  const { origin, token } = options

  const call: Call = async (method, args) => {
    const body = JSON.stringify({ args })
    const response = await options.fetch(`${origin}/api/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-interleave-token': token },
      body,
      // Notes written in the last second must reach the disk although the page is closing.
      keepalive: method === 'saveNotebook' && body.length < KEEPALIVE_BYTES,
    })
    if (response.headers.get('content-type') === 'application/octet-stream') {
      return { ok: new Uint8Array(await response.arrayBuffer()) }
    }
    const reply: unknown = await response.json().catch(() => null)
    return isReply(reply) ? reply : { error: `the local server answered ${response.status}` }
  }

  return {
    ...requestsOver(call),
    kind: 'browser',
    openDialog: async () => null,
    fileUrl: file => `${origin}/file/${encodeURIComponent(file)}?token=${encodeURIComponent(token)}`,
    saveFile: async (name, bytes, type) => {
      options.download(name, bytes, type)
      return { saved: true, where: name }
    },
    onOpenFiles: listener => {
      const source = options.events(`${origin}/api/events?token=${encodeURIComponent(token)}`)
      source.addEventListener('open-files', (event: MessageEvent<string>) => {
        const files = openedFiles(event.data)
        if (files.length > 0) listener(files, '')
      })
      return () => source.close()
    },
  }
}

const isReply = (value: unknown): value is Reply<unknown> =>
  typeof value === 'object' && value !== null && ('ok' in value || 'error' in value)

function openedFiles(data: string): readonly OpenedFile[] {
  try {
    const value: unknown = JSON.parse(data)
    return Array.isArray(value) ? (value as OpenedFile[]) : []
  } catch {
    return []
  }
}
