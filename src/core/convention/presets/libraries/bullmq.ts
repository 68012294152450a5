import { type Preset, task } from '../preset.ts'

/** A job's span is CONSUMER and links to the span that added it; the worker's own upkeep is not work of a job. */
export const bullmq: Preset = {
  library: 'bullmq',
  scope: /bullmq/i,
  rules: [
    { ...task('T4', /^(process \S|\S+ process|\S+ Worker\.)/, 'background', 0.85), scoped: true },
    {
      rule: 'T4',
      role: 'plain',
      name: /(getNextJob|extendLocks?|startStalledCheckTimer|moveStalledJobsToWait)/,
      scoped: true,
      confidence: 0.8,
    },
  ],
}
