/** Numbers as an engineer reads them: with a unit, no more digits than carry meaning. */
import { formatDuration } from '../scene/time-text.ts'

/** `12,345`; three decimals at most. Written out, because the first `Intl.NumberFormat` holds up a page for 30 ms. */
export function count(value: number): string {
  const [whole = '', part] = String(Math.round(value * 1000) / 1000).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return part === undefined ? grouped : `${grouped}.${part}`
}

/** Three digits at most, no trailing zeros. */
function digits(value: number): string {
  if (value >= 100) return value.toFixed(0)
  return value.toFixed(value >= 10 ? 1 : 2).replace(/\.?0+$/, '')
}

/** `1 note`, `3 notes` */
export const plural = (value: number, word: string, words = `${word}s`): string =>
  `${count(value)} ${value === 1 ? word : words}`

export function bytes(value: number): string {
  if (value < 1000) return `${value} B`
  if (value < 1e6) return `${digits(value / 1e3)} kB`
  if (value < 1e9) return `${digits(value / 1e6)} MB`
  return `${digits(value / 1e9)} GB`
}

/** A number with a UCUM unit, in words. */
export function quantity(value: number | string, unit: string): string {
  if (typeof value === 'string') return value
  if (unit === 'ns') return formatDuration(value)
  if (unit === 'ms') return formatDuration(value * 1e6)
  if (unit === 's') return formatDuration(value * 1e9)
  if (unit === 'By') return bytes(value)
  if (unit === '1' || unit === '') return number(value)
  const thing = /^\{(.+)\}$/.exec(unit)?.[1]
  return thing ? plural(value, thing) : `${number(value)} ${unit}`
}

const number = (value: number): string => (Number.isInteger(value) ? count(value) : digits(value))

/** A number of a what-if, by its name: `peak` 3 → `in use at once: 3`, `sumMs` 326 → `sum: 326 ms`. */
export function whatIfText(name: string, value: number): readonly [name: string, value: string] {
  const unit = /(Ns|Ms)$/.exec(name)?.[1]
  const words =
    whatIfWords[name] ??
    name
      .replace(/(Ns|Ms)$/, '')
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
  if (unit === undefined) return [words, quantity(value, '')]
  return [words, formatDuration(unit === 'Ms' ? value * 1e6 : value)]
}

const whatIfWords: { readonly [name: string]: string } = {
  waits: 'with the fix: tasks that would wait',
  peak: 'with the fix: in use at once',
  largerPoolWaits: 'with ten times as many: tasks that would wait',
  largerPoolPeak: 'with ten times as many: in use at once',
  waitsNow: 'tasks held up now',
  waitsInAWorker: 'tasks held up with the work in a worker',
  worstDelayNowNs: 'longest delay now',
  worstDelayInAWorkerNs: 'longest delay with the work in a worker',
  allOthersDoneNowNs: 'all others are done after, now',
  allOthersDoneSideBySideNs: 'all others are done after, side by side',
  oneAfterTheOtherNs: 'one after the other',
  sideBySideNs: 'side by side',
}
