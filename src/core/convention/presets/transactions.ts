/** Spans that begin and end a transaction: by span name where the instrumentation has one (H1), by SQL otherwise (H2). */
export const transactionRules = {
  H1: { confidence: 0.9 },
  H2: { confidence: 0.6 },
} as const

export const beginSql = /^(begin|start transaction)\b/i
/** In a text as it was written: what stands before, a comment say, is not taken off yet. */
export const mentionsBegin = /\b(begin|start\s+transaction)\b/i
/** Python's drivers begin a transaction with the first statement and end it without a statement of the caller's: no span of either. */
export const implicitScopes =
  /^opentelemetry\.instrumentation\.(psycopg2?|dbapi|mysqlclient|pymysql|mysql|sqlalchemy)$/
/** `ROLLBACK TO SAVEPOINT` ends nothing. */
export const endSql = /^(commit|end|abort|rollback(?!\s+(work\s+|transaction\s+)?to\b))\b/i
