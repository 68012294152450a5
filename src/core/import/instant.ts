import { numberOf } from './formats/foreign.ts'

/** A point in Unix time, split so that nanoseconds stay exact. Reused as an out-parameter: nothing is allocated per time. */
export interface Instant {
  sec: number
  nano: number
}

/**
 * Reads a time as OTLP and its relatives write it into `out`: decimal nanoseconds (text or number), or RFC 3339.
 * Returns false and leaves `out` alone when the text is no time. Empty and `null` read as 0, which means none.
 */
export function parseInstant(value: unknown, out: Instant): boolean {
  if (typeof value === 'string') return parseText(value, out)
  if (typeof value === 'number') {
    if (!(value >= 0) || value > 1e20) return false
    out.sec = Math.floor(value / 1e9)
    out.nano = Math.round(value - out.sec * 1e9)
    return carry(out)
  }
  if (value === undefined || value === null) {
    out.sec = 0
    out.nano = 0
    return true
  }
  return false
}

function parseText(text: string, out: Instant): boolean {
  const length = text.length
  if (length === 0) return parseInstant(null, out)
  if (length <= 20 && isDigits(text)) {
    const cut = Math.max(0, length - 9)
    out.sec = cut === 0 ? 0 : Number(text.slice(0, cut))
    out.nano = Number(text.slice(cut))
    return true
  }
  if (/^\d{4}-\d\d-\d\d/.test(text)) return parseRfc3339(text, out)
  if (/^\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return parseInstant(Number(text), out)
  return false
}

function isDigits(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c < 48 || c > 57) return false
  }
  return true
}

const rfc3339 = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,12}))?\s*(Z|[+-]\d\d:?\d\d)?/i

/** `2026-11-21T00:52:48.097634Z`; no zone reads as UTC. */
export function parseRfc3339(text: string, out: Instant): boolean {
  const match = rfc3339.exec(text)
  if (!match) return false
  const zone = match[4] ?? 'Z'
  const iso = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase()
  const ms = Date.parse(`${match[1]}T${match[2]}${iso}`)
  if (Number.isNaN(ms)) return false
  out.sec = Math.floor(ms / 1000)
  out.nano = Number((match[3] ?? '').slice(0, 9).padEnd(9, '0'))
  return true
}

/** Nanoseconds in one of the unit that a time since 1970 must be in, by its size: seconds, milliseconds, microseconds or 1. */
export function epochUnitNs(time: number): number {
  return time > 1e17 ? 1 : time > 1e14 ? 1e3 : time > 1e11 ? 1e6 : 1e9
}

/** `1/21/2026, 3:04:05.678 PM`, as .NET and Azure's portal write times in the usual culture. */
const american =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4}),? (\d{1,2}):(\d\d):(\d\d(?:\.\d{1,9})?) ([AP])M(?: ([+-]\d\d:\d\d))?$/

/** A text that holds such a time as RFC 3339; any other as it is. */
function isoText(text: string): string {
  const [, month, day, year, hour, minute, second, half, zone = ''] = american.exec(text) ?? []
  if (year === undefined) return text
  const pad = (part: unknown): string => String(part).padStart(2, '0')
  return `${year}-${pad(month)}-${pad(day)}T${pad((Number(hour) % 12) + (half === 'P' ? 12 : 0))}:${minute}:${second}${zone}`
}

/** A time in whatever unit it is (told by its size), or a text: RFC 3339, or as .NET writes it; null when it is none. */
export function readTime(value: unknown): Instant | null {
  const at: Instant = { sec: 0, nano: 0 }
  if (typeof value === 'string' && parseRfc3339(isoText(value), at)) return at
  const number = numberOf(value)
  if (!(number > 0)) return null
  const unitNs = epochUnitNs(number)
  if (unitNs === 1) return parseInstant(value, at) ? at : null
  // Fractions of seconds in a float are exact to the microsecond at best.
  return setInstant(at, Math.round((number * unitNs) / 1e3), 1e6) ? at : null
}

/** Time given in another unit than ns, e.g. `setInstant(out, 1531282088548312, 1e6)` for microseconds. Fractions are kept. */
export function setInstant(out: Instant, value: number, perSecond: number): boolean {
  if (!Number.isFinite(value) || value < 0) return false
  out.sec = Math.floor(value / perSecond)
  out.nano = Math.round((value - out.sec * perSecond) * (1e9 / perSecond))
  return carry(out)
}

/** Moves an instant by ns; what is no number, or over 3,000 years, does not. */
export function addNs(at: Instant, ns: number): void {
  if (!(Math.abs(ns) <= 1e20)) return
  const sec = Math.floor(ns / 1e9)
  at.sec += sec
  at.nano += Math.round(ns - sec * 1e9)
  carry(at)
}

/** A pair as some formats write it; none when it is not two whole numbers that make a time. */
export function instantOf(sec: unknown, nano: unknown): Instant {
  const isTime =
    Number.isSafeInteger(sec) &&
    Number.isSafeInteger(nano) &&
    Number(sec) >= 0 &&
    Number(nano) >= 0 &&
    Number(nano) < 1e9
  return isTime ? { sec: Number(sec), nano: Number(nano) } : { sec: 0, nano: 0 }
}

function carry(at: Instant): boolean {
  if (at.nano >= 1e9) {
    at.sec += Math.floor(at.nano / 1e9)
    at.nano %= 1e9
  }
  return true
}
