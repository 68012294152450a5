import { roundWidth } from '../../src/core/scene/measure.ts'
import { fonts } from '../../src/core/scene/theme.ts'

let context: CanvasRenderingContext2D | null = null
let font = ''
const known = new Map<string, number>()
const MOST_KNOWN = 20_000

/** Width in px in the fonts the canvas draws with. Widths are remembered: the same names come back every frame. */
export function measureText(text: string, sizePx: number, bold: boolean): number {
  const wanted = `${bold ? 600 : 400} ${sizePx}px ${fonts.sans}`
  const key = `${wanted}\n${text}`
  const before = known.get(key)
  if (before !== undefined) return before
  context ??= document.createElement('canvas').getContext('2d')!
  if (font !== wanted) {
    context.font = wanted
    font = wanted
  }
  const width = roundWidth(context.measureText(text).width)
  if (known.size > MOST_KNOWN) known.clear()
  known.set(key, width)
  return width
}

/** Resolves when the fonts that the canvas needs are there: it can't fall back and swap as the page does. */
export function fontsReady(): Promise<void> {
  ready ??= loadFonts()
  return ready
}

let ready: Promise<void> | null = null

async function loadFonts(): Promise<void> {
  await Promise.allSettled(
    [`400 12px ${fonts.sans}`, `600 12px ${fonts.sans}`, `400 12px ${fonts.mono}`].map(font =>
      document.fonts.load(font),
    ),
  )
  // What was measured before was measured in another font.
  known.clear()
}
