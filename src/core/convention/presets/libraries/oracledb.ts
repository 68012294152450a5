import { acquire, connects, edge, type Preset } from '../preset.ts'

/** The one driver of Node that shows when a connection is given back. */
export const oracledb: Preset = {
  library: 'oracledb',
  scope: /^@opentelemetry\/instrumentation-oracledb$/,
  rules: [
    acquire(/^oracledb\.(Pool\.)?getConnection$/, 'oracledb-pool'),
    connects(/^oracledb\.connect$/),
    edge('release', /^oracledb\.Connection\.close$/),
    edge('end', /^oracledb\.Connection\.(commit|rollback)$/),
  ],
}
