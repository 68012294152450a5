import type { Context2d, MakeTile } from './context-2d.ts'
import { hatchLines, PatternTiles } from './pattern-tiles.ts'
import type { Mark, Painter, Picture } from './scene.ts'
import { symbolPath } from './symbols.ts'
import { fonts } from './theme.ts'

type RectMark = Extract<Mark, { kind: 'rect' }>
type LineMark = Extract<Mark, { kind: 'line' }>
type TextMark = Extract<Mark, { kind: 'text' }>
type PathMark = Extract<Mark, { kind: 'path' }>
type SymbolMark = Extract<Mark, { kind: 'symbol' }>

const alignments = { start: 'left', middle: 'center', end: 'right' }
export const DASH: readonly number[] = [4, 3]

/** CSS font of a text mark. */
export const fontOf = (sizePx: number, bold: boolean, mono: boolean): string =>
  `${bold ? 600 : 400} ${sizePx}px ${mono ? fonts.mono : fonts.sans}`

/**
 * Draws scenes on a 2D canvas. `dpr` is device pixels per logical pixel; axis-aligned edges are snapped to device
 * pixels, so they are crisp at any ratio.
 */
export class CanvasPainter implements Painter {
  readonly #context: Context2d
  readonly #dpr: number
  readonly #tiles: PatternTiles
  #font = ''

  constructor(context: Context2d, dpr: number, makeTile: MakeTile) {
    this.#context = context
    this.#dpr = dpr
    this.#tiles = new PatternTiles(context, dpr, makeTile)
  }

  paint({ background, widthPx, heightPx, marks }: Picture): void {
    const ground = { x: 0, y: 0, w: widthPx, h: heightPx, fill: background } as const
    this.paintOver([{ kind: 'rect', pattern: 'solid', ...ground }])
    this.paintOver(marks)
  }

  /** Marks over what is there already. */
  paintOver(marks: readonly Mark[]): void {
    this.#context.setTransform(this.#dpr, 0, 0, this.#dpr, 0, 0)
    this.#font = ''
    for (const mark of marks) this.#draw(mark)
  }

