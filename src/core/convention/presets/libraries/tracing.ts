import { acquire, connects, edge, type Preset, task } from '../preset.ts'

/** Rust: tokio's own spans when they are exported, and sqlx-tracing. `busy_ns` is a sum and never a stretch. */
export const tracing: Preset = {
  library: 'tracing',
  scope: /^(tracing|opentelemetry-tracing|tracing-opentelemetry|sqlx)/,
  rules: [
    task('T5', /^runtime\.spawn$/, 'coroutine', 0.9),
    acquire(/^sqlx\.pool\.acquire$/, 'sqlx-pool'),
    connects(/^sqlx\.connection\.connect$/),
    edge('begin', /^sqlx\.transaction\.begin$/),
    edge('end', /^sqlx\.transaction\.(commit|rollback)$/),
  ],
  gap: {
    of: 'stalls',
    unseen: 'tracing tells how long a span was polled in all (busy_ns), not when',
    add: 'record with tokio-console: its recording has every poll',
  },
}
