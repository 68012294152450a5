/** OTLP JSON for tests: plain builders of requests, and sources made of text or bytes. */

import type { ByteSource, Imported, ImportOptions } from '../../src/core/import/import.ts'
import { importTrace } from '../../src/core/import/import-trace.ts'
import type { Store } from '../../src/core/store/store.ts'

export type AttributeInput = string | number | boolean | readonly (string | number)[]
export type AttributesInput = Readonly<Record<string, AttributeInput>>

export interface SpanInput {
  readonly id: string
  readonly name?: string
  readonly trace?: string
  readonly parent?: string
  /** ns after the test epoch. */
  readonly start: number
  /** Absent: never ended. */
  readonly end?: number
  readonly kind?: number
  readonly status?: number
  readonly statusMessage?: string
  readonly attributes?: AttributesInput
  readonly events?: readonly {
    readonly name: string
    readonly at: number
    readonly attributes?: AttributesInput
  }[]
  readonly links?: readonly {
    readonly id: string
    readonly trace?: string
    readonly attributes?: AttributesInput
  }[]
}

export interface LogInput {
  readonly at: number
  readonly name?: string
  readonly body?: string
  readonly severity?: number
  readonly id?: string
  readonly trace?: string
  readonly attributes?: AttributesInput
}

export interface RequestInput {
  readonly resource?: AttributesInput
  readonly scope?: string
  readonly spans?: readonly SpanInput[]
  readonly logs?: readonly LogInput[]
}

/** 2026-01-01T00:00:00Z. */
export const testEpoch = 1_767_225_600_000_000_000n

export const unix = (ns: number): string => (testEpoch + BigInt(ns)).toString()

/** Pads a short id like `a1` to hex of the right length. */
export const spanId = (id: string): string => id.padStart(16, '0')
export const traceId = (id = '1'): string => id.padStart(32, '0')

export function attributeList(attributes: AttributesInput = {}): unknown[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }))
}

function anyValue(value: AttributeInput): unknown {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  return { arrayValue: { values: value.map(anyValue) } }
}

/** One export request (spans and logs of one resource and scope) as a plain object. */
export function otlp(input: RequestInput): Record<string, unknown> {
  const resource = { attributes: attributeList(input.resource ?? { 'service.name': 'test' }) }
  const scope = { name: input.scope ?? '' }
  const out: Record<string, unknown> = {}
  if (input.spans) {
    const spans = input.spans.map(span => ({
      traceId: traceId(span.trace),
      spanId: spanId(span.id),
      ...(span.parent === undefined ? {} : { parentSpanId: spanId(span.parent) }),
      name: span.name ?? span.id,
      kind: span.kind ?? 1,
      startTimeUnixNano: unix(span.start),
      ...(span.end === undefined ? {} : { endTimeUnixNano: unix(span.end) }),
      attributes: attributeList(span.attributes),
      events: (span.events ?? []).map(event => ({
        name: event.name,
        timeUnixNano: unix(event.at),
        attributes: attributeList(event.attributes),
      })),
      links: (span.links ?? []).map(link => ({
        traceId: traceId(link.trace),
        spanId: spanId(link.id),
        attributes: attributeList(link.attributes),
      })),
      status: { code: span.status ?? 0, ...(span.statusMessage && { message: span.statusMessage }) },
    }))
    out.resourceSpans = [{ resource, scopeSpans: [{ scope, spans }] }]
  }
  if (input.logs) {
    const logRecords = input.logs.map(log => ({
      timeUnixNano: unix(log.at),
      ...(log.name === undefined ? {} : { eventName: log.name }),
      ...(log.body === undefined ? {} : { body: { stringValue: log.body } }),
      severityNumber: log.severity ?? 9,
      ...(log.id === undefined ? {} : { traceId: traceId(log.trace), spanId: spanId(log.id) }),
      attributes: attributeList(log.attributes),
    }))
    out.resourceLogs = [{ resource, scopeLogs: [{ scope, logRecords }] }]
  }
  return out
}

export const lines = (...requests: readonly unknown[]): string =>
  `${requests.map(request => JSON.stringify(request)).join('\n')}\n`

/** A source of text or bytes; `chunkBytes` cuts it to test that chunk boundaries do not matter. */
export function sourceOf(name: string, content: string | Uint8Array, chunkBytes = 1 << 16): ByteSource {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  return {
    name,
    size: bytes.length,
    async *open() {
      for (let at = 0; at < bytes.length; at += chunkBytes) {
        const chunk = new Uint8Array(bytes.subarray(at, at + chunkBytes))
        yield chunk
        // As a source may: see `ByteSource.open`.
        chunk.fill(0x21)
      }
    },
  }
}

/** Imports requests, one a line. */
export function importOf(
  requests: RequestInput | readonly RequestInput[],
  options?: ImportOptions,
): Promise<Imported> {
  const list = Array.isArray(requests) ? (requests as readonly RequestInput[]) : [requests as RequestInput]
  return importTrace([sourceOf('test.jsonl', lines(...list.map(otlp)))], options)
}

export async function storeOf(requests: RequestInput | readonly RequestInput[]): Promise<Store> {
  return (await importOf(requests)).store
}
