import { createCanvas, ImageData } from '@napi-rs/canvas'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CanvasPainter } from '../../../src/core/scene/canvas-painter.ts'
import type { Context2d, MakeTile } from '../../../src/core/scene/context-2d.ts'
import { PixelLayer } from '../../../src/core/scene/pixel-layer.ts'
import { Pixels, pixelColour } from '../../../src/core/scene/pixels.ts'
import type { Mark, Picture } from '../../../src/core/scene/scene.ts'
import { sceneOf, sessionOf } from '../../support/scene.ts'

const makeTile: MakeTile = (width, height) => {
  const image = createCanvas(width, height)
  return { image, context: image.getContext('2d') as unknown as Context2d }
}

/** Bytes of a picture: by the canvas alone, or by the canvas over the pixels. */
function painted(picture: Picture, dpr: number, withPixels: boolean): Uint8ClampedArray {
  const width = Math.round(picture.widthPx * dpr)
  const height = Math.round(picture.heightPx * dpr)
  const context = createCanvas(width, height).getContext('2d')
  const painter = new CanvasPainter(context as unknown as Context2d, dpr, makeTile)
  if (withPixels) {
    const layer = new PixelLayer(width, height, dpr)
    const left = layer.draw(picture)
    context.putImageData(new ImageData(layer.pixels.bytes, width, height), 0, 0)
    painter.paintOver(left)
  } else painter.paint(picture)
  return context.getImageData(0, 0, width, height).data
}

/** The part of the pixels in which some colour is off by more than a shade. */
function different(picture: Picture, dpr: number): number {
  const one = painted(picture, dpr, false)
  const other = painted(picture, dpr, true)
  let off = 0
  for (let at = 0; at < one.length; at += 4) {
    if ([0, 1, 2].some(part => Math.abs(one[at + part]! - other[at + part]!) > 40)) off++
  }
  return off / (one.length / 4)
}

const square = (
  x: number,
  y: number,
  fill: string,
  more: Partial<Extract<Mark, { kind: 'rect' }>> = {},
): Mark => ({
  kind: 'rect',
  x,
  y,
  w: 30,
  h: 12,
  fill,
  pattern: 'solid',
  ...more,
})
const text: Mark = { kind: 'text', x: 10, y: 20, text: 'orders', size: 12, fill: '#000000' }
const picture = (...marks: readonly Mark[]): Picture => ({
  widthPx: 100,
  heightPx: 60,
  background: '#ffffff',
  marks,
})

describe('pixel layer', () => {
  it('looks as if the canvas had painted everything', () => {
    const session = sessionOf(`
      T1  R────··▒▒──W      key a
      T2     R──▒▒▒─W
    `)
    for (const dpr of [1, 1.5, 2]) {
      for (const theme of ['light', 'dark'] as const)
        expect(different(sceneOf(session, { theme }), dpr)).toBeLessThan(0.002)
    }
  })

  it('draws every kind of bar as the canvas does', () => {
    const marks = (['solid', 'hatch', 'cross', 'light', 'none'] as const).flatMap((pattern, row) => [
      square(3.3, 2 + row * 12, '#d55e00', { pattern, h: 9, radius: 2 }),
      square(37.6, 2 + row * 12, '#d55e00', { pattern, h: 9, stroke: '#0072b2', strokeWidth: 1.5 }),
      square(70.2, 2 + row * 12, '#d55e00', {
        pattern,
        h: 9,
        w: 8,
        stroke: '#0072b2',
        strokeWidth: 1,
        alpha: 0.5,
      }),
    ])
    for (const dpr of [1, 1.5, 2]) expect(different(picture(...marks), dpr)).toBeLessThan(0.01)
  })

  it('leaves to the canvas what lies over something of the canvas, and only that', () => {
    const [under, over, beside] = [
      square(5, 10, '#aa0000'),
      square(20, 12, '#00aa00'),
      square(60, 40, '#0000aa'),
    ]
    const left = new PixelLayer(100, 60, 1).draw(picture(under, text, over, beside))
    expect(left).toEqual([text, over])
    expect(different(picture(under, text, over, beside), 1)).toBe(0)
  })

  it('keeps inside clips, and hands them on', () => {
    const clip: Mark = { kind: 'clip', x: 10, y: 0, w: 10, h: 60 }
    const layer = new PixelLayer(100, 60, 1)
    expect(layer.draw(picture(clip, square(0, 0, '#ff0000'), { kind: 'unclip' }))).toEqual([
      clip,
      { kind: 'unclip' },
    ])
    const red = (x: number): boolean => layer.pixels.bytes[4 * x + 1] === 0
    expect([9, 10, 19, 20].map(red)).toEqual([false, true, true, false])
  })
})

describe('pixels', () => {
  const byte = fc.integer({ min: 0, max: 255 })
  const css = (rgb: readonly number[]): string =>
    `#${rgb.map(part => part.toString(16).padStart(2, '0')).join('')}`
  const rgb = fc.tuple(byte, byte, byte)

  it('mixes each of the three colours on its own', () => {
    fc.assert(
      fc.property(rgb, rgb, fc.double({ min: 0, max: 1, noNaN: true }), (under, colour, alpha) => {
        const pixels = new Pixels(1, 1)
        pixels.clear(pixelColour(css(under)))
        pixels.area(pixels.whole, pixelColour(css(colour)), alpha)
        for (const [part, from] of under.entries()) {
          const wanted = from + (colour[part]! - from) * alpha
          expect(Math.abs(pixels.bytes[part]! - wanted)).toBeLessThan(2)
        }
        expect(pixels.bytes[3]).toBe(255)
      }),
    )
  })

  it('gives a pixel as much of a colour as is covered', () => {
    const pixels = new Pixels(4, 1)
    pixels.clear(pixelColour('#000000'))
    pixels.area({ left: 0.5, top: 0, right: 2.25, bottom: 1 }, pixelColour('#ffffff'), 1)
    expect([0, 1, 2, 3].map(x => Math.round(pixels.bytes[4 * x]! / 64))).toEqual([2, 4, 1, 0])
  })
})
