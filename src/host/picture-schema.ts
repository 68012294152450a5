import { z } from 'zod'
import type { Picture } from '../core/scene/scene.ts'

/** Far above what fits on a picture; marks are bounded by its pixels. */
const MAX_MARKS = 1_000_000
const MAX_SIDE_PX = 100_000

const number = z.number()
const flag = z.boolean().exactOptional()
const maybe = number.exactOptional()
const colour = z.string().max(100)
const maybeColour = colour.exactOptional()
const box = { x: number, y: number, w: number, h: number }

/** What a page may ask to have painted: plain marks, finite numbers. */
export const pictureSchema: z.ZodType<Picture> = z.strictObject({
  widthPx: number.min(1).max(MAX_SIDE_PX),
  heightPx: number.min(1).max(MAX_SIDE_PX),
  background: colour,
  marks: z
    .array(
      z.discriminatedUnion('kind', [
        z.strictObject({
          kind: z.literal('rect'),
          ...box,
          fill: colour,
          pattern: z.enum(['solid', 'hatch', 'cross', 'light', 'fade', 'none']),
          stroke: maybeColour,
          strokeWidth: maybe,
          dashed: flag,
          radius: maybe,
          alpha: maybe,
        }),
        z.strictObject({
          kind: z.literal('line'),
          x1: number,
          y1: number,
          x2: number,
          y2: number,
          stroke: colour,
          width: number,
          dashed: flag,
          arrow: flag,
          bend: maybe,
          alpha: maybe,
        }),
        z.strictObject({
          kind: z.literal('text'),
          x: number,
          y: number,
          text: z.string().max(10_000),
          size: number,
          fill: colour,
          bold: flag,
          mono: flag,
          align: z.enum(['start', 'middle', 'end']).exactOptional(),
          halo: maybeColour,
        }),
        z.strictObject({
          kind: z.literal('path'),
          points: z.array(number),
          fill: maybeColour,
          stroke: maybeColour,
          width: maybe,
          alpha: maybe,
          dashed: flag,
        }),
        z.strictObject({ kind: z.literal('clip'), ...box }),
        z.strictObject({ kind: z.literal('unclip') }),
        z.strictObject({
          kind: z.literal('symbol'),
          symbol: z.enum(['read', 'write', 'error', 'note', 'flag', 'pin']),
          x: number,
          y: number,
          size: number,
          fill: colour,
          stroke: maybeColour,
        }),
      ]),
    )
    .max(MAX_MARKS),
})
