/**
 * Metrics that say how a process was at an instant, drawn as gauge lanes: event loops, pools, threads, requests under way.
 * Names of OpenTelemetry's semantic conventions, old and new, by runtime. Others are counted and left out.
 * https://opentelemetry.io/docs/specs/semconv/runtime/ and …/db/database-metrics/
 */

import { firstAfter } from '../sorted.ts'
import type { Gauge } from '../store/store.ts'
import { namesOf } from './attributes/schema.ts'

const gauges: { readonly [name: string]: string } = {
  'nodejs.eventloop.delay.max': 'event loop delay, max',
  'nodejs.eventloop.delay.p99': 'event loop delay, p99',
  'nodejs.eventloop.utilization': 'event loop utilization',
  'db.client.connection.count': 'connections',
  'db.client.connections.usage': 'connections',
  'db.client.connection.pending_requests': 'waiting for a connection',
  'db.client.connections.pending_requests': 'waiting for a connection',
  'http.server.active_requests': 'requests under way',
  'jvm.thread.count': 'threads',
  'jvm.cpu.recent_utilization': 'CPU utilization',
  'dotnet.thread_pool.queue.length': 'thread pool queue',
  'dotnet.thread_pool.thread.count': 'thread pool threads',
  'go.goroutine.count': 'goroutines',
  'process.runtime.go.goroutines': 'goroutines',
  'process.runtime.cpython.thread_count': 'threads',
  'process.thread.count': 'threads',
}
const limits = new Set(['db.client.connection.max', 'db.client.connections.max'])
const poolKeys = namesOf('db.client.connection.pool.name', false)
/** Plain `state` has this meaning on metrics only. */
const stateKeys = [...namesOf('db.client.connection.state', false), 'state']

export const isGaugeMetric = (name: string): boolean => Object.hasOwn(gauges, name) || limits.has(name)

/** A series that gets a lane: limits are lines in others, and what is idle is the rest of what is used. */
export const hasLane = (gauge: Gauge): boolean => !limits.has(gauge.name) && stateOf(gauge) !== 'idle'

/** `connections used · orders-pool`, `requests under way · GET http` */
export function gaugeLabel(gauge: Gauge): string {
  const what = [gauges[gauge.name] ?? gauge.name, stateOf(gauge)].filter(Boolean).join(' ')
  const others = Object.entries(gauge.attributes)
    .filter(([key]) => !poolKeys.includes(key) && !stateKeys.includes(key))
    .map(([, value]) => value)
  return [what, poolOf(gauge), others.join(' ').slice(0, 60)].filter(Boolean).join(' · ')
}

/** The series' upper limit: the pool's size, 1 for a share; -1 when there is none. */
export function gaugeLimit(all: readonly Gauge[], gauge: Gauge): number {
  if (gauge.name.endsWith('utilization')) return 1
  if (poolOf(gauge) === '') return -1
  const limit = all.find(
    other => limits.has(other.name) && other.process === gauge.process && poolOf(other) === poolOf(gauge),
  )
  return limit?.value.at(-1) ?? -1
}

/** Value in force at an instant: the last one told, NaN before the first. */
export function gaugeAt({ atNs, value }: Gauge, ns: number): number {
  return value[firstAfter(atNs, ns) - 1] ?? Number.NaN
}

/** A value with its unit, as people say it: `180 ms`, `62 %`, `4`. */
export function gaugeText({ name, unit }: Pick<Gauge, 'name' | 'unit'>, value: number): string {
  if (!Number.isFinite(value)) return 'not told'
  if (unit === 's') return value < 1 ? `${short(value * 1e3)} ms` : `${short(value)} s`
  if (unit === 'ms') return `${short(value)} ms`
  if (name.endsWith('utilization')) return `${Math.round(value * 100)} %`
  return short(value)
}

const short = (value: number): string => String(Number(value.toPrecision(3)))
const poolOf = ({ attributes }: Gauge): string => textOf(attributes, poolKeys)
const stateOf = ({ attributes }: Gauge): string => textOf(attributes, stateKeys)
const textOf = (attributes: Gauge['attributes'], keys: readonly string[]): string =>
  String(keys.map(key => attributes[key]).find(value => value !== undefined) ?? '')
