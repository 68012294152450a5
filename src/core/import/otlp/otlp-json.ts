/**
 * OTLP as JSON: one document, JSON lines, an array of requests, requests back to back, spans taken out of their requests;
 * traces, logs and metrics mixed.
 */
import type { Head, ImportContext, Importer } from '../importer.ts'
import { type FastReader, jsonValues } from '../json/json-values.ts'
import { looksBinary } from '../near-miss.ts'
import { OtlpReader } from './otlp-reader.ts'
import { OtlpScanner } from './otlp-scanner.ts'
import { Unwrapper } from './otlp-wrapped.ts'

const keys =
  '(resourceSpans|resource_spans|ResourceSpans|resourceLogs|resource_logs|resourceMetrics|resource_metrics|scopeSpans|scopeLogs|batches)'
const quoted = new RegExp(`\\\\?"${keys}\\\\?"\\s*:\\s*\\[`)

export const otlpJson: Importer = {
  id: 'otlp-json',
  label: 'OTLP JSON',
  sniff(head: Head): number {
    const { bytes, json, text } = head
    if (json) {
      for (const key of [
        'resourceSpans',
        'resource_spans',
        'resourceLogs',
        'resource_logs',
        'resourceMetrics',
        'resource_metrics',
        'scopeSpans',
        'scopeLogs',
        'ResourceSpans',
      ]) {
        if (json.has(key) || json.has(`[].${key}`)) return 1
      }
      for (const at of ['', '[].', 'spans[].', '[].spans[].', 'data.spans[].'])
        if (json.has(`${at}startTimeUnixNano`) || json.has(`${at}start_time_unix_nano`)) return 0.8
    }
    // Lines with a container's prefix, a first line that is broken, or other lines in front; but not inside an archive.
    return quoted.test(text) && !looksBinary(bytes) ? 0.6 : 0
  },
  read: (bytes, context) => readRequests(bytes, context, new OtlpScanner(context)),
}

/** Without the fast reader, every value is parsed: slower, and the same rows. */
export async function readRequests(
  bytes: AsyncIterable<Uint8Array>,
  context: ImportContext,
  fast?: FastReader,
): Promise<void> {
  const reader = new OtlpReader(context)
  const unwrapper = new Unwrapper()
  for await (const { value, line } of jsonValues(bytes, context, unwrapper.line, fast)) {
    if (reader.read(value, line)) continue
    for (const inner of unwrapper.requests(value))
      if (!reader.read(inner, line)) context.builder.issues.add('unknown-value', () => context.place(line))
  }
}
