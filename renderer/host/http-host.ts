/**
 * `Host` of the browser shell: the loopback server that served this page.
 *
 *     POST /api/<method>      {"args": […]}   header x-interleave-token   → JSON result
 *     GET  /file/<token>      ?token=…                                    → the file's bytes
 *     GET  /api/events        ?token=…                                    → server-sent events, `open-files`
 *
 * A refused or broken call rejects with the server's own line (`{"error": "…"}`).
 */
import type { Host, NotebookSource, OpenedFile, Sample, SaveResult, StartInfo } from '../../src/host/host.ts'

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

  const call = async <Result>(method: string, ...args: readonly unknown[]): Promise<Result> => {
    const body = JSON.stringify({ args })
    const response = await options.fetch(`${origin}/api/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-interleave-token': token },
      body,
      // Notes written in the last second must reach the disk although the page is closing.
      keepalive: method === 'saveNotebook' && body.length < KEEPALIVE_BYTES,
    })
    const answer: unknown = await response.json().catch(() => null)
    if (!response.ok) throw new Error(errorOf(answer) ?? `the local server answered ${response.status}`)
    return answer as Result
  }

  return {
    kind: 'browser',
    start: () => call<StartInfo>('start'),
    openDialog: async () => null,
    samples: () => call<readonly Sample[]>('samples'),
    openSample: (id: string) => call<OpenedFile>('openSample', id),
    fileUrl: (file: string) =>
      `${origin}/file/${encodeURIComponent(file)}?token=${encodeURIComponent(token)}`,
    loadNotebook: (source: NotebookSource) => call<string | null>('loadNotebook', source),
    saveNotebook: (source: NotebookSource, json: string) => call<SaveResult>('saveNotebook', source, json),
    saveFile: async (name: string, bytes: Uint8Array, type: string): Promise<SaveResult> => {
      options.download(name, bytes, type)
      return { saved: true, where: name }
    },
    recentFiles: () => call<readonly OpenedFile[]>('recentFiles'),
    onOpenFiles: listener => {
      const source = options.events(`${origin}/api/events?token=${encodeURIComponent(token)}`)
      const heard = (event: MessageEvent<string>): void => {
        const files = openedFiles(event.data)
        if (files.length > 0) listener(files)
      }
      source.addEventListener('open-files', heard)
      return () => source.close()
    },
  }
}

function errorOf(answer: unknown): string | null {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return null
  return typeof answer.error === 'string' ? answer.error : null
}

function openedFiles(data: string): readonly OpenedFile[] {
  try {
    const value: unknown = JSON.parse(data)
    return Array.isArray(value) ? (value as OpenedFile[]) : []
  } catch {
    return []
  }
}
