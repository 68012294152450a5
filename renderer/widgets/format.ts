/** Numbers as an engineer reads them: with a unit, no more digits than carry meaning. */
import { bytes, count, plural, quantity } from '../../src/core/report/quantity.ts'
import { formatClock, formatDuration, formatRelative } from '../../src/core/scene/time-text.ts'
import type { TimeDisplay } from '../state/settings.ts'

export const duration = formatDuration

export { bytes, count, plural, quantity }

export const percent = (part: number): string => `${Math.round(part * 100)} %`

/** An instant as the user chose to read times, fine enough to tell `stepNs` apart. */
export function instant(ns: number, epochUnixNano: string, display: TimeDisplay, stepNs = 1e6): string {
  return display === 'relative' ? formatRelative(ns, stepNs) : formatClock(epochUnixNano, ns, stepNs, display)
}

/** The day and the zone, which clock times leave out: `2026-08-21 UTC`. */
export function day(epochUnixNano: string, display: TimeDisplay): string {
  const zone = display === 'local' ? 'local' : 'utc'
  const text = formatClock(epochUnixNano, 0, 60e9, zone, true).slice(0, 10)
  return zone === 'utc' ? `${text} UTC` : text
}
