/**
 * What a canvas is slow at, as pixels. Without a graphics card a canvas takes 3 to 15 µs for each rectangle, however small,
 * and a dense view has thousands of them; a pixel takes a nanosecond.
 *
 *     marks, in painting order     ▮ ▮ ╱ ▮ text ▮ ▮
 *     pixels                       ▮ ▮   ▮      ▮
 *     the canvas, over them            ╱   text   ▮     which lies over the text, so it is painted after it
 *
 * The picture is the one that `CanvasPainter` makes of all marks in their order: edges are snapped as it does. Only
 * patterns and rounded corners differ from it, by shades.
 */
import { isRound } from './canvas-painter.ts'
import { estimateWidth } from './measure.ts'
import { hatchLines } from './pattern-tiles.ts'
import { type PixelBox, Pixels, type PixelTile, pixelColour } from './pixels.ts'
import type { Mark, Picture } from './scene.ts'

type RectMark = Extract<Mark, { kind: 'rect' }>
type LineMark = Extract<Mark, { kind: 'line' }>
type SymbolMark = Extract<Mark, { kind: 'symbol' }>
type ClipMark = Extract<Mark, { kind: 'clip' }>
type PlacedMark = Exclude<Mark, { kind: 'clip' | 'unclip' }>

/** Side in logical px of the cells that remember where the canvas paints. */
const CELL_PX = 4

export class PixelLayer {
  readonly pixels: Pixels
  readonly #dpr: number
  readonly #columns: number
  /** By cell: 1 where the canvas paints something. */
  readonly #taken: Uint8Array
  /** By row of cells: 1 where one of them is taken. */
  readonly #takenRows: Uint8Array
  readonly #tiles = new Map<string, PixelTile>()

  /** Size in device pixels; `dpr` of them are one logical pixel. */
  constructor(widthPx: number, heightPx: number, dpr: number) {
    this.pixels = new Pixels(widthPx, heightPx)
    this.#dpr = dpr
    this.#columns = Math.ceil(widthPx / dpr / CELL_PX)
    this.#takenRows = new Uint8Array(Math.ceil(heightPx / dpr / CELL_PX))
    this.#taken = new Uint8Array(this.#columns * this.#takenRows.length)
  }

  /** Draws what it can, and gives what is left for a canvas to paint over it, in painting order. */
  draw({ background, marks }: Picture): readonly Mark[] {
    const { pixels } = this
    const clips: PixelBox[] = []
    this.#taken.fill(0)
    this.#takenRows.fill(0)
    pixels.clip = pixels.whole
    pixels.clear(pixelColour(background))
    return marks.filter(mark => {
      if (mark.kind === 'clip') {
        clips.push(pixels.clip)
        pixels.clip = this.#clip(mark)
      } else if (mark.kind === 'unclip') pixels.clip = clips.pop() ?? pixels.whole
      else return !this.#draws(mark)
      return true
    })
  }

