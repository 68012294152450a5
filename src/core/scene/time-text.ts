/** Durations and instants as people read them. */

const DAY_NS = 86_400e9

const units: readonly (readonly [ns: number, unit: string])[] = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
]

/** Hours from which days are easier to read. */
const DAYS_FROM = 72

/** `7 ms`, `1.24 s`, `12 min 5 s`, `30 d 2 h`; three digits at most. */
export function formatDuration(ns: number): string {
  const abs = Math.abs(ns)
  if (abs === 0) return '0 ms'
  if (abs >= 60e9) {
    const minutes = Math.floor(abs / 60e9)
    const seconds = Math.round((abs - minutes * 60e9) / 1e9)
    const hours = Math.floor(minutes / 60)
    const sign = ns < 0 ? '−' : ''
    if (hours >= DAYS_FROM)
      return `${sign}${Math.floor(hours / 24)} d${hours % 24 > 0 ? ` ${hours % 24} h` : ''}`
    if (hours > 0) return `${sign}${hours} h ${minutes % 60} min`
    return `${sign}${minutes} min${seconds > 0 ? ` ${seconds} s` : ''}`
  }
  const [size, unit] = units.find(([size]) => abs >= size) ?? [1, 'ns']
  return `${trimNumber(ns / size, 3)} ${unit}`
}

/** At most `digits` significant digits, no trailing zeros, no exponent. */
function trimNumber(value: number, digits: number): string {
  const whole = Math.max(1, Math.floor(Math.log10(Math.abs(value))) + 1)
  const text = value.toFixed(Math.max(0, digits - whole))
  return (text.includes('.') ? text.replace(/\.?0+$/, '') : text).replace('-', '−')
}

/** An instant relative to the start of the trace, fine enough to tell `stepNs` apart: `12.340 s`, `1:02:03.5`. */
export function formatRelative(ns: number, stepNs: number): string {
  const sign = ns < 0 ? '−' : ''
  const abs = Math.abs(ns)
  if (abs < 60e9 && stepNs < 60e9) {
    const size = stepNs >= 1e8 || abs >= 1e9 ? 1e9 : stepNs >= 1e5 || abs >= 1e6 ? 1e6 : 1e3
    const unit = size === 1e9 ? 's' : size === 1e6 ? 'ms' : 'µs'
    return `${sign}${(abs / size).toFixed(decimals(stepNs / size))} ${unit}`
  }
  if (stepNs >= DAY_NS) return `${sign}${Math.round(abs / DAY_NS)} d`
  const places = decimals(stepNs / 1e9)
  const unit = 10 ** places
  const ticks = Math.round((abs / 1e9) * unit)
  const seconds = Math.floor(ticks / unit)
  const fraction = places > 0 ? `.${String(ticks - seconds * unit).padStart(places, '0')}` : ''
  const pad = (value: number): string => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  return `${sign}${hours > 0 ? `${hours}:${pad(minutes)}` : minutes}:${pad(seconds % 60)}${fraction}`
}

const decimals = (step: number): number => Math.min(9, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)))

/** A wall-clock instant, `14:03:07.250`; `withDate` puts the day before it. */
export function formatClock(
  epochUnixNano: string,
  ns: number,
  stepNs: number,
  zone: 'utc' | 'local',
  withDate = false,
): string {
  const unixNs = BigInt(epochUnixNano) + BigInt(Math.round(ns))
  const ms = unixNs / 1_000_000n - (unixNs < 0n && unixNs % 1_000_000n !== 0n ? 1n : 0n)
  const shift = zone === 'local' ? -new Date(Number(ms)).getTimezoneOffset() * 60_000 : 0
  const shifted = new Date(Number(ms) + shift)
  // Hostile files have years no Date can hold.
  if (Number.isNaN(shifted.getTime())) return formatRelative(ns, stepNs)
  const iso = shifted.toISOString()
  const fine = (unixNs - (unixNs / 1_000_000_000n) * 1_000_000_000n).toString().padStart(9, '0')
  const places = stepNs >= 60e9 ? -1 : decimals(stepNs / 1e9)
  const day = iso.slice(0, iso.indexOf('T'))
  const time = iso.slice(iso.indexOf('T') + 1)
  const clock =
    places < 0 ? time.slice(0, 5) : time.slice(0, 8) + (places > 0 ? `.${fine.slice(0, places)}` : '')
  return withDate ? `${day} ${clock}` : clock
}
