/** Field numbers of OTLP's messages, named as in OTLP JSON. https://github.com/open-telemetry/opentelemetry-proto */
import type { Field, FieldType, Schema } from './protobuf.ts'

const message = (fields: () => readonly (readonly [number, string, FieldType, true?])[]): Schema => {
  let table: Map<number, Field> | undefined
  return {
    fields: () => {
      table ??= new Map(
        fields().map(([number, name, type, repeated]) => [
          number,
          repeated ? { name, type, repeated } : { name, type },
        ]),
      )
      return table
    },
  }
}

const anyValue: Schema = message(() => [
  [1, 'stringValue', 'string'],
  [2, 'boolValue', 'bool'],
  [3, 'intValue', 'int64'],
  [4, 'doubleValue', 'double'],
  [5, 'arrayValue', message(() => [[1, 'values', anyValue, true]])],
  [6, 'kvlistValue', message(() => [[1, 'values', keyValue, true]])],
  [7, 'bytesValue', 'base64'],
])
const keyValue: Schema = message(() => [
  [1, 'key', 'string'],
  [2, 'value', anyValue],
])
const resource = message(() => [[1, 'attributes', keyValue, true]])
const scope = message(() => [
  [1, 'name', 'string'],
  [2, 'version', 'string'],
])
const event = message(() => [
  [1, 'timeUnixNano', 'fixed64'],
  [2, 'name', 'string'],
  [3, 'attributes', keyValue, true],
  [4, 'droppedAttributesCount', 'uint'],
])
const link = message(() => [
  [1, 'traceId', 'hex'],
  [2, 'spanId', 'hex'],
  [4, 'attributes', keyValue, true],
])
const status = message(() => [
  [2, 'message', 'string'],
  [3, 'code', 'uint'],
])
const span = message(() => [
  [1, 'traceId', 'hex'],
  [2, 'spanId', 'hex'],
  [4, 'parentSpanId', 'hex'],
  [5, 'name', 'string'],
  [6, 'kind', 'uint'],
  [7, 'startTimeUnixNano', 'fixed64'],
  [8, 'endTimeUnixNano', 'fixed64'],
  [9, 'attributes', keyValue, true],
  [10, 'droppedAttributesCount', 'uint'],
  [11, 'events', event, true],
  [12, 'droppedEventsCount', 'uint'],
  [13, 'links', link, true],
  [14, 'droppedLinksCount', 'uint'],
  [15, 'status', status],
])
const logRecord = message(() => [
  [1, 'timeUnixNano', 'fixed64'],
  [2, 'severityNumber', 'uint'],
  [3, 'severityText', 'string'],
  [5, 'body', anyValue],
  [6, 'attributes', keyValue, true],
  [7, 'droppedAttributesCount', 'uint'],
  [9, 'traceId', 'hex'],
  [10, 'spanId', 'hex'],
  [11, 'observedTimeUnixNano', 'fixed64'],
  [12, 'eventName', 'string'],
])

/** One element of a request's list: ResourceSpans, ResourceLogs or ResourceMetrics. */
export const resourceSpans = message(() => [
  [1, 'resource', resource],
  [
    2,
    'scopeSpans',
    message(() => [
      [1, 'scope', scope],
      [2, 'spans', span, true],
    ]),
    true,
  ],
])
export const resourceLogs = message(() => [
  [1, 'resource', resource],
  [
    2,
    'scopeLogs',
    message(() => [
      [1, 'scope', scope],
      [2, 'logRecords', logRecord, true],
    ]),
    true,
  ],
])
const numberPoint = message(() => [
  [3, 'timeUnixNano', 'fixed64'],
  [4, 'asDouble', 'double'],
  [6, 'asInt', 'sfixed64'],
  [7, 'attributes', keyValue, true],
])
const gauge = message(() => [[1, 'dataPoints', numberPoint, true]])
const sum = message(() => [
  [1, 'dataPoints', numberPoint, true],
  [3, 'isMonotonic', 'bool'],
])
const metric = message(() => [
  [1, 'name', 'string'],
  [3, 'unit', 'string'],
  [5, 'gauge', gauge],
  [7, 'sum', sum],
])
export const resourceMetrics = message(() => [
  [1, 'resource', resource],
  [2, 'scopeMetrics', message(() => [[2, 'metrics', metric, true]]), true],
])
