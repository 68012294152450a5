import { roundWidth } from '../../src/core/scene/measure.ts'
import { fonts } from '../../src/core/scene/theme.ts'

/** Measures in the fonts the canvas draws with. Widths are remembered: the same names come back every frame. */
export function createMeasure(): (text: string, sizePx: number, bold: boolean) => number {
  const context = document.createElement('canvas').getContext('2d')!
  const known = new Map<string, number>()
  let font = ''
  return (text, sizePx, bold) => {
    const wanted = `${bold ? 600 : 400} ${sizePx}px ${fonts.sans}`
    const key = `${wanted}\n${text}`
    const before = known.get(key)
    if (before !== undefined) return before
    if (font !== wanted) {
      context.font = wanted
      font = wanted
    }
    const width = roundWidth(context.measureText(text).width)
    if (known.size > 20_000) known.clear()
    known.set(key, width)
    return width
  }
}

/** Resolves when the fonts that the canvas needs are there: it can't fall back and swap as the page does. */
export async function fontsReady(): Promise<void> {
  await Promise.allSettled(
    [`400 12px ${fonts.sans}`, `600 12px ${fonts.sans}`, `400 12px ${fonts.mono}`].map(font =>
      document.fonts.load(font),
    ),
  )
}
