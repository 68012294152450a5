import { type Preset, task } from '../preset.ts'

export const celery: Preset = {
  library: 'celery',
  scope: /^opentelemetry\.instrumentation\.celery$/,
  rules: [task('T4', /^run\//, 'background', 0.6)],
}
