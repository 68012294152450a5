import { AsyncResource } from 'node:async_hooks'
import { context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { Key } from '../core/convention/keys.ts'
import { hrTimeOf, nowNs } from './clock.ts'
import type { Hold } from './resource.ts'
import { guard, isRunning } from './runtime.ts'
import { currentTask, outsideTasks, type Task } from './tasks.ts'
import { errorType, isThenable } from './track.ts'

interface QueryableClient {
  query(...args: unknown[]): unknown
  readonly host?: string
  readonly port?: number
}

const wrapped = new WeakSet<object>()
const maxText = 400

/** Every query on a client that a recorded pool hands out becomes an ordinary CLIENT span, stamped with the hold it uses. */
export function recordQueries(client: object, holds: WeakMap<object, Hold>, database: string): void {
  if (wrapped.has(client)) return
  wrapped.add(client)
  const target = client as QueryableClient
  const original = target.query
  target.query = (...args) => {
    if (!isRunning()) return original.apply(target, args)
    const task = currentTask()
    const span = startQuery(args[0], target, database, task, holds.get(client))
    const callback = args.at(-1)
    if (typeof callback === 'function') {
      const back = AsyncResource.bind(callback as (...results: unknown[]) => unknown)
      args[args.length - 1] = (error: unknown, ...rest: unknown[]) => {
        endQuery(span, task, error)
        back(error, ...rest)
      }
      return outsideTasks(() => original.apply(target, args))
    }
    const result = outsideTasks(() => original.apply(target, args))
    if (isThenable(result)) {
      result.then(
        () => endQuery(span, task, undefined),
        (error: unknown) => endQuery(span, task, error ?? 'rejected'),
      )
    } else {
      // A cursor or stream: it has no single end to wait for.
      endQuery(span, task, undefined)
    }
    return result
  }
}

function startQuery(
  query: unknown,
  client: QueryableClient,
  database: string,
  task: Task | null,
  hold: Hold | undefined,
): Span {
  const text = textOf(query)
  return trace.getTracer('interleave/pg').startSpan(
    spanName(text),
    {
      kind: SpanKind.CLIENT,
      startTime: hrTimeOf(nowNs()),
      attributes: {
        'db.system.name': 'postgresql',
        ...(text === ''
          ? {}
          : {
              'db.query.text': text.slice(0, maxText),
              'db.operation.name': text.split(/\s/, 1)[0]!.toUpperCase(),
            }),
        ...(database === '' ? {} : { 'db.namespace': database }),
        ...(client.host === undefined ? {} : { 'server.address': client.host }),
        ...(client.port === undefined ? {} : { 'server.port': client.port }),
        ...(task ? { [Key.taskId]: task.id } : {}),
        ...(hold ? { [Key.holdIds]: [hold.id] } : {}),
      },
    },
    // `pool.query` runs its query in a callback without the caller's span: the hold remembers it.
    trace.getActiveSpan() || !hold ? context.active() : hold.context,
  )
}

function endQuery(span: Span, task: Task | null, error: unknown): void {
  guard('query', () => {
    const atNs = nowNs()
    if (error) {
      span.setAttribute('error.type', errorType(error))
      span.recordException(error as Error, hrTimeOf(atNs))
      span.setStatus({ code: SpanStatusCode.ERROR, message: String((error as Error).message ?? error) })
    }
    span.end(hrTimeOf(atNs))
    if (task && !task.ended) {
      task.cause = {
        type: 'io',
        id: 'postgresql',
        readyNs: -1,
        outcome: error ? 'rejected' : 'resolved',
        site: null,
      }
    }
  })
}

function textOf(query: unknown): string {
  if (typeof query === 'string') return query.trim()
  if (typeof query === 'object' && query !== null && 'text' in query && typeof query.text === 'string')
    return query.text.trim()
  return ''
}

/** `SELECT jobs`: operation and first table, as the semantic conventions want it. */
function spanName(text: string): string {
  const operation = text.split(/\s/, 1)[0]?.toUpperCase() ?? ''
  if (operation === '') return 'postgresql'
  const table = /\b(?:from|into|update|table)\s+"?([a-z_][\w.]*)/i.exec(text)?.[1]
  return table === undefined ? operation : `${operation} ${table}`
}
