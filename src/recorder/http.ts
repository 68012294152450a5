import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type Attributes,
  type Context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { hrTimeOf, nowNs } from './clock.ts'
import type { EnterableContextManager } from './context-manager.ts'
import { guard } from './runtime.ts'
import { becomeTask, cutSlice } from './slices.ts'
import { Task, taskStorage } from './tasks.ts'

/** `http.server.request.start`, published by node itself: works for ES modules, where nothing can be patched. */
interface RequestStart {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** Every request a node HTTP server gets becomes a task, with an ordinary SERVER span as the application would see it. */
export function watchHttpServers(contexts: EnterableContextManager): void {
  subscribe('http.server.request.start', message => {
    guard('request', () => onRequest(message as RequestStart, contexts))
  })
}

function onRequest({ request, response }: RequestStart, contexts: EnterableContextManager): void {
  const startNs = nowNs()
  const method = request.method ?? 'GET'
  const path = (request.url ?? '/').split('?', 1)[0]!
  const remote = isTraced(request) ? propagation.extract(ROOT_CONTEXT, request.headers) : ROOT_CONTEXT
  const span = trace.getTracer('interleave/http').startSpan(
    `${method} ${path}`,
    {
      kind: SpanKind.SERVER,
      startTime: hrTimeOf(startNs),
      attributes: { 'http.request.method': method, 'url.path': path, ...userAgent(request) },
    },
    remote,
  )
  const active: Context = trace.setSpan(remote, span)
  const task = new Task(`${method} ${path}`, 'request', { span: active, startNs })
  task.serverSpan = span
  span.setAttribute('interleave.task.id', task.id)
  task.onOpen = () => {
    if (isEventStream(response)) task.setType('stream')
  }
  taskStorage.enterWith(task)
  contexts.enterWith(active)
  becomeTask(task)
  response.once('close', () => guard('request', () => onClose(task, task.serverSpan ?? span, response)))
}

function onClose(task: Task, span: Span, response: ServerResponse): void {
  const endNs = nowNs()
  if (isEventStream(response)) task.setType('stream')
  const name = 'name' in span ? String(span.name) : task.name
  // Instrumentation knows the route only when it ends its span.
  if (name !== task.name && name.includes(' ')) task.rename(name)
  const finished = response.writableFinished
  const status = response.statusCode
  const own = task.spanIsForeign ? null : span
  own?.setAttribute('http.response.status_code', status)
  if (status >= 500) {
    own?.setAttribute('error.type', String(status))
    own?.setStatus({ code: SpanStatusCode.ERROR })
  }
  cutSlice(task, endNs)
  // A stream is closed by its reader: that is how it ends well.
  const abandoned = !finished && !isEventStream(response)
  if (abandoned) own?.setAttribute('error.type', 'client_disconnect')
  own?.end(hrTimeOf(endNs))
  if (status >= 500) task.end('failed', String(status), endNs)
  else task.end(abandoned ? 'abandoned' : 'completed', undefined, endNs)
}

function isTraced({ headers }: IncomingMessage): boolean {
  for (const field of propagation.fields()) if (field in headers) return true
  return false
}

function isEventStream(response: ServerResponse): boolean {
  return String(response.getHeader('content-type') ?? '').startsWith('text/event-stream')
}

function userAgent(request: IncomingMessage): Attributes {
  const agent = request.headers['user-agent']
  return agent === undefined ? {} : { 'user_agent.original': agent }
}
