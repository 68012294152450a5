import { cutMiddle, oneLine } from './measure.ts'
import type { Mark } from './scene.ts'

/** A text that wants to be drawn between two x's; it is cut in the middle to fit, and left out where another lies. */
export interface LabelWish {
  readonly text: string
  readonly x: number
  /** Width it may take, px. */
  readonly maxPx: number
  /** Baseline. */
  readonly y: number
  readonly size: number
  readonly fill: string
  readonly bold?: boolean
  readonly mono?: boolean
  readonly halo?: string
  readonly align?: 'start' | 'middle' | 'end'
  /** Higher goes first. */
  readonly priority?: number
  /** Not cut: drawn whole or not at all. */
  readonly whole?: boolean
}

export interface Box {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

type Measure = (text: string, sizePx: number, bold: boolean) => number

const CELL_PX = 24
const MAX_WISHES = 4000

/** Collects labels, then places them by priority so that no two overlap. */
export class LabelPlacer {
  readonly #measure: Measure
  readonly #wishes: LabelWish[] = []
  readonly #taken = new Map<number, Box[]>()

  constructor(measure: Measure) {
    this.#measure = measure
  }

  add(wish: LabelWish): void {
    if (wish.text !== '' && wish.maxPx >= 14) this.#wishes.push(wish)
  }

  /** Keeps labels away from a box drawn by somebody else. */
  block(box: Box): void {
    for (const cell of cells(box)) {
      const boxes = this.#taken.get(cell)
      if (boxes) boxes.push(box)
      else this.#taken.set(cell, [box])
    }
  }

  /** Forgets all wishes and boxes. */
  clear(): void {
    this.#wishes.length = 0
    this.#taken.clear()
  }

  isFree(box: Box): boolean {
    for (const cell of cells(box)) {
      if (this.#taken.get(cell)?.some(other => overlaps(box, other))) return false
    }
    return true
  }

  place(): Mark[] {
    const marks: Mark[] = []
    const wishes = this.#wishes.sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0)).slice(0, MAX_WISHES)
    for (const wish of wishes) {
      const bold = wish.bold ?? false
      // Monospace letters are wider than the estimate's average.
      const stretch = wish.mono ? 1.1 : 1
      const width = (text: string): number => this.#measure(text, wish.size, bold) * stretch
      const whole = oneLine(wish.text)
      const text = wish.whole
        ? width(whole) <= wish.maxPx
          ? whole
          : ''
        : cutMiddle(whole, wish.maxPx, width)
      if (text === '') continue
      const box = boxOf(wish, width(text))
      if (!this.isFree(box)) continue
      this.block(box)
      marks.push({
        kind: 'text',
        x: wish.x,
        y: wish.y,
        text,
        size: wish.size,
        fill: wish.fill,
        ...(bold && { bold }),
        ...(wish.mono && { mono: true }),
        ...(wish.halo !== undefined && { halo: wish.halo }),
        ...(wish.align !== undefined && { align: wish.align }),
      })
    }
    return marks
  }
}

function boxOf({ x, y, size, align }: LabelWish, w: number): Box {
  const left = align === 'end' ? x - w : align === 'middle' ? x - w / 2 : x
  return { x: left, y: y - size * 0.8, w, h: size }
}

export const overlaps = (a: Box, b: Box): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h

function* cells({ x, y, w, h }: Box): Generator<number> {
  const wideCell = CELL_PX * 8
  for (let row = Math.floor(y / CELL_PX); row <= Math.floor((y + h) / CELL_PX); row++) {
    for (let column = Math.floor(x / wideCell); column <= Math.floor((x + w) / wideCell); column++) {
      yield row * 100_003 + column
    }
  }
}
