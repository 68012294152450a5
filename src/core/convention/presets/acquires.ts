/**
 * Ordinary spans that last from asking for a resource to getting it (rule W1). Pools show their acquires this way and
 * almost never their releases. Data only: span name → resource type, and where its name and capacity stand.
 */
export interface AcquirePreset {
  readonly rule: 'W1'
  readonly name: RegExp
  readonly type: string
  /** Used when no attribute names the pool. */
  readonly fallback: string
  readonly capacity: readonly string[]
  readonly confidence: number
}

export const acquirePresets: readonly AcquirePreset[] = [
  pool(/^pg-pool\.connect$/, 'pg-pool', ['db.postgresql.max.client']),
  pool(/^generic-pool\.acquire$/, 'generic-pool'),
  pool(/^pool\.acquire$/, 'pgx-pool'),
  pool(/^oracledb\.(Pool\.)?getConnection$/, 'oracledb-pool'),
  pool(/^HTTP wait_for_connection /, 'http-connections'),
  pool(/^http\.getconn$/, 'http-connections'),
  pool(/\.getConnection$/, 'datasource'),
  pool(/^sql\.connector\.connect$/, 'sql-pool'),
  pool(/^prisma:engine:connection$/, 'prisma-pool'),
  { ...pool(/^connect$/, 'sqlalchemy-pool'), confidence: 0.6 },
]

function pool(name: RegExp, fallback: string, capacity: readonly string[] = []): AcquirePreset {
  return { rule: 'W1', name, type: 'pool', fallback, capacity, confidence: 0.85 }
}
