import { acquire, acquiresOnly, type Preset } from '../preset.ts'

/** `connect` wraps `Engine.connect`: a checkout of the pool, which may wait. */
export const sqlalchemy: Preset = {
  library: 'sqlalchemy',
  scope: /^opentelemetry\.instrumentation\.sqlalchemy$/,
  rules: [
    // Clients of stores without pools have a `connect` too.
    acquire(/^connect$/, 'sqlalchemy-pool', {
      system: /^(?!(redis|memcached|mongodb)$)./,
      confidence: 0.6,
      capacityText: /QueuePool limit of size (\d+) overflow (\d+) reached/,
    }),
  ],
  gap: acquiresOnly('sqlalchemy', 'wrap the engine’s pool with the recorder, one line'),
}
