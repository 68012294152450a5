import { connects, type Preset } from '../preset.ts'

/** Says on every command over which connection it went: held at least from a task's first to its last command on it. */
export const npgsql: Preset = {
  library: 'npgsql',
  scope: /^Npgsql$/,
  rules: [connects(/^CONNECT /, { scoped: true })],
  connection: 'db.npgsql.connection_id',
  gap: {
    of: 'holds',
    unseen: 'npgsql shows commands and their connection, not when a connection was asked for or given back',
    add: 'record the metric db.client.connection.pending_requests beside the spans',
  },
}
