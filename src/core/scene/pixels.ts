/** A part of the buffer in device pixels: `left` and `top` belong to it, `right` and `bottom` do not. */
export interface PixelBox {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** How much of a colour each pixel takes, 0…1, repeated in both directions from the buffer's corner. */
export interface PixelTile {
  readonly sidePx: number
  readonly cover: Float32Array
}

/**
 * An opaque picture as pixels, red, green, blue and alpha by bytes. Coordinates are device pixels and may be fractions: a pixel
 * that is covered in part takes a part of the colour. Colours are words as they lie in memory, made by `pixelColour`.
 */
export class Pixels {
  readonly widthPx: number
  readonly heightPx: number
  readonly bytes: Uint8ClampedArray<ArrayBuffer>
  readonly #words: Int32Array
  clip: PixelBox

  constructor(widthPx: number, heightPx: number) {
    this.widthPx = widthPx
    this.heightPx = heightPx
    this.#words = new Int32Array(widthPx * heightPx)
    this.bytes = new Uint8ClampedArray(this.#words.buffer as ArrayBuffer)
    this.clip = this.whole
  }

  get whole(): PixelBox {
    return { left: 0, top: 0, right: this.widthPx, bottom: this.heightPx }
  }

  clear(colour: number): void {
    this.#words.fill(colour)
  }

  /** The part of a rectangle that lies inside the clip. */
  area(
    { left, top, right, bottom }: PixelBox,
    colour: number,
    alpha: number,
    tile: PixelTile | null = null,
  ): void {
    const fromY = Math.max(this.clip.top, Math.floor(top))
    const toY = Math.min(this.clip.bottom, Math.ceil(bottom))
    const fromX = Math.max(this.clip.left, Math.floor(left))
    const toX = Math.min(this.clip.right, Math.ceil(right))
    // A column that is covered in part, at each side.
    const wholeFrom = left > fromX ? Math.min(toX, fromX + 1) : fromX
    const wholeTo = right < toX ? Math.max(wholeFrom, toX - 1) : toX
    const onPixels = wholeFrom === fromX && wholeTo === toX && top <= fromY && bottom >= toY
    if (onPixels && alpha === 1 && !tile) {
      this.#cover(fromX, fromY, toX, toY, colour)
      return
    }
    for (let y = fromY; y < toY; y++) {
      const cover = alpha * (Math.min(bottom, y + 1) - Math.max(top, y))
      const row = y * this.widthPx
      if (tile) {
        const tileRow = (y % tile.sidePx) * tile.sidePx
        let tileX = fromX % tile.sidePx
        for (let x = fromX; x < toX; x++) {
          const here = tile.cover[tileRow + tileX]!
          if (here > 0) this.#blend(row + x, colour, cover * here * overlap(left, right, x))
          if (++tileX === tile.sidePx) tileX = 0
        }
        continue
      }
      if (wholeFrom > fromX) this.#blend(row + fromX, colour, cover * overlap(left, right, fromX))
      if (cover < 1) for (let x = wholeFrom; x < wholeTo; x++) this.#blend(row + x, colour, cover)
      else this.#cover(wholeFrom, y, wholeTo, y + 1, colour)
      if (wholeTo < toX) this.#blend(row + wholeTo, colour, cover * overlap(left, right, wholeTo))
    }
  }

  /** Whole pixels, all of the colour: what nearly all marks come to. */
  #cover(fromX: number, fromY: number, toX: number, toY: number, colour: number): void {
    const words = this.#words
    for (let y = fromY; y < toY; y++) {
      const end = y * this.widthPx + toX
      let at = end - toX + fromX
      // A call of its own pays from some length on.
      if (toX - fromX > 24) words.fill(colour, at, end)
      else while (at < end) words[at++] = colour
    }
  }

