import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** Results. Ends a pipe that nobody reads any more (`| head`) without a word. */
export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
}

/** Styled on a terminal; plain when piped or with NO_COLOR. */
export const styled = (style: Style, text: string): string =>
  styleText(style, text, { stream: process.stdout })

/** Names come from a trace, which may hold escape sequences that rewrite the terminal: shown, not obeyed. */
export const plain = (text: string): string =>
  text.replace(/\p{Cc}/gu, char => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)

/** `1 span`, `2 spans`, `12,345 spans` */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`

/** A length of time as people say it: `7 ms`, `12.5 s`, `3 min 20 s`. */
export function duration(ns: number): string {
  const value = Math.abs(ns)
  if (value < 1e3) return `${Math.round(ns)} ns`
  if (value < 1e6) return `${short(ns / 1e3)} µs`
  if (value < 1e9) return `${short(ns / 1e6)} ms`
  if (value < 120e9) return `${short(ns / 1e9)} s`
  return `${Math.floor(ns / 60e9)} min ${Math.round((ns % 60e9) / 1e9)} s`
}

const short = (value: number): string => String(Number(value.toPrecision(value >= 100 ? 4 : 3)))