  /** Draws the mark, if it can be drawn here and nothing that the canvas paints is to lie under it. */
  #draws(mark: PlacedMark): boolean {
    setBounds(mark, bounds)
    const { clip } = this.pixels
    const cell = this.#dpr * CELL_PX
    const fromColumn = Math.floor(Math.max(bounds.left * this.#dpr, clip.left) / cell)
    const toColumn = Math.ceil(Math.min(bounds.right * this.#dpr, clip.right) / cell)
    const fromRow = Math.floor(Math.max(bounds.top * this.#dpr, clip.top) / cell)
    const toRow = Math.ceil(Math.min(bounds.bottom * this.#dpr, clip.bottom) / cell)
    let free = isDrawable(mark)
    for (let row = fromRow; free && row < toRow; row++) {
      if (this.#takenRows[row] === 0) continue
      for (let column = fromColumn; free && column < toColumn; column++)
        free = this.#taken[row * this.#columns + column] === 0
    }
    if (free) this.#draw(mark)
    else {
      this.#takenRows.fill(1, fromRow, Math.max(fromRow, toRow))
      for (let row = fromRow; row < toRow; row++) {
        const first = row * this.#columns
        this.#taken.fill(1, first + fromColumn, first + Math.max(fromColumn, toColumn))
      }
    }
    return free
  }

  /** What is left of the clip by another one. */
  #clip({ x, y, w, h }: ClipMark): PixelBox {
    const { left, top, right, bottom } = this.pixels.clip
    return {
      left: Math.max(left, Math.round(x * this.#dpr)),
      top: Math.max(top, Math.round(y * this.#dpr)),
      right: Math.min(right, Math.round((x + w) * this.#dpr)),
      bottom: Math.min(bottom, Math.round((y + h) * this.#dpr)),
    }
  }

  #draw(mark: PlacedMark): void {
    if (mark.kind === 'rect') this.#rect(mark)
    else if (mark.kind === 'line') this.#line(mark)
    else if (mark.kind === 'symbol') this.#disc(mark)
  }

  #rect(mark: RectMark): void {
    const dpr = this.#dpr
    const half = (mark.stroke === undefined ? 0 : (mark.strokeWidth ?? 0)) / 2
    const line = 2 * half * dpr
    const left = Math.round((mark.x - half) * dpr)
    const top = Math.round((mark.y - half) * dpr)
    const right = Math.max(left + 1 + line, Math.round((mark.x + mark.w + half) * dpr))
    const bottom = Math.max(top + 1 + line, Math.round((mark.y + mark.h + half) * dpr))
    const box = { left, top, right, bottom }
    if (isRound(mark.radius, (right - left - line) / dpr))
      this.pixels.rounded(box, (mark.radius + half) * dpr, () => this.#square(mark, box, line))
    else this.#square(mark, box, line)
  }

  #square(mark: RectMark, box: PixelBox, line: number): void {
    if (line === 0) {
      this.#fill(mark, box)
      return
    }
    const stroke = pixelColour(mark.stroke!)
    if (mark.pattern === 'solid' && mark.alpha === undefined) {
      // The same with two areas rather than five: a dense view has a thousand of these.
      this.pixels.area(box, stroke, 1)
      this.#fill(mark, inset(box, line))
    } else {
      this.#fill(mark, inset(box, line / 2))
      this.pixels.frame(box, line, stroke, mark.alpha ?? 1)
    }
  }

  #fill({ pattern, fill, alpha = 1 }: RectMark, box: PixelBox): void {
    if (pattern === 'none') return
    const colour = pixelColour(fill)
    if (pattern === 'hatch' || pattern === 'cross') {
      const { tint, strength } = hatchLines[pattern]
      this.pixels.area(box, colour, alpha * tint)
      this.pixels.area(box, colour, alpha * strength, this.#tile(pattern))
    } else this.pixels.area(box, colour, pattern === 'light' ? alpha * 0.4 : alpha)
  }

  /** The lines of `PatternTiles`: x + y is a multiple of the tile's side, for the other direction x − y. */
  #tile(pattern: 'hatch' | 'cross'): PixelTile {
    const known = this.#tiles.get(pattern)
    if (known) return known
    const sidePx = Math.max(4, Math.round(hatchLines[pattern].tile * this.#dpr))
    const half = (hatchLines[pattern].width * this.#dpr) / 2
    const cover = (sum: number): number => {
      const beyond = sum % sidePx
      const distance = Math.min(beyond, sidePx - beyond) * Math.SQRT1_2
      return Math.min(1, Math.max(0, half + 0.5 - distance))
    }
    const tile = { sidePx, cover: new Float32Array(sidePx * sidePx) }
    for (let y = 0; y < sidePx; y++) {
      for (let x = 0; x < sidePx; x++) {
        const back = pattern === 'cross' ? cover(x - y + sidePx) : 0
        tile.cover[y * sidePx + x] = Math.max(cover(x + y + 1), back)
      }
    }
    this.#tiles.set(pattern, tile)
    return tile
  }

  #line({ x1, y1, x2, y2, width, stroke, alpha = 1 }: LineMark): void {
    const half = (width * this.#dpr) / 2
    const odd = Math.round(width * this.#dpr) % 2 === 1 ? 0.5 : 0
    const middle = (value: number): number => Math.round(value * this.#dpr - odd) + odd
    const [from, to] = x1 === x2 ? [y1, y2] : [x1, x2]
    const start = Math.min(from, to) * this.#dpr
    const end = Math.max(from, to) * this.#dpr
    const across = middle(x1 === x2 ? x1 : y1)
    const box =
      x1 === x2
        ? { left: across - half, top: start, right: across + half, bottom: end }
        : { left: start, top: across - half, right: end, bottom: across + half }
    this.pixels.area(box, pixelColour(stroke), alpha)
  }

  /** As `symbolPath` has it: what was read is a ring, what was written a disc. */
  #disc({ symbol, x, y, size, fill, stroke = 'none' }: SymbolMark): void {
    const dpr = this.#dpr
    const ring = symbol === 'read'
    const radius = size / 2
    if (fill !== 'none')
      this.pixels.disc(x * dpr, y * dpr, (ring ? radius - 0.75 : radius) * dpr, pixelColour(fill))
    if (ring && stroke !== 'none')
      this.pixels.disc(x * dpr, y * dpr, radius * dpr, pixelColour(stroke), (radius - 1.5) * dpr)
  }
}

const isColour = (css: string | undefined): boolean => css === undefined || !Number.isNaN(pixelColour(css))
const isPaint = (css: string | undefined): boolean => css === 'none' || isColour(css)

function isDrawable(mark: PlacedMark): boolean {
  switch (mark.kind) {
    case 'rect':
      if (mark.dashed || mark.pattern === 'fade') return false
      return isColour(mark.stroke) && (mark.pattern === 'none' || isColour(mark.fill))
    case 'line':
      if (mark.dashed || mark.arrow || mark.bend) return false
      return (mark.x1 === mark.x2 || mark.y1 === mark.y2) && isColour(mark.stroke)
    case 'symbol':
      if (mark.symbol === 'error' || mark.symbol === 'flag' || mark.symbol === 'pin') return false
      return isPaint(mark.fill) && isPaint(mark.stroke)
    default:
      return false
  }
}

/** Reused: there is one for every mark of a frame. */
const bounds = { left: 0, top: 0, right: 0, bottom: 0 }

/** Where a mark may leave something, in logical px: rather too much. */
function setBounds(mark: PlacedMark, box: typeof bounds): void {
  const around = (left: number, top: number, right: number, bottom: number, more: number): void => {
    box.left = left - more
    box.top = top - more
    box.right = right + more
    box.bottom = bottom + more
  }
  switch (mark.kind) {
    case 'rect':
      around(mark.x, mark.y, mark.x + mark.w, mark.y + mark.h, (mark.strokeWidth ?? 0) / 2 + 1)
      return
    case 'line': {
      const { x1, y1, x2, y2, width, arrow, bend = 0 } = mark
      const more = width + (arrow ? 8 : 0) + Math.abs(bend)
      around(Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2), more)
      return
    }
    case 'text': {
      const { x, y, text, size, align, bold, mono } = mark
      const w = estimateWidth(text, size, bold ?? false) * (mono ? 1.1 : 1)
      const left = align === 'end' ? x - w : align === 'middle' ? x - w / 2 : x
      around(left, y - size, left + w, y + size * 0.3, mark.halo === undefined ? 0.5 : 2)
      return
    }
    case 'symbol':
      around(mark.x, mark.y, mark.x, mark.y, mark.size / 2 + 1)
      return
    case 'path': {
      let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
      for (let at = 0; at + 1 < mark.points.length; at += 2) {
        left = Math.min(left, mark.points[at]!)
        right = Math.max(right, mark.points[at]!)
        top = Math.min(top, mark.points[at + 1]!)
        bottom = Math.max(bottom, mark.points[at + 1]!)
      }
      around(left, top, right, bottom, mark.width ?? 1)
    }
  }
}

const inset = ({ left, top, right, bottom }: PixelBox, by: number): PixelBox => ({
  left: left + by,
  top: top + by,
  right: right - by,
  bottom: bottom - by,
})
