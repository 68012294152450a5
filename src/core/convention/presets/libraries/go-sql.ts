import { acquire, acquiresOnly, connects, edge, type Preset } from '../preset.ts'

/** Go's database/sql under otelsql: a dial and the transactions, but not the wait for the pool. */
export const otelsql: Preset = {
  library: 'otelsql',
  scope: /otelsql$/,
  rules: [
    connects(/^sql\.connector\.connect$/),
    edge('begin', /^sql\.conn\.begin_tx$/),
    edge('end', /^sql\.tx\.(commit|rollback)$/),
  ],
  gap: {
    of: 'holds',
    unseen: 'otelsql shows transactions and queries, not the wait for a connection',
    add: 'record its metrics: db.sql.connection.wait_duration',
  },
}

export const otelpgx: Preset = {
  library: 'otelpgx',
  scope: /otelpgx$/,
  rules: [acquire(/^pool\.acquire$/, 'pgx-pool'), connects(/^connect$/, { scoped: true })],
  gap: acquiresOnly('otelpgx', 'record the metric pgxpool.acquired_connections beside the spans'),
}