  /** The frame of a rectangle, inside its edges. */
  frame({ left, top, right, bottom }: PixelBox, width: number, colour: number, alpha: number): void {
    const innerTop = Math.min(bottom, top + width)
    const innerBottom = Math.max(innerTop, bottom - width)
    const innerLeft = Math.min(right, left + width)
    const innerRight = Math.max(innerLeft, right - width)
    this.area({ left, top, right, bottom: innerTop }, colour, alpha)
    this.area({ left, top: innerTop, right: innerLeft, bottom: innerBottom }, colour, alpha)
    this.area({ left: innerRight, top: innerTop, right, bottom: innerBottom }, colour, alpha)
    this.area({ left, top: innerBottom, right, bottom }, colour, alpha)
  }

  /** A disc; with an inner radius above 0, a ring. */
  disc(x: number, y: number, radius: number, colour: number, innerRadius = 0): void {
    const { clip } = this
    const toY = Math.min(clip.bottom, Math.ceil(y + radius + 0.5))
    const toX = Math.min(clip.right, Math.ceil(x + radius + 0.5))
    const fromX = Math.max(clip.left, Math.floor(x - radius - 0.5))
    const beyond = (radius + 0.5) ** 2
    for (let py = Math.max(clip.top, Math.floor(y - radius - 0.5)); py < toY; py++) {
      for (let px = fromX; px < toX; px++) {
        const squared = (px + 0.5 - x) ** 2 + (py + 0.5 - y) ** 2
        if (squared >= beyond) continue
        const distance = Math.sqrt(squared)
        const outside = Math.max(0, distance - radius + 0.5)
        const inside = innerRadius > 0 ? Math.max(0, innerRadius - distance + 0.5) : 0
        if (outside + inside < 1) this.#blend(py * this.widthPx + px, colour, 1 - outside - inside)
      }
    }
  }

  /** Draws what `draw` draws in a box, with the box's corners rounded off. */
  rounded({ left, top, right, bottom }: PixelBox, radius: number, draw: () => void): void {
    const reach = Math.ceil(radius)
    const places: number[] = []
    const under: number[] = []
    const covers: number[] = []
    for (let dy = 0; dy < reach; dy++) {
      for (let dx = 0; dx < reach; dx++) {
        const outside = Math.hypot(radius - dx - 0.5, radius - dy - 0.5) - radius + 0.5
        if (outside <= 0) continue
        for (const x of [left + dx, right - 1 - dx]) {
          for (const y of [top + dy, bottom - 1 - dy]) {
            const place = y * this.widthPx + x
            if (x < 0 || x >= this.widthPx || y < 0 || y >= this.heightPx) continue
            places.push(place)
            under.push(this.#words[place]!)
            covers.push(Math.min(1, outside))
          }
        }
      }
    }
    draw()
    for (const [at, place] of places.entries()) this.#blend(place, under[at]!, covers[at]!)
  }

  /** Red and blue are mixed in one product, green in another; what runs over is cut off. */
  #blend(at: number, colour: number, cover: number): void {
    const part = (cover * 256 + 0.5) | 0
    const under = this.#words[at]!
    const redBlue = (Math.imul((colour & 0xff00ff) - (under & 0xff00ff), part) >>> 8) + (under & 0xff00ff)
    const green = (Math.imul((colour & 0xff00) - (under & 0xff00), part) >> 8) + (under & 0xff00)
    this.#words[at] = (redBlue & 0xff00ff) | (green & 0xff00) | 0xff000000
  }
}

/** How much of the pixel from `x` on lies between two edges. */
const overlap = (left: number, right: number, x: number): number => Math.min(right, x + 1) - Math.max(left, x)

const colours = new Map<string, number>()

/** The word of `#rrggbb` as all machines that browsers run on store it, lowest byte first; NaN for anything else. */
export function pixelColour(css: string): number {
  let word = colours.get(css)
  if (word === undefined) {
    const rgb = /^#[0-9a-f]{6}$/i.test(css) ? Number.parseInt(css.slice(1), 16) : Number.NaN
    word = Number.isNaN(rgb) ? rgb : ((rgb & 0xff) << 16) | (rgb & 0xff00) | (rgb >> 16) | 0xff000000
    colours.set(css, word)
  }
  return word
}
