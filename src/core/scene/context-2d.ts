/** The part of `CanvasRenderingContext2D` that painting needs: a browser's canvas and @napi-rs/canvas both have it. */
export interface Context2d {
  fillStyle: unknown
  strokeStyle: unknown
  lineWidth: number
  globalAlpha: number
  font: string
  textAlign: string
  textBaseline: string
  lineJoin: string
  save(): void
  restore(): void
  beginPath(): void
  closePath(): void
  moveTo(x: number, y: number): void
  lineTo(x: number, y: number): void
  quadraticCurveTo(cx: number, cy: number, x: number, y: number): void
  arc(x: number, y: number, radius: number, from: number, to: number): void
  arcTo(x1: number, y1: number, x2: number, y2: number, radius: number): void
  rect(x: number, y: number, w: number, h: number): void
  fill(): void
  stroke(): void
  clip(): void
  fillRect(x: number, y: number, w: number, h: number): void
  strokeRect(x: number, y: number, w: number, h: number): void
  fillText(text: string, x: number, y: number): void
  strokeText(text: string, x: number, y: number): void
  setLineDash(segments: number[]): void
  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void
  createLinearGradient(x0: number, y0: number, x1: number, y1: number): GradientLike
  createPattern(image: never, repetition: string): unknown
  measureText(text: string): { readonly width: number }
}

interface GradientLike {
  addColorStop(offset: number, colour: string): void
}

/** A small canvas for pattern tiles, made by whoever owns the surface. */
export interface TileCanvas {
  /** What `createPattern` takes. */
  readonly image: unknown
  readonly context: Context2d
}

export type MakeTile = (widthPx: number, heightPx: number) => TileCanvas
