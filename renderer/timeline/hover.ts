import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Hit } from '../../src/core/scene/scene.ts'

/** What the pointer is over, for the tooltip and the hair line. Positions in px of the lanes' surface. */
export interface HoverState {
  readonly target: Hit['target'] | null
  readonly xPx: number
  readonly yPx: number
  readonly inside: boolean
}

export const nothingHovered: HoverState = { target: null, xPx: 0, yPx: 0, inside: false }

export const createHoverStore = (): StoreApi<HoverState> => createStore<HoverState>(() => nothingHovered)

/** The topmost thing at a point. Thin things are easier to meet than they are wide: `slackPx` on each side. */
export function hitAt(hits: readonly Hit[], xPx: number, yPx: number, slackPx = 2): Hit | null {
  let near: Hit | null = null
  for (let at = hits.length - 1; at >= 0; at--) {
    const hit = hits[at]!
    if (yPx < hit.y || yPx > hit.y + hit.h) continue
    if (xPx >= hit.x && xPx <= hit.x + hit.w) return hit
    if (!near && xPx >= hit.x - slackPx && xPx <= hit.x + hit.w + slackPx) near = hit
  }
  return near
}
