/** What an export request says: its signal by the path, its bytes by content type and encoding, as one line of OTLP JSON. */
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { resourceLogs, resourceMetrics, resourceSpans } from '../core/import/otlp/otlp-schema.ts'
import { decodeMessage, type Schema } from '../core/import/otlp/protobuf.ts'

export interface Signal {
  readonly name: 'traces' | 'logs' | 'metrics'
  /** Of the list in OTLP JSON. */
  readonly list: 'resourceSpans' | 'resourceLogs' | 'resourceMetrics'
  /** Field of the answer that counts what was not taken. */
  readonly rejected: 'rejectedSpans' | 'rejectedLogRecords' | 'rejectedDataPoints'
  readonly element: Schema
}

export const signals: ReadonlyMap<string, Signal> = new Map([
  [
    '/v1/traces',
    { name: 'traces', list: 'resourceSpans', rejected: 'rejectedSpans', element: resourceSpans },
  ],
  ['/v1/logs', { name: 'logs', list: 'resourceLogs', rejected: 'rejectedLogRecords', element: resourceLogs }],
  [
    '/v1/metrics',
    { name: 'metrics', list: 'resourceMetrics', rejected: 'rejectedDataPoints', element: resourceMetrics },
  ],
])

/** What to answer, with the HTTP status. */
export class Refused extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Bytes of a request, unpacked. */
export const maxBodyBytes = 64 * 1024 * 1024

export type Encoding = 'json' | 'protobuf'

export function encodingOf(contentType: string | undefined): Encoding {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase()
  if (type === 'application/json') return 'json'
  if (type === 'application/x-protobuf') return 'protobuf'
  throw new Refused(415, 'content-type must be application/json or application/x-protobuf')
}

const unzip = promisify(gunzip)

export async function unpacked(bytes: Buffer, contentEncoding: string | undefined): Promise<Buffer> {
  const encoding = contentEncoding?.trim().toLowerCase() || 'identity'
  if (encoding === 'identity') return bytes
  if (encoding !== 'gzip') throw new Refused(415, 'content-encoding must be gzip or none')
  return unzip(bytes, { maxOutputLength: maxBodyBytes }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_BUFFER_TOO_LARGE')
      throw new Refused(413, `more than ${maxBodyBytes} bytes unpacked`)
    throw new Refused(400, 'the body is no gzip')
  })
}

export interface Batch {
  readonly line: string
  /** Spans, log records or metrics in it. */
  readonly count: number
}

type Group = Readonly<Record<string, unknown>>

/** One line of OTLP JSON. Text that is JSON already stays as it was sent, so that no long number loses digits. */
export function readBatch(signal: Signal, encoding: Encoding, bytes: Buffer): Batch {
  if (encoding === 'protobuf') {
    const fields = new Map([[1, { name: signal.list, type: signal.element, repeated: true as const }]])
    const request = parsed(() => decodeMessage(bytes, { fields: () => fields }), 'is no OTLP protobuf')
    return { line: JSON.stringify(request), count: countIn(signal, request) }
  }
  const text = new TextDecoder().decode(bytes)
  const request = parsed(() => JSON.parse(text) as unknown, 'is no JSON')
  if (typeof request !== 'object' || request === null || Array.isArray(request))
    throw new Refused(400, 'the body is no OTLP request')
  // Line breaks stand only between tokens of JSON.
  return { line: text.replace(/[\r\n]+/g, ' ').trim(), count: countIn(signal, request as Group) }
}

function parsed<T>(parse: () => T, problem: string): T {
  try {
    return parse()
  } catch {
    throw new Refused(400, `the body ${problem}`)
  }
}

const itemsOf = {
  resourceSpans: ['scopeSpans', 'spans'],
  resourceLogs: ['scopeLogs', 'logRecords'],
  resourceMetrics: ['scopeMetrics', 'metrics'],
} as const

function countIn({ list }: Signal, request: Group): number {
  const [scopes, items] = itemsOf[list]
  let count = 0
  for (const resource of listOf(request[list]))
    for (const scope of listOf((resource as Group | null)?.[scopes]))
      count += listOf((scope as Group | null)?.[items]).length
  return count
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
