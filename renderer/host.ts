import type { Host } from '../src/host/host.ts'
import { type Bridge, bridgedHost } from '../src/host/methods.ts'
import { createHttpHost } from './host/http-host.ts'

declare global {
  interface Window {
    /** Set by the preload of the desktop shell. */
    readonly interleave?: Bridge
  }
}

/** The shell this page runs in: the desktop's bridge where the preload left one, else the server that served the page. */
export function pickHost(page: Window): Host {
  if (page.interleave) return bridgedHost(page.interleave)
  return createHttpHost({
    origin: page.location.origin,
    token: new URLSearchParams(page.location.search).get('token') ?? '',
    fetch: page.fetch.bind(page),
    events: url => new EventSource(url),
    download,
  })
}

function download(name: string, bytes: Uint8Array, type: string): void {
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download keeps its own reference; the URL only has to outlive the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
