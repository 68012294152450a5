/** Numbers and names as cards print them. */
import type { Model, Resource } from '../convention/model.ts'
import type { Evidence } from './finding.ts'
import { type ThresholdName, type Thresholds, unitOf } from './thresholds.ts'

/** One form of a duration in sentences, tables and charts: `7 ms`, `6.04 s`, `12 min 5 s`. */
export { formatDuration as duration } from '../scene/time-text.ts'

/** Two digits that count: `0.14 %`, `1.4 %`, `14 %`. */
export function percent(ratio: number): string {
  const value = ratio * 100
  if (value > 0 && value < 0.005) return 'less than 0.01 %'
  return `${value > 0 && value < 10 ? Number(value.toPrecision(2)) : value.toFixed(0)} %`
}

/** How many times as much, in words: `190 ×`, `1.3 ×`. */
export const times = (value: number, of: number): string => {
  const ratio = of > 0 ? value / of : 0
  return `${ratio >= 10 ? ratio.toFixed(0) : Number(ratio.toPrecision(2))} ×`
}

/** `1 waiter`, `3 waiters`. */
export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`

/** A value as recorded, shortened. */
export const quoted = (value: string): string => (value.length > 40 ? `${value.slice(0, 39)}…` : value)

/** What one holder gets of a resource: `connection`, `slot`, `lock`. */
export function unitOfResource({ type, name }: Resource): string {
  if (type === 'connection' || (type === 'pool' && /db|conn|sql|pg|postgres|mongo|redis|http/i.test(name)))
    return 'connection'
  if (type === 'pool') return 'slot'
  if (type === 'semaphore') return 'permit'
  return /^(lease|transaction)$/.test(type) ? type : 'lock'
}

/** `a connection of db-pool`, `the lock export`. */
export function oneOf(resource: Resource): string {
  const unit = unitOfResource(resource)
  if (/^(connection|slot|permit)$/.test(unit)) return `a ${unit} of ${resource.label}`
  // Locks on rows have the type of what keeps them.
  if (unit === 'transaction') return `the lock on ${resource.label}`
  return resource.label.includes(unit) ? resource.label : `the ${unit} ${resource.label}`
}

export const taskName = (model: Model, task: number): string =>
  task < 0 ? 'an unknown task' : model.tasks[task]!.name || model.tasks[task]!.id

/** Someone beside `than`: `GET /b`, and where both are called alike `another GET /a`. */
export const other = (name: string, than: string): string => (name === than ? `another ${name}` : name)

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) return 0
  const sorted = new Float64Array(values).sort()
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