  #draw(mark: Mark): void {
    const context = this.#context
    switch (mark.kind) {
      case 'rect':
        this.#rect(mark)
        return
      case 'line':
        this.#line(mark)
        return
      case 'text':
        this.#text(mark)
        return
      case 'path':
        this.#path(mark)
        return
      case 'symbol':
        this.#symbol(mark)
        return
      case 'clip':
        context.save()
        context.beginPath()
        context.rect(mark.x, mark.y, mark.w, mark.h)
        context.clip()
        return
      case 'unclip':
        // What was set inside the clip is forgotten with it.
        this.#font = ''
        context.restore()
        return
    }
  }

  #snap(value: number): number {
    return Math.round(value * this.#dpr) / this.#dpr
  }

  #rect(mark: RectMark): void {
    const context = this.#context
    context.globalAlpha = mark.alpha ?? 1
    const lineWidth = mark.stroke === undefined ? 0 : (mark.strokeWidth ?? 0)
    // Outer edges lie on whole device pixels, those of an outline too: crisp, and cheaper than blurred ones.
    const half = lineWidth / 2
    const x = this.#snap(mark.x - half) + half
    const y = this.#snap(mark.y - half) + half
    const w = Math.max(1 / this.#dpr, this.#snap(mark.x + mark.w + half) - half - x)
    const h = Math.max(1 / this.#dpr, this.#snap(mark.y + mark.h + half) - half - y)
    if (mark.pattern !== 'none') this.#fillRect(mark, x, y, w, h)
    if (lineWidth > 0) {
      context.strokeStyle = mark.stroke
      context.lineWidth = lineWidth
      if (mark.dashed) context.setLineDash([...DASH])
      if (isRound(mark.radius, w)) {
        this.#shape(x, y, w, h, mark.radius)
        context.stroke()
      } else context.strokeRect(x, y, w, h)
      if (mark.dashed) context.setLineDash([])
    }
    context.globalAlpha = 1
  }

  #fillRect(
    { pattern, fill, radius = 0, alpha = 1 }: RectMark,
    x: number,
    y: number,
    w: number,
    h: number,
  ): void {
    const context = this.#context
    if (pattern === 'hatch' || pattern === 'cross') {
      context.globalAlpha = alpha * hatchLines[pattern].tint
      context.fillStyle = fill
      this.#area(x, y, w, h, radius)
      context.globalAlpha = alpha * hatchLines[pattern].strength
      context.fillStyle = this.#tiles.get(pattern, fill)
    } else if (pattern === 'fade') {
      const gradient = context.createLinearGradient(x, 0, x + w, 0)
      gradient.addColorStop(0, `${fill}00`)
      gradient.addColorStop(0.8, fill)
      context.fillStyle = gradient
    } else {
      if (pattern === 'light') context.globalAlpha = alpha * 0.4
      context.fillStyle = fill
    }
    this.#area(x, y, w, h, radius)
    context.globalAlpha = alpha
  }

  #area(x: number, y: number, w: number, h: number, radius: number): void {
    if (!isRound(radius, w)) {
      this.#context.fillRect(x, y, w, h)
      return
    }
    this.#shape(x, y, w, h, radius)
    this.#context.fill()
  }

  #shape(x: number, y: number, w: number, h: number, radius: number): void {
    const context = this.#context
    const r = Math.min(radius, w / 2, h / 2)
    context.beginPath()
    context.moveTo(x + r, y)
    context.arcTo(x + w, y, x + w, y + h, r)
    context.arcTo(x + w, y + h, x, y + h, r)
    context.arcTo(x, y + h, x, y, r)
    context.arcTo(x, y, x + w, y, r)
    context.closePath()
  }

  #line(mark: LineMark): void {
    const context = this.#context
    context.globalAlpha = mark.alpha ?? 1
    context.strokeStyle = mark.stroke
    context.lineWidth = mark.width
    if (mark.dashed) context.setLineDash([...DASH])
    const { x1, y1, x2, y2 } = mark.bend ? mark : this.#crisp(mark)
    const control = controlPoint(mark)
    const angle = Math.atan2(y2 - control.y, x2 - control.x)
    const head = mark.arrow ? 5 + mark.width : 0
    context.beginPath()
    context.moveTo(x1, y1)
    const endX = x2 - Math.cos(angle) * head * 0.8
    const endY = y2 - Math.sin(angle) * head * 0.8
    if (mark.bend) context.quadraticCurveTo(control.x, control.y, endX, endY)
    else context.lineTo(endX, endY)
    context.stroke()
    if (mark.dashed) context.setLineDash([])
    if (head > 0) {
      context.fillStyle = mark.stroke
      context.beginPath()
      for (const [step, [x, y]] of arrowHead(x2, y2, angle, head).entries()) {
        if (step === 0) context.moveTo(x, y)
        else context.lineTo(x, y)
      }
      context.closePath()
      context.fill()
    }
    context.globalAlpha = 1
  }

  /** Thin straight lines lie on whole device pixels. */
  #crisp({ x1, y1, x2, y2, width }: LineMark): { x1: number; y1: number; x2: number; y2: number } {
    const odd = Math.round(width * this.#dpr) % 2 === 1
    const snap = (value: number): number =>
      (Math.round(value * this.#dpr - (odd ? 0.5 : 0)) + (odd ? 0.5 : 0)) / this.#dpr
    if (x1 === x2) return { x1: snap(x1), y1, x2: snap(x2), y2 }
    if (y1 === y2) return { x1, y1: snap(y1), x2, y2: snap(y2) }
    return { x1, y1, x2, y2 }
  }

  #text(mark: TextMark): void {
    const context = this.#context
    const font = fontOf(mark.size, mark.bold ?? false, mark.mono ?? false)
    if (font !== this.#font) {
      context.font = font
      this.#font = font
    }
    context.textAlign = alignments[mark.align ?? 'start']
    context.textBaseline = 'alphabetic'
    if (mark.halo !== undefined) {
      context.strokeStyle = mark.halo
      context.lineWidth = 3
      context.lineJoin = 'round'
      context.strokeText(mark.text, mark.x, mark.y)
    }
    context.fillStyle = mark.fill
    context.fillText(mark.text, mark.x, mark.y)
  }

  #path({ points, fill, stroke, width, alpha, dashed }: PathMark): void {
    const context = this.#context
    if (points.length < 4) return
    context.globalAlpha = alpha ?? 1
    context.beginPath()
    context.moveTo(points[0]!, points[1]!)
    for (let at = 2; at < points.length; at += 2) context.lineTo(points[at]!, points[at + 1]!)
    if (fill !== undefined) {
      context.fillStyle = fill
      context.fill()
    }
    if (stroke !== undefined) {
      context.strokeStyle = stroke
      context.lineWidth = width ?? 1
      if (dashed) context.setLineDash([...DASH])
      context.stroke()
      if (dashed) context.setLineDash([])
    }
    context.globalAlpha = 1
  }

  #symbol({ symbol, x, y, size, fill, stroke }: SymbolMark): void {
    const context = this.#context
    for (const part of symbolPath(symbol, x, y, size, fill, stroke)) {
      context.beginPath()
      if (part.circle) context.arc(part.circle.x, part.circle.y, part.circle.r, 0, Math.PI * 2)
      else {
        part.points.forEach(([px, py], at) => {
          if (at === 0) context.moveTo(px, py)
          else context.lineTo(px, py)
        })
        if (part.closed) context.closePath()
      }
      if (part.fill !== 'none') {
        context.fillStyle = part.fill
        context.fill()
      }
      if (part.stroke !== 'none') {
        context.strokeStyle = part.stroke
        context.lineWidth = part.width
        context.stroke()
      }
    }
  }
}

/** Corners of a rectangle this narrow would not be seen, and a path costs many times a rectangle. */
export const isRound = (radius: number | undefined, w: number): radius is number =>
  radius !== undefined && radius > 0 && w >= 20

/** Control point of a bent line: sideways of its middle; the start for a straight one. */
export function controlPoint({ x1, y1, x2, y2, bend }: LineMark): { x: number; y: number } {
  if (!bend) return { x: x1, y: y1 }
  const length = Math.hypot(x2 - x1, y2 - y1) || 1
  return { x: (x1 + x2) / 2 + ((y2 - y1) / length) * bend, y: (y1 + y2) / 2 - ((x2 - x1) / length) * bend }
}

/** Corners of an arrow head with its tip at x, y. */
export function arrowHead(x: number, y: number, angle: number, size: number): [number, number][] {
  const back = (turn: number): [number, number] => [
    x - Math.cos(angle + turn) * size,
    y - Math.sin(angle + turn) * size,
  ]
  return [[x, y], back(0.45), back(-0.45)]
}
