import type { IncomingMessage, ServerResponse } from 'node:http'
import { securityHeaders } from '../host/service/pages.ts'

/** A comment now and then keeps proxies (and ssh) from closing a silent stream. */
const keepAliveMs = 15_000
/** Tabs of one user; more is something else. */
const maxListeners = 32

/** Server-sent events to every open tab. */
export interface EventStream {
  attach(request: IncomingMessage, response: ServerResponse): void
  send(event: string, data: unknown): void
  close(): void
}

export function eventStream(): EventStream {
  const listeners = new Set<ServerResponse>()
  const timer = setInterval(() => {
    for (const response of listeners) response.write(': still here\n\n')
  }, keepAliveMs)
  timer.unref()
  return {
    attach(request, response) {
      if (listeners.size >= maxListeners) {
        response.writeHead(503, securityHeaders).end()
        return
      }
      response.writeHead(200, {
        ...securityHeaders,
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
      })
      response.write('retry: 1000\n\n')
      listeners.add(response)
      request.on('close', () => listeners.delete(response))
    },
    send(event, data) {
      for (const response of listeners) response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    },
    close() {
      clearInterval(timer)
      for (const response of listeners) response.end()
      listeners.clear()
    },
  }
}
