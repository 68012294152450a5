/** What Tempo's API and Grafana's download give: OTLP in `batches` or inside `trace`, with base64 ids and enum names. */

import type { Head, ImportContext, Importer } from '../importer.ts'
import { jsonValues } from '../json/json-values.ts'
import { OtlpReader } from '../otlp/otlp-reader.ts'
import { isObject } from './foreign.ts'

export const tempo: Importer = {
  id: 'tempo-json',
  label: 'Tempo JSON',
  sniff({ json }: Head): number {
    if (!json) return 0
    return ['batches', '[].batches', 'trace.resourceSpans', 'trace.batches'].some(path => json.has(path))
      ? 0.95
      : 0
  },
  async read(bytes: AsyncIterable<Uint8Array>, context: ImportContext): Promise<void> {
    const reader = new OtlpReader(context)
    const { issues } = context.builder
    let partial: number | null = null
    for await (const { value, line } of jsonValues(bytes, context)) {
      if (!reader.read(value, line)) issues.add('unknown-value', () => context.place(line))
      // Every piece of a large answer says it again.
      else if (isObject(value) && value.status === 'PARTIAL') partial ??= line
    }
    if (partial !== null) issues.add('partial-trace', () => context.place(partial ?? 0))
  },
}
