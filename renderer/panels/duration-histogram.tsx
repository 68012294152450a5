import { useMemo } from 'react'
import { histogramOf } from '../../src/core/statistics/histogram.ts'
import { duration, plural } from '../widgets/format.ts'

const HEIGHT = 40

interface DurationHistogramProps {
  /** `waits` */
  readonly what: string
  readonly durationsNs: readonly { readonly durationNs: number }[]
}

/** How long these last: a bar for each doubling of the length. */
export function DurationHistogram({ what, durationsNs }: DurationHistogramProps) {
  const histogram = useMemo(() => histogramOf(durationsNs.map(one => one.durationNs)), [durationsNs])
  // One bar says nothing that the table does not.
  if (!histogram || histogram.buckets.length < 3) return null
  const { buckets, medianNs, p95Ns, longestNs } = histogram
  const most = Math.max(...buckets.map(({ count }) => count))
  const words = `median ${duration(medianNs)} · p95 ${duration(p95Ns)} · longest ${duration(longestNs)}`
  return (
    <figure className="histogram">
      <svg
        viewBox={`0 0 ${buckets.length * 10} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Lengths of ${plural(durationsNs.length, what.replace(/s$/, ''))}: ${words}`}
      >
        {buckets.map(({ fromNs, toNs, count }, index) => {
          const height = count === 0 ? 0 : Math.max(2, (count / most) * HEIGHT)
          return (
            <rect key={fromNs} x={index * 10 + 0.5} y={HEIGHT - height} width={9} height={height}>
              <title>{`${count} from ${duration(fromNs)} to ${duration(toNs)}`}</title>
            </rect>
          )
        })}
      </svg>
      <figcaption>
        <span>{duration(buckets[0]!.fromNs)}</span>
        <span>{words}</span>
        <span>{duration(buckets.at(-1)!.toNs)}</span>
      </figcaption>
    </figure>
  )
}
