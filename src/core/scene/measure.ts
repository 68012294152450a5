/**
 * Width of a text in px where no font is at hand (workers, SVG, tests): Inter's advance widths by class of character.
 * Rather too wide than too narrow, so that what fits here fits on every surface.
 */
import { partitionPoint } from '../sorted.ts'

export function estimateWidth(text: string, sizePx: number, bold: boolean): number {
  let em = 0
  for (let at = 0; at < text.length; at++) em += advance(text.charCodeAt(at))
  return em * sizePx * (bold ? 1.07 : 1)
}

function advance(code: number): number {
  if (code > 0x2e80) return 1
  if (code >= 48 && code <= 57) return 0.65
  if (narrow.has(code)) return 0.3
  if (wide.has(code)) return 0.92
  if (code >= 65 && code <= 90) return 0.7
  return 0.58
}

const codes = (text: string): Set<number> => new Set([...text].map(char => char.charCodeAt(0)))
const narrow = codes("iIjl|.,:;!'` ()[]/ft")
const wide = codes('mwMW@%—…')

/** A name cut to fewer letters than this says nothing. */
const MIN_KEPT = 6

/** Cuts the middle out of what does not fit: `GET /conv…/stream`. `''` when almost nothing would be left. */
export function cutMiddle(text: string, maxPx: number, measure: (text: string) => number): string {
  if (measure(text) <= maxPx) return text
  // Names can be megabytes: nothing longer than this fits on any screen.
  const bounded = text.length > 400 ? text.slice(0, 200) + text.slice(-200) : text
  const kept = partitionPoint(2, bounded.length, keep => measure(halves(bounded, keep)) <= maxPx) - 1
  if (kept < MIN_KEPT) return ''
  const cut = halves(bounded, kept)
  return measure(cut) <= maxPx ? cut : ''
}

function halves(text: string, keep: number): string {
  const head = Math.ceil(keep * 0.6)
  const tail = keep - head
  return `${trimPair(text.slice(0, head))}…${tail > 0 ? trimLow(text.slice(-tail)) : ''}`
}

// Half a surrogate pair is not a character.
const trimPair = (text: string): string => (/[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text)
const trimLow = (text: string): string => (/^[\uDC00-\uDFFF]/.test(text) ? text.slice(1) : text)

/** One line for drawing: control characters and line breaks become spaces, bidi overrides go. */
export const oneLine = (text: string): string =>
  text.length > 2000 ? clean(text.slice(0, 2000)) : clean(text)

const clean = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  text.replace(/[\u0000-\u001f\u007f]+/g, ' ').replace(/[\u202a-\u202e\u2066-\u2069]/g, '')

/** Widths to a hundredth of a pixel: engines differ beyond that, and one scene is to come out of all of them. */
export const roundWidth = (widthPx: number): number => Math.round(widthPx * 100) / 100
