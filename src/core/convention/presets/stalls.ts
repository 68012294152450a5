/** Signs that one piece of work kept an event loop and nobody told (S3). Data only. */

/**
 * S3, silence: one loop per process (Node, asyncio) in which nothing began or ended for a while, although requests kept coming:
 *
 *     upload   ├──────────████████████┤       ended first: the only one that waited for nothing outside
 *     report      ├ query ············ ┤      answered long ago, told now
 *     requests  │  │  │              ││││││   came all along, began all at once
 *
 * All of these have to hold; each of them alone happens in healthy services. Where most of the requests that a steady traffic
 * would have brought in that time came at once (a flood), nobody's answer from outside is needed.
 */
export const silence = {
  rule: 'S3',
  confidence: 0.55,
  languages: /^nodejs$/i,
  /** Or instrumentation that only a process with one loop has (Python). */
  scopes: /^opentelemetry\.instrumentation\.(asgi|asyncio|fastapi|starlette|aiohttp_server|tornado)$/,
  /** Shorter silences are not told from quiet. */
  minNs: 200e6,
  /** Those that were ready end within this after it, or within this share of it: the longer it was, the more has to be caught up. */
  releaseNs: 10e6,
  releaseRatio: 0.05,
  /** Those that had come begin within this share of the silence after it, at least `releaseNs`. */
  burstRatio: 0.1,
  /** Requests that the usual rate would have brought in that time. */
  expectedCount: 3,
  /** Share of them that must have begun in the burst. */
  burstShare: 0.3,
  /** As many requests at once, and no less than this share of those expected nor as many times more, need no other witness. */
  floodCount: 8,
  floodShare: 0.5,
  /** As many such bursts without a silence mean that traffic comes in bursts anyway. */
  otherBursts: 2,
} as const
