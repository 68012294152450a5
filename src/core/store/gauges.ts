/** Metric points → series by time, on the trace's axis. What lies outside the trace is left out. */
import type { StoreBuilder } from './builder.ts'
import type { Gauge } from './store.ts'
import type { TimeAxis } from './time-axis.ts'

/** One series while it is read. */
export interface GaugePoints extends Omit<Gauge, 'atNs' | 'value'> {
  readonly sec: number[]
  readonly nano: number[]
  readonly values: number[]
}

export function freezeGauges(builder: StoreBuilder, axis: TimeAxis): Gauge[] {
  const epoch = BigInt(axis.epochUnixNano)
  const epochSec = Number(epoch / 1_000_000_000n)
  const epochNano = Number(epoch % 1_000_000_000n)
  const out: Gauge[] = []
  for (const { sec, nano, values, ...series } of builder.gauges.values()) {
    const offsetNs = axis.offsetsNs[series.process] ?? 0
    const points = values
      .map((value, at) => ({ value, ns: (sec[at]! - epochSec) * 1e9 + nano[at]! - epochNano - offsetNs }))
      .filter(({ ns }) => ns >= 0 && ns <= axis.durationNs)
      .sort((a, b) => a.ns - b.ns)
      .filter(({ ns }, at, all) => all[at + 1]?.ns !== ns)
    if (points.length === 0) continue
    const atNs = Float64Array.from(points, ({ ns }) => ns)
    out.push({ ...series, atNs, value: Float64Array.from(points, ({ value }) => value) })
  }
  return out
}
