/**
 * Accesses read out of ordinary queries (A1). Data only. What was read or written is not in the trace, only that it was:
 * detectors use these to show the interleaving behind an error, never to claim a race by themselves.
 */
export const accessRules = {
  /** The row's key stands in the query or among its recorded parameters. */
  key: { rule: 'A1', confidence: 0.6 },
  /** The key is a parameter that was not recorded; the request is about one such entity. */
  request: { rule: 'A1', confidence: 0.45 },
} as const

/** Columns by which one row is meant. */
export const keyColumn = /^(id|uuid|guid|key|pk|[a-z][a-z0-9_]*_(id|uuid))$/i

export const redisReads = /^(GET|HGET|HGETALL|GETRANGE)$/i
export const redisWrites = /^(SET|HSET|HMSET|DEL|UNLINK|SETEX|PSETEX)$/i
export const redisCounters = /^(INCR|INCRBY|DECR|DECRBY|HINCRBY|INCRBYFLOAT)$/i
