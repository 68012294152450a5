import { acquire, connects, type Preset, silentPool } from '../preset.ts'

/** Node's mysql and mysql2, and MySqlConnector of .NET, whose `Open` lasts until the pool gave a connection. */
export const mysql2: Preset = {
  library: 'mysql2',
  scope: /^(@opentelemetry\/instrumentation-mysql2?|MySqlConnector)$/,
  rules: [
    acquire(/^Open$/, 'mysql-pool', { scoped: true, confidence: 0.7 }),
    connects(/^connect$/, { system: /^(mysql|mariadb)$/, scoped: true }),
  ],
  connection: 'db.connection_id',
  gap: silentPool('mysql', "wrap the pool with the recorder, one line: pool('db', createPool(…))"),
}
