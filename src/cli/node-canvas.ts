import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas'
import { CanvasPainter, fontOf } from '../core/scene/canvas-painter.ts'
import type { Context2d } from '../core/scene/context-2d.ts'
import { roundWidth } from '../core/scene/measure.ts'
import type { Scene, SceneInput } from '../core/scene/scene.ts'
import type { EmbeddedFont } from '../core/share/font-css.ts'

/** The fonts of the app, by the family names of the theme; Skia reads variable WOFF2 as it is. */
const families: readonly (readonly [family: string, module: string, file: RegExp])[] = [
  ['Inter Variable', '@fontsource-variable/inter', /^inter-.*-wght-normal\.woff2$/],
  [
    'JetBrains Mono Variable',
    '@fontsource-variable/jetbrains-mono',
    /^jetbrains-mono-.*-wght-normal\.woff2$/,
  ],
]

/** The Latin part of each family, to travel inside a file. */
export async function embeddedFonts(): Promise<readonly EmbeddedFont[]> {
  const found = await Promise.all(
    families.map(async ([family, module, file]) => {
      const [latin] = await filesOf(module, file)
      return latin ? [{ family, bytes: await readFile(latin) }] : []
    }),
  )
  return found.flat()
}

/** Largest side of a picture in device pixels: beyond it encoders and viewers give up. */
export const MAX_SIDE_PX = 16_384

let registered: Promise<void> | null = null

/** Registers the fonts once. A missing font is no error: the stacks name fall-backs. */
export const registerFonts = (): Promise<void> => {
  registered ??= Promise.all(families.map(entry => register(...entry))).then(() => undefined)
  return registered
}

async function register(family: string, module: string, file: RegExp): Promise<void> {
  for (const path of await filesOf(module, file)) GlobalFonts.register(await readFile(path), family)
}

/** Latin first: the first file of a family decides its metrics. None when the font is not installed. */
async function filesOf(module: string, file: RegExp): Promise<readonly string[]> {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${module}/package.json`)
    const folder = join(dirname(manifest), 'files')
    const names = (await readdir(folder)).filter(name => file.test(name))
    names.sort((a, b) => Number(b.includes('-latin-wght')) - Number(a.includes('-latin-wght')))
    return names.map(name => join(folder, name))
  } catch {
    // The system's sans-serif then.
    return []
  }
}

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

/** A scene as PNG bytes, `scale` device pixels per logical pixel (less where the picture would be too large). */
export async function paintPng(scene: Scene, scale: number): Promise<Uint8Array> {
  await registerFonts()
  const dpr = Math.min(scale, MAX_SIDE_PX / Math.max(scene.widthPx, scene.heightPx))
  const canvas = createCanvas(Math.ceil(scene.widthPx * dpr), Math.ceil(scene.heightPx * dpr))
  const painter = new CanvasPainter(asContext(canvas.getContext('2d')), dpr, (widthPx, heightPx) => {
    const tile = createCanvas(widthPx, heightPx)
    return { image: tile, context: asContext(tile.getContext('2d')) }
  })
  painter.paint(scene)
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
