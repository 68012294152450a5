import { UsageError } from './usage-error.ts'

const unitNs: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  min: 60e9,
  h: 3600e9,
}

const rfc3339 = /^(\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2})(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d{2}:\d{2})$/

/**
 * An instant on the command line → ns since the trace's start: relative (`12.5s`, `840ms`) or RFC 3339 with up to nine
 * decimals. Throws `UsageError` for anything else and for an instant outside `[0, durationNs]`.
 */
export function parseInstant(text: string, trace: { epochUnixNano: string; durationNs: number }): number {
  const atNs = relativeNs(text) ?? absoluteNs(text, BigInt(trace.epochUnixNano))
  if (atNs === null) {
    throw new UsageError(
      `${JSON.stringify(text)} is no instant; write 12.5s, 840ms or 2026-11-21T09:30:00.25Z`,
    )
  }
  // Half a millisecond of grace: times are printed rounded.
  if (atNs < -5e5 || atNs > trace.durationNs + 5e5) {
    throw new UsageError(
      `${text} lies outside the trace, which goes from 0s (${rfc3339Of(trace.epochUnixNano, 0)}) to ${trace.durationNs / 1e9}s`,
    )
  }
  return Math.min(Math.max(atNs, 0), trace.durationNs)
}

/** RFC 3339 in UTC with milliseconds. */
export function rfc3339Of(epochUnixNano: string, ns: number): string {
  const ms = (BigInt(epochUnixNano) + BigInt(Math.round(ns))) / 1_000_000n
  const date = new Date(Number(ms))
  return Number.isNaN(date.getTime()) ? `${epochUnixNano} ns` : date.toISOString()
}

function relativeNs(text: string): number | null {
  const match = /^([+-]?\d+(?:\.\d+)?)\s*([a-zµμ]+)$/.exec(text.trim())
  const unit = unitNs[match?.[2] ?? '']
  return match === null || unit === undefined ? null : Number(match[1]) * unit
}

function absoluteNs(text: string, epochUnixNano: bigint): number | null {
  const match = rfc3339.exec(text.trim())
  if (match === null) return null
  const [, seconds = '', fraction = '', zone = ''] = match
  const ms = Date.parse(`${seconds.replace(' ', 'T').toUpperCase()}${zone.toUpperCase()}`)
  if (Number.isNaN(ms)) return null
  const unixNano = BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
  return Number(unixNano - epochUnixNano)
}
