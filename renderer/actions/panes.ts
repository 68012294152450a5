import type { App } from '../state/app.ts'

/** Below this width two side panes leave no room for the lanes: unfolding one folds the other. */
const NARROW_PX = 900

/** Folds a side pane away, or unfolds it. */
export function togglePane(app: App, side: 'left' | 'right'): void {
  const pane = app.panes[side]
  if (!pane) return
  if (!pane.isCollapsed()) {
    pane.collapse()
    return
  }
  const other = app.panes[side === 'left' ? 'right' : 'left']
  if (globalThis.innerWidth < NARROW_PX && other && !other.isCollapsed()) other.collapse()
  pane.expand()
}
