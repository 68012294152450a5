import type { Mark } from './scene.ts'

type SymbolName = Extract<Mark, { kind: 'symbol' }>['symbol']

/** A piece of a symbol: a circle or a line through points. Colours may be `none`. */
export interface SymbolPart {
  readonly circle?: { readonly x: number; readonly y: number; readonly r: number }
  readonly points: readonly (readonly [number, number])[]
  readonly closed: boolean
  readonly fill: string
  readonly stroke: string
  readonly width: number
}

/** Shapes of a symbol centred on x, y, the same for every painter. */
export function symbolPath(
  symbol: SymbolName,
  x: number,
  y: number,
  size: number,
  fill: string,
  stroke = 'none',
): SymbolPart[] {
  const r = size / 2
  const disc = (radius: number, width: number): SymbolPart => ({
    circle: { x, y, r: radius },
    points: [],
    closed: true,
    fill,
    stroke,
    width,
  })
  const shape = (points: [number, number][], tone: string, line = 'none', width = 1): SymbolPart => ({
    points: points.map(([px, py]) => [x + px * r, y + py * r] as const),
    closed: tone !== 'none',
    fill: tone,
    stroke: line,
    width,
  })
  switch (symbol) {
    case 'read':
      return [disc(r - 0.75, 1.5)]
    case 'write':
      return [disc(r, 0)].map(part => ({ ...part, stroke: 'none' }))
    case 'note':
      return [{ ...disc(r, 1), stroke: 'none' }]
    case 'error':
      return [
        { ...disc(r, 1), stroke: 'none' },
        shape(
          [
            [0, -0.55],
            [0, 0.12],
          ],
          'none',
          stroke === 'none' ? '#ffffff' : stroke,
          size * 0.15,
        ),
        shape(
          [
            [0, 0.42],
            [0, 0.56],
          ],
          'none',
          stroke === 'none' ? '#ffffff' : stroke,
          size * 0.15,
        ),
      ]
    case 'flag':
      return [
        shape(
          [
            [-0.6, -1],
            [-0.6, 1],
          ],
          'none',
          fill,
          1.5,
        ),
        shape(
          [
            [-0.6, -1],
            [0.9, -0.55],
            [-0.6, -0.1],
          ],
          fill,
        ),
      ]
    case 'pin':
      return [
        shape(
          [
            [0, 1],
            [-0.7, -0.3],
            [0, -1],
            [0.7, -0.3],
          ],
          fill,
        ),
      ]
  }
}
