/** Ordinary signs that one piece of work kept an event loop (S2, S3). Data only. */
export interface StallPreset {
  readonly rule: 'S2'
  readonly name: RegExp
  readonly confidence: number
  /** Whether those that ended right after it are taken to have waited for it. */
  readonly delays: boolean
}

/** Spans that last as long as the loop was kept. */
export const stallSpans: readonly StallPreset[] = [
  { rule: 'S2', name: /^fs \w+Sync$/, confidence: 0.9, delays: true },
  // Every page has some while it loads, and what ends after them ends because of them. Shown, not held against it.
  { rule: 'S2', name: /^longtask$/, confidence: 0.9, delays: false },
]

/** Records and zero-length spans written at the end of a stall, with its length in the text. */
export const stallTexts: readonly { readonly text: RegExp; readonly confidence: number }[] = [
  // Logfire's log_slow_async_callbacks.
  { text: /^Async (.{1,200}) blocked for ([\d.]{1,12}) seconds?$/, confidence: 0.9 },
  // asyncio in debug mode.
  { text: /^Executing (.{1,2000}) took ([\d.]{1,12}) seconds?$/, confidence: 0.9 },
]

/**
 * S3, silence: one loop per process (Node) in which nothing began or ended for a while, although requests kept coming:
 *
 *     upload   ├──────────████████████┤       ended first: the only one that waited for nothing outside
 *     report      ├ query ············ ┤      answered long ago, told now
 *     requests  │  │  │              ││││││   came all along, began all at once
 *
 * All of these have to hold; each of them alone happens in healthy services.
 */
export const silence = {
  rule: 'S3',
  confidence: 0.55,
  languages: /^nodejs$/i,
  /** Shorter silences are not told from quiet. */
  minNs: 200e6,
  /** Those that were ready end within this after it. */
  releaseNs: 10e6,
  /** Those that had come begin within this share of the silence after it, at least `releaseNs`. */
  burstRatio: 0.1,
  /** Requests that the usual rate would have brought in that time. */
  expectedCount: 3,
  /** Share of them that must have begun in the burst. */
  burstShare: 0.3,
  /** As many such bursts without a silence mean that traffic comes in bursts anyway. */
  otherBursts: 2,
} as const
