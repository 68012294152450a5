/**
 * The requests of `Host`, as names and derived types: what crosses the border between page and shell. The interface in
 * `host.ts` is the only place where a signature is written; the schemas of `messages.ts`, the handlers of both shells
 * and both clients are typed by it. No library and no `node:*` in here: the preload script bundles this file.
 */
import type { Host } from './host.ts'

/** Requests with an answer. The rest of `Host` (`kind`, `fileUrl`, `onOpenFiles`) is each client's own. */
export const requestMethods = [
  'start',
  'openDialog',
  'samples',
  'openSample',
  'loadNotebook',
  'saveNotebook',
  'saveConfig',
  'saveFile',
  'paintPicture',
  'recentFiles',
  'startReceiving',
  'receiving',
  'stopReceiving',
] as const satisfies readonly (keyof Host)[]

export type RequestMethod = (typeof requestMethods)[number]
export type HostRequests = Pick<Host, RequestMethod>

/** What comes back over either wire: a value, or one line for the user. */
export type Reply<T> = { readonly ok: T } | { readonly error: string }

/** Asks the shell; the transport is IPC or HTTP. */
export type Call = (method: RequestMethod, args: readonly unknown[]) => Promise<Reply<unknown>>

/** Electron's channels. One for all requests, one for the event. */
export const channels = { request: 'interleave:request', openFiles: 'interleave:open-files' } as const

/**
 * What the preload script leaves in the page. Replies cross the bridge, not errors: Electron would rewrite an error's
 * line (`Uncaught Error: …`) on its way.
 */
export interface Bridge {
  readonly call: Call
  readonly onOpenFiles: Host['onOpenFiles']
}

/** The request half of a `Host`, spoken over a transport. An error answer becomes a thrown `Error` with its line. */
export function requestsOver(call: Call): HostRequests {
  const ask = async (method: RequestMethod, args: readonly unknown[]): Promise<unknown> => {
    const reply = await call(method, args)
    if ('error' in reply) throw new Error(reply.error)
    return reply.ok
  }
  const requests = requestMethods.map(method => [method, (...args: unknown[]) => ask(method, args)])
  return Object.fromEntries(requests) as HostRequests
}

/** The `Host` of the desktop shell, on the page's side of the bridge. */
export const bridgedHost = ({ call, onOpenFiles }: Bridge): Host => ({
  kind: 'electron',
  ...requestsOver(call),
  fileUrl: token => `app://interleave/file/${encodeURIComponent(token)}`,
  onOpenFiles,
})
