/** Locks that are taken by a query (L1), by a command to Redis (L2), or told by who waited for whom (L3). Data only. */
export const lockRules = {
  L1: { confidence: 0.6 },
  L2: { confidence: 0.5 },
  L3: { confidence: 0.6 },
} as const

/** Rows read to be changed: the lock is kept until the transaction ends. */
export const rowLock = /\bfor\s+(update|no key update|share|key share)\b(?![\s\S]*\bskip locked\b)/i

/** `pg_advisory_lock(7)`, `GET_LOCK('x', 10)`: taken by name, given back by name or, `xact`, with the transaction. */
export const advisoryLock =
  /\b(?:pg_advisory_(xact_)?lock(_shared)?|get_lock)\s*\(\s*('[^']{1,80}'|-?\d+|\$\d+|\?)/i
export const advisoryUnlock =
  /\b(?:pg_advisory_unlock(?:_shared)?|release_lock)\s*\(\s*('[^']{1,80}'|-?\d+|\$\d+|\?)/i

/**
 * Redis. Instrumentation hides values: `SET lock:7 [4 other arguments]`, `SET lock:7 ? ? ?`, where three or more mean NX or an expiry.
 * A cache entry looks the same, so only a key that the same task deletes afterwards counts as a lock.
 */
export const redisLock =
  /^(?:SETNX (\S{1,200})(?: |$)|SET (\S{1,200}) (?:\[(?:[3-9]|\d\d+) other arguments\]|(?:\? ){2,}\?|\S+ .*\bNX\b))/i
export const redisUnlock =
  /^(?:DEL|UNLINK) (\S{1,200})$|^EVALSHA [0-9a-f]{40} 1 (\S{1,200})(?: |$)|^EVAL(?:SHA)? .{0,400}\bdel\b.{0,200}? 1 (\S{1,200})(?: |$)/i
