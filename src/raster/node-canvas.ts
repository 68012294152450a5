import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas'
import { CanvasPainter, fontOf } from '../core/scene/canvas-painter.ts'
import type { Context2d } from '../core/scene/context-2d.ts'
import { roundWidth } from '../core/scene/measure.ts'
import type { Picture, SceneInput } from '../core/scene/scene.ts'
import { registerFonts } from './fonts.ts'

/** Measures text in the fonts that are painted with. */
export function nodeMeasure(): SceneInput['measure'] {
  const context = asContext(createCanvas(4, 4).getContext('2d'))
  const known = new Map<string, number>()
  return (text, sizePx, bold) => {
    const font = fontOf(sizePx, bold, false)
    const key = `${font}\n${text}`
    const before = known.get(key)
    if (before !== undefined) return before
    context.font = font
    const width = roundWidth(context.measureText(text).width)
    known.set(key, width)
    return width
  }
}

/** Largest side of a picture in device pixels: beyond it encoders and viewers give up. */
const MAX_SIDE_PX = 16_384

/** A picture as PNG bytes, `scale` device pixels per logical pixel (less where the picture would be too large). */
export async function paintPng(picture: Picture, scale: number): Promise<Uint8Array> {
  await registerFonts()
  const dpr = Math.min(scale, MAX_SIDE_PX / Math.max(picture.widthPx, picture.heightPx))
  const canvas = createCanvas(Math.ceil(picture.widthPx * dpr), Math.ceil(picture.heightPx * dpr))
  const painter = new CanvasPainter(asContext(canvas.getContext('2d')), dpr, (widthPx, heightPx) => {
    const tile = createCanvas(widthPx, heightPx)
    return { image: tile, context: asContext(tile.getContext('2d')) }
  })
  painter.paint(picture)
  return canvas.encode('png')
}

/**
 * Letters as a browser draws them, in shape, width and place:
 * - The regular weight of a variable font would be smeared for bold. The weight is an axis of the font and is set there.
 * - Text would stand on y − ascent + round(ascent). The difference is taken back, for the only baseline that is used.
 */
function asContext(context: SKRSContext2D): Context2d {
  const { set: setFont } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(context), 'font')!
  const { fillText, strokeText } = context
  let liftPx = 0
  Object.defineProperties(context, {
    font: {
      set(font: string) {
        setFont!.call(context, font.replace(/^\d+/, '400'))
        context.fontVariationSettings = `'wght' ${Number.parseInt(font, 10)}`
        const ascentPx = context.measureText('x').fontBoundingBoxAscent
        liftPx = Math.round(ascentPx) - ascentPx
      },
    },
    fillText: { value: (text: string, x: number, y: number) => fillText.call(context, text, x, y - liftPx) },
    strokeText: {
      value: (text: string, x: number, y: number) => strokeText.call(context, text, x, y - liftPx),
    },
  })
  return context as unknown as Context2d
}
