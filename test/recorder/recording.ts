import { readFileSync } from 'node:fs'
import { z } from 'zod'

type Value = string | number | boolean | readonly Value[] | null

const anyValue: z.ZodType<Value> = z.lazy(() =>
  z.union([
    z.object({ stringValue: z.string() }).transform(value => value.stringValue),
    z.object({ intValue: z.union([z.number(), z.string()]) }).transform(value => Number(value.intValue)),
    z.object({ doubleValue: z.number() }).transform(value => value.doubleValue),
    z.object({ boolValue: z.boolean() }).transform(value => value.boolValue),
    z
      .object({ arrayValue: z.object({ values: z.array(anyValue).default([]) }) })
      .transform(value => value.arrayValue.values),
  ]),
)
const attributes = z
  .array(z.object({ key: z.string(), value: anyValue }))
  .default([])
  .transform(list => new Map(list.map(({ key, value }) => [key, value])))
const nanos = z.string().transform(BigInt)
const scope = z.object({ name: z.string(), version: z.string().optional() })

const span = z.object({
  traceId: z.string().length(32),
  spanId: z.string().length(16),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes,
  status: z.object({ code: z.number().default(0), message: z.string().optional() }),
  events: z.array(z.object({ name: z.string(), timeUnixNano: nanos, attributes })).default([]),
  links: z.array(z.object({ spanId: z.string(), attributes })).default([]),
})
const log = z.object({
  timeUnixNano: nanos,
  eventName: z.string(),
  spanId: z.string().optional(),
  attributes,
})
const line = z.union([
  z.object({
    resourceSpans: z.array(
      z.object({
        resource: z.object({ attributes }),
        scopeSpans: z.array(z.object({ scope, schemaUrl: z.string().optional(), spans: z.array(span) })),
      }),
    ),
  }),
  z.object({
    resourceLogs: z.array(
      z.object({
        resource: z.object({ attributes }),
        scopeLogs: z.array(z.object({ scope, schemaUrl: z.string().optional(), logRecords: z.array(log) })),
      }),
    ),
  }),
])

export type RecordedSpan = z.infer<typeof span> & { readonly scope: string }
export type RecordedLog = z.infer<typeof log> & { readonly scope: string }

export interface Recording {
  readonly text: string
  readonly spans: readonly RecordedSpan[]
  readonly logs: readonly RecordedLog[]
  readonly resource: ReadonlyMap<string, Value>
  /** Our records of one type: spans by `interleave.record.type`, or log records by event name. */
  readonly ofType: (type: string) => readonly RecordedSpan[]
  readonly events: (name: string) => readonly RecordedLog[]
}

/** @throws on the first line that is not one complete OTLP/JSON request */
export function readRecording(path: string): Recording {
  const text = readFileSync(path, 'utf8')
  const spans: RecordedSpan[] = []
  const logs: RecordedLog[] = []
  let resource: ReadonlyMap<string, Value> = new Map()
  for (const row of text.split('\n').filter(row => row !== '')) {
    const parsed = line.parse(JSON.parse(row))
    if ('resourceSpans' in parsed) {
      for (const group of parsed.resourceSpans) {
        resource = group.resource.attributes
        for (const { scope, spans: list } of group.scopeSpans)
          spans.push(...list.map(item => ({ ...item, scope: scope.name })))
      }
    } else {
      for (const group of parsed.resourceLogs) {
        resource = group.resource.attributes
        for (const { scope, logRecords } of group.scopeLogs)
          logs.push(...logRecords.map(item => ({ ...item, scope: scope.name })))
      }
    }
  }
  return {
    text,
    spans,
    logs,
    resource,
    ofType: type => spans.filter(item => item.attributes.get('interleave.record.type') === type),
    events: name => logs.filter(item => item.eventName === name),
  }
}

export function text(item: { readonly attributes: ReadonlyMap<string, Value> }, key: string): string {
  const value = item.attributes.get(key)
  return typeof value === 'string' ? value : ''
}

export function number(item: { readonly attributes: ReadonlyMap<string, Value> }, key: string): number {
  const value = item.attributes.get(key)
  return typeof value === 'number' ? value : Number.NaN
}

export function strings(
  item: { readonly attributes: ReadonlyMap<string, Value> },
  key: string,
): readonly string[] {
  const value = item.attributes.get(key)
  return Array.isArray(value) ? value.map(String) : []
}

export function numbers(
  item: { readonly attributes: ReadonlyMap<string, Value> },
  key: string,
): readonly number[] {
  const value = item.attributes.get(key)
  return Array.isArray(value) ? value.map(Number) : []
}

export function durationMs(item: RecordedSpan): number {
  return Number(item.endTimeUnixNano - item.startTimeUnixNano) / 1e6
}
