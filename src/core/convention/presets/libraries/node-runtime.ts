import type { Preset } from '../preset.ts'

/** A `*Sync` call keeps the loop for all of its length. */
export const nodeFs: Preset = {
  library: 'fs',
  scope: /^@opentelemetry\/instrumentation-fs$/,
  rules: [{ rule: 'S2', role: 'stall', name: /^fs \w+Sync$/, confidence: 0.9, delays: true }],
}

/** Of browsers. Every page has some while it loads, and what ends after them ends because of them: shown, not held against it. */
export const longTask: Preset = {
  library: 'long-task',
  scope: /^@opentelemetry\/instrumentation-long-task$/,
  rules: [{ rule: 'S2', role: 'stall', name: /^longtask$/, confidence: 0.9 }],
}
