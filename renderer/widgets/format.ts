/** Numbers as an engineer reads them: with a unit, no more digits than carry meaning. */
import { formatClock, formatDuration, formatRelative } from '../../src/core/scene/time-text.ts'
import type { TimeDisplay } from '../state/settings.ts'

export const duration = formatDuration

const whole = new Intl.NumberFormat('en-US')

/** `12,345` */
export const count = (value: number): string =>
  value < 1000 && Number.isInteger(value) ? String(value) : whole.format(value)

export function bytes(value: number): string {
  if (value < 1000) return `${value} B`
  if (value < 1e6) return `${digits(value / 1e3)} kB`
  if (value < 1e9) return `${digits(value / 1e6)} MB`
  return `${digits(value / 1e9)} GB`
}

function digits(value: number): string {
  if (value >= 100) return value.toFixed(0)
  return value.toFixed(value >= 10 ? 1 : 2).replace(/\.?0+$/, '')
}

/** `1 note`, `3 notes` */
export const plural = (value: number, word: string, words = `${word}s`): string =>
  `${count(value)} ${value === 1 ? word : words}`

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

/** A number with a UCUM unit, in words. */
export function quantity(value: number | string, unit: string): string {
  if (typeof value === 'string') return value
  if (unit === 'ns') return formatDuration(value)
  if (unit === 's') return formatDuration(value * 1e9)
  if (unit === '1' || unit === '') return number(value)
  const thing = /^\{(.+)\}$/.exec(unit)?.[1]
  return thing ? plural(value, thing) : `${number(value)} ${unit}`
}

const number = (value: number): string => (Number.isInteger(value) ? count(value) : digits(value))
