import { type Preset, silentPool } from '../preset.ts'

/** psycopg, asyncpg, aiopg and the other drivers of Python: queries, and nothing of their pools. */
export const pythonDrivers: Preset = {
  library: 'psycopg and asyncpg',
  scope:
    /^opentelemetry\.instrumentation\.(psycopg2?|asyncpg|aiopg|mysql|pymysql|mysqlclient|dbapi|sqlite3)$/,
  gap: silentPool('psycopg and asyncpg', 'wrap the pool with the recorder, one line'),
}
