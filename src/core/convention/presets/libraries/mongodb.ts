import { type Preset, silentPool } from '../preset.ts'

/** Commands only; their text has no keys by default. */
export const mongodb: Preset = {
  library: 'mongodb',
  scope: /^@opentelemetry\/instrumentation-(mongodb|mongoose)$|^opentelemetry\.instrumentation\.pymongo$/,
  gap: silentPool('mongodb', 'record the pool events with the metric db.client.connection.count'),
}
