import { ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api'
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { describe, expect, it } from 'vitest'
import { spansToOtlpJson } from '../../src/recorder/otlp-json.ts'

function recorded(make: (start: (name: string, scope?: string) => Span) => void): ReadableSpan[] {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  const remote = trace.setSpanContext(ROOT_CONTEXT, {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  })
  make((name, scope = 'app') =>
    provider.getTracer(scope, '1.2').startSpan(name, { kind: SpanKind.SERVER }, remote),
  )
  return exporter.getFinishedSpans()
}

/** The library writes fields that are empty; leaving them out means the same. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key, item]) => {
    if (/^dropped/.test(key)) return item !== 0
    return !(Array.isArray(item) && item.length === 0 && (key === 'events' || key === 'links'))
  })
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutEmpty(item)]))
}

describe('spansToOtlpJson', () => {
  it('says what the library says', () => {
    const spans = recorded(start => {
      const first = start('quotes " and \u2028 and \ud83d\ude00 and \ud800')
      first.setAttributes({
        text: 'a\n"b"',
        int: 42,
        float: 0.25,
        yes: true,
        list: ['x', 'y'],
        numbers: [1, 2.5],
        empty: [],
      })
      first.addEvent('exception', { 'exception.message': 'boom' }, [1_700_000_000, 5])
      first.setStatus({ code: SpanStatusCode.ERROR, message: 'no "luck"' })
      const second = start('linked', 'other')
      second.addLink({ context: first.spanContext(), attributes: { 'interleave.link.type': 'awaits' } })
      first.end()
      second.end()
    })
    const theirs: unknown = JSON.parse(new TextDecoder().decode(JsonTraceSerializer.serializeRequest(spans)))
    expect(withoutEmpty(JSON.parse(spansToOtlpJson(spans)))).toEqual(withoutEmpty(theirs))
  })

  it('writes numbers that JSON has no word for as the protobuf mapping does', () => {
    const spans = recorded(start =>
      start('odd').setAttributes({ nan: Number.NaN, infinite: Number.POSITIVE_INFINITY }).end(),
    )
    expect(spansToOtlpJson(spans)).toContain('{"key":"nan","value":{"doubleValue":"NaN"}}')
    expect(spansToOtlpJson(spans)).toContain('{"key":"infinite","value":{"doubleValue":"Infinity"}}')
  })

  it('is an empty request for no spans', () => expect(spansToOtlpJson([])).toBe('{"resourceSpans":[]}'))
})
