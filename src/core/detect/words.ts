/** Numbers and names as cards print them. */
import type { Model } from '../convention/model.ts'
import type { Evidence } from './finding.ts'
import { type ThresholdName, type Thresholds, unitOf } from './thresholds.ts'

/** `7.0 ms`, `840 ms`, `10.0 s`, `12 min 5 s`. */
export function duration(ns: number): string {
  const abs = Math.abs(ns)
  if (abs < 1e3) return `${Math.round(ns)} ns`
  if (abs < 999.5e3) return `${digits(ns / 1e3)} µs`
  if (abs < 999.5e6) return `${digits(ns / 1e6)} ms`
  if (abs < 120e9) return `${(ns / 1e9).toFixed(abs < 9.95e9 ? 2 : 1)} s`
  const seconds = Math.round(ns / 1e9)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

const digits = (value: number) => (Math.abs(value) < 99.95 ? value.toFixed(1) : value.toFixed(0))

/** `0.04 %`, `0.4 %`, `12 %`. */
export function percent(ratio: number): string {
  const value = ratio * 100
  if (value > 0 && value < 0.095) return value < 0.005 ? 'less than 0.01 %' : `${value.toFixed(2)} %`
  return `${value > 0 && value < 9.95 ? value.toFixed(1) : value.toFixed(0)} %`
}

/** `1 waiter`, `3 waiters`. */
export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`

/** A value as recorded, shortened. */
export const quoted = (value: string): string => (value.length > 40 ? `${value.slice(0, 39)}…` : value)

export const taskName = (model: Model, task: number): string =>
  task < 0 ? 'an unknown task' : model.tasks[task]!.name || model.tasks[task]!.id

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) return 0
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!
}

export const fact = (label: string, value: number | string, unit = '', row = -1): Evidence => ({
  label,
  value,
  unit,
  row,
})

/** The limit that was used, as evidence: `threshold poolExhaustedNs = 100 ms`. */
export const limit = (thresholds: Thresholds, name: ThresholdName): Evidence => ({
  label: `threshold ${name}`,
  value: thresholds[name],
  unit: unitOf(name),
  row: -1,
})

/** Largest of the values and `floor`. Unlike `Math.max(...values)` it takes a million of them. */
export function largest(values: Iterable<number>, floor = Number.NEGATIVE_INFINITY): number {
  let found = floor
  for (const value of values) if (value > found) found = value
  return found
}

/** Smallest of the values and `ceiling`. */
export function smallest(values: Iterable<number>, ceiling = Number.POSITIVE_INFINITY): number {
  let found = ceiling
  for (const value of values) if (value < found) found = value
  return found
}
