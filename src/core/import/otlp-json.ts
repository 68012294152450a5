/**
 * OTLP as JSON: one document, JSON lines, an array of requests, requests back to back, spans taken out of their requests;
 * traces, logs and metrics mixed.
 */
import type { Head, ImportContext, Importer } from './importer.ts'
import { jsonValues } from './json-values.ts'
import { looksBinary } from './near-miss.ts'
import { OtlpReader } from './otlp-reader.ts'
import { OtlpScanner } from './otlp-scanner.ts'
import { unwrapLine } from './unwrap-line.ts'

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
      for (const at of ['', '[].', 'spans[].', '[].spans[].'])
        if (json.has(`${at}startTimeUnixNano`) || json.has(`${at}start_time_unix_nano`)) return 0.8
    }
    // Lines with a container's prefix, a first line that is broken, or other lines in front; but not inside an archive.
    return quoted.test(text) && !looksBinary(bytes) ? 0.6 : 0
  },
  async read(bytes: AsyncIterable<Uint8Array>, context: ImportContext): Promise<void> {
    const reader = new OtlpReader(context)
    const values = jsonValues(bytes, context, unwrapLine, new OtlpScanner(context))
    for await (const { value, line } of values) {
      if (reader.read(value, line)) continue
      const inner = unwrapDocker(value)
      if (inner !== undefined && reader.read(inner, line)) continue
      context.builder.issues.add('unknown-value', () => context.place(line))
    }
  },
}

/** Docker's json-file driver: `{"log":"{…}\n","stream":"stdout","time":"…"}`. */
function unwrapDocker(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('log' in value) || typeof value.log !== 'string')
    return undefined
  try {
    return JSON.parse(value.log)
  } catch {
    return undefined
  }
}
