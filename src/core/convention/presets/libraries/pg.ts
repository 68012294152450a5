import { acquire, acquiresOnly, connects, type Preset } from '../preset.ts'

/** Node's pg and pg-pool. A query span also covers waiting behind other queries of the same client. */
export const pg: Preset = {
  library: 'pg',
  scope: /^@opentelemetry\/instrumentation-pg$/,
  rules: [
    acquire(/^pg-pool\.connect$/, 'pg-pool', { capacity: ['db.postgresql.max.client'] }),
    connects(/^pg\.connect$/),
  ],
  gap: acquiresOnly('pg-pool', "wrap the pool with the recorder, one line: pool('db', new pg.Pool())"),
}
