import type { Context2d, MakeTile } from './context-2d.ts'

/** Geometry of the line patterns, shared with SVG: tile size and line width in px, opacity of the ground's tint
 * and of the lines (names are written over them). */
export const hatchLines = {
  hatch: { tile: 7, width: 1.5, tint: 0.1, strength: 0.5 },
  cross: { tile: 9, width: 1.1, tint: 0.08, strength: 0.55 },
} as const

/** Pattern tiles by pattern and colour, made once per surface. */
export class PatternTiles {
  readonly #context: Context2d
  readonly #dpr: number
  readonly #make: MakeTile
  readonly #cache = new Map<string, unknown>()

  constructor(context: Context2d, dpr: number, make: MakeTile) {
    this.#context = context
    this.#dpr = dpr
    this.#make = make
  }

  /** A fill style. Falls back to the plain colour where a surface makes no patterns. */
  get(pattern: 'hatch' | 'cross', colour: string): unknown {
    const key = `${pattern} ${colour}`
    if (!this.#cache.has(key)) this.#cache.set(key, this.#draw(pattern, colour) ?? colour)
    return this.#cache.get(key)
  }

  #draw(pattern: 'hatch' | 'cross', colour: string): unknown {
    const { tile, width } = hatchLines[pattern]
    // Whole device pixels, or the seams show.
    const side = Math.max(4, Math.round(tile * this.#dpr))
    const { image, context } = this.#make(side, side)
    context.strokeStyle = colour
    context.lineWidth = width * this.#dpr
    context.beginPath()
    // Twice beyond the corners, so that lines go on from tile to tile.
    for (const shift of [-side, 0, side]) {
      context.moveTo(shift - 2, side + 2)
      context.lineTo(shift + side + 2, -2)
      if (pattern === 'cross') {
        context.moveTo(shift - 2, -2)
        context.lineTo(shift + side + 2, side + 2)
      }
    }
    context.stroke()
    const made = this.#context.createPattern(image as never, 'repeat')
    scaleDown(made, 1 / this.#dpr)
    return made
  }
}

/** Tiles are in device pixels, the painter's space in logical ones. */
function scaleDown(pattern: unknown, scale: number): void {
  const withTransform = pattern as { setTransform?: (matrix: unknown) => void } | null
  withTransform?.setTransform?.({ a: scale, b: 0, c: 0, d: scale, e: 0, f: 0 })
}
