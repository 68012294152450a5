import { isMainThread, threadId } from 'node:worker_threads'
import { type Logger, logs } from '@opentelemetry/api'
import { emptyResource, type Resource } from '@opentelemetry/resources'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { CONVENTION_VERSION, SCHEMA_URL, SCOPE_NAME } from '../core/convention/keys.ts'
import { countLoss } from './loss.ts'

/** Name of this thread's event loop; unique in the process. */
export const loopId = isMainThread ? 'main' : `worker-${threadId}`
export const loopKind = isMainThread ? 'main' : 'worker'

let running = false
let lastSeq = 0
let lastTaskId = 0

/** False until the recorder's SDK configuration is made: wrappers then work, and record nothing. */
export function isRunning(): boolean {
  return running
}

export function setRunning(value: boolean): void {
  running = value
}

/** Total order of the records of this loop, also when the clock ties. */
export function nextSeq(): number {
  lastSeq += 1
  return lastSeq
}

const prefix = isMainThread ? '' : `w${threadId}.`

/** `t12`; unique in the process. */
export function nextId(kind: 't' | 'h' | 'w' | 's'): string {
  lastTaskId += 1
  return `${prefix}${kind}${lastTaskId}`
}

let loggerOnce: Logger | undefined
let sink: (span: ReadableSpan) => void = () => {}
let resource: Resource = emptyResource()

/** Where our own spans go, and the resource they share with the application's. */
export function setRecordSink(to: (span: ReadableSpan) => void, of: Resource): void {
  sink = to
  resource = of
}

export function exportRecord(span: ReadableSpan): void {
  sink(span)
}

export function recordResource(): Resource {
  return resource
}

export function logger(): Logger {
  loggerOnce ??= logs.getLogger(SCOPE_NAME, CONVENTION_VERSION, { schemaUrl: SCHEMA_URL })
  return loggerOnce
}

/** Runs recorder code: whatever it throws is counted as a loss and never reaches the host. */
export function guard(kind: string, work: () => void): void {
  try {
    work()
  } catch (error) {
    countLoss(kind, `recorder error: ${error instanceof Error ? error.message : String(error)}`)
  }
}
