/**
 * Spans as Jaeger's gRPC API (v2) gives them in JSON, `grpcurl … jaeger.api_v2.QueryService/GetTrace` for one: base64 ids, times
 * and durations as text, tags with a member for each type. Rewritten to what its UI has.
 * https://github.com/jaegertracing/jaeger-idl proto/api_v2/model.proto
 */

import { readTime } from '../instant.ts'
import { type Foreign, isObject, listOf, numberOf, pick, textOf } from './foreign.ts'
import { durationNs } from './span-row.ts'

export const isProto = (span: Foreign): boolean =>
  pick(span, 'spanId', 'span_id') !== undefined && pick(span, 'operationName', 'operation_name') !== undefined

export function fromProto(span: Foreign): Foreign {
  return {
    traceID: pick(span, 'traceId', 'trace_id'),
    spanID: pick(span, 'spanId', 'span_id'),
    operationName: pick(span, 'operationName', 'operation_name'),
    // The first of an enum is left out where it is the default.
    references: listOf(span.references)
      .filter(isObject)
      .map(one => ({
        refType: pick(one, 'refType', 'ref_type') ?? 'CHILD_OF',
        traceID: pick(one, 'traceId', 'trace_id'),
        spanID: pick(one, 'spanId', 'span_id'),
      })),
    startTime: micros(pick(span, 'startTime', 'start_time')),
    duration: durationNs(textOf(span.duration) || '0s', 1, () => 1) / 1e3,
    tags: tagsOf(span.tags),
    logs: listOf(span.logs)
      .filter(isObject)
      .map(log => ({ timestamp: micros(log.timestamp), fields: tagsOf(log.fields) })),
    process: isObject(span.process)
      ? {
          serviceName: pick(span.process, 'serviceName', 'service_name'),
          tags: tagsOf(span.process.tags),
        }
      : undefined,
    processID: pick(span, 'processId', 'process_id'),
    warnings: span.warnings,
  }
}

function micros(time: unknown): number {
  const at = readTime(time)
  return at ? at.sec * 1e6 + at.nano / 1e3 : Number.NaN
}

function tagsOf(list: unknown): unknown[] {
  return listOf(list)
    .filter(isObject)
    .map(tag => {
      const number = pick(tag, 'vInt64', 'v_int64', 'vFloat64', 'v_float64')
      const other = pick(tag, 'vStr', 'v_str', 'vBinary', 'v_binary')
      const bool = pick(tag, 'vBool', 'v_bool')
      // Empty and false are left out; the type says what they were.
      const isBool = /bool/i.test(textOf(pick(tag, 'vType', 'v_type')))
      return {
        key: tag.key,
        value: number === undefined ? (bool ?? other ?? (isBool ? false : '')) : numberOf(number),
      }
    })
}
