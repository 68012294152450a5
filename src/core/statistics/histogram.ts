/** Lengths counted in buckets that double: a microsecond and a minute are equally easy to see. */
export interface Histogram {
  readonly buckets: readonly { readonly fromNs: number; readonly toNs: number; readonly count: number }[]
  readonly medianNs: number
  readonly p95Ns: number
  readonly longestNs: number
}

/** Fewer buckets than this say little; more than this are thin. */
const MOST = 24

/** Null when there is nothing to count. */
export function histogramOf(durationsNs: readonly number[]): Histogram | null {
  if (durationsNs.length === 0) return null
  const sorted = Float64Array.from(durationsNs).sort()
  const longestNs = sorted.at(-1)!
  const last = Math.floor(Math.log2(Math.max(1, longestNs)))
  const first = Math.max(Math.floor(Math.log2(Math.max(1, sorted[0]!))), last - MOST + 1)
  const counts = new Array<number>(last - first + 1).fill(0)
  for (const ns of sorted) {
    counts[Math.max(0, Math.floor(Math.log2(Math.max(1, ns))) - first)]!++
  }
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!
  return {
    buckets: counts.map((count, index) => ({
      fromNs: 2 ** (first + index),
      toNs: 2 ** (first + index + 1),
      count,
    })),
    medianNs: at(0.5),
    p95Ns: at(0.95),
    longestNs,
  }
}
