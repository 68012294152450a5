/**
 * What ordinary spans tell about a pooled connection after it was granted (rules H1, H3, H4, H5). Data only.
 *
 * H1: the instrumentation has a span for the release, so the hold's end is known.
 * H3: nobody tells the release; the connection was in use at least until its last query.
 * H4: others waited for a connection, and from one grant to the next exactly as many takers as the pool has were open: all
 *     of them kept theirs until then.
 * H5: queries name the connection they went over: in use at least from a task's first to its last on it.
 */
export const connectionRules = {
  H1: { confidence: 0.9 },
  H3: { confidence: 0.4 },
  H4: { confidence: 0.7 },
  H5: { confidence: 0.6 },
} as const

/** Shorter waits are hand-overs and prove nothing about who holds what. */
export const provingWaitNs = 100e6
