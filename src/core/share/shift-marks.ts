import type { Hit, Mark } from '../scene/scene.ts'

/** The same marks elsewhere. */
export function shiftMark(mark: Mark, dx: number, dy: number): Mark {
  switch (mark.kind) {
    case 'line':
      return { ...mark, x1: mark.x1 + dx, y1: mark.y1 + dy, x2: mark.x2 + dx, y2: mark.y2 + dy }
    case 'path':
      return { ...mark, points: mark.points.map((value, at) => value + (at % 2 === 0 ? dx : dy)) }
    case 'unclip':
      return mark
    default:
      return { ...mark, x: mark.x + dx, y: mark.y + dy }
  }
}

export const shiftHit = (hit: Hit, dx: number, dy: number): Hit => ({ ...hit, x: hit.x + dx, y: hit.y + dy })
