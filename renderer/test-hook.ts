/** `window.__interleave`: what end-to-end tests wait for and look at, instead of sleeping and guessing. */
import type { Hit, ItemRef } from '../src/core/scene/scene.ts'
import type { App } from './state/app.ts'
import type { Range } from './state/selection.ts'
import { lanesNow } from './state/shown.ts'

export interface TestHook {
  /** Resolves when no load, frame or save is under way. */
  readonly idle: () => Promise<void>
  readonly view: () => ViewForTests
  /** What can be pointed at on the lanes, px of their canvas. */
  readonly hits: () => readonly Hit[]
}

export const testHook = (app: App): TestHook => ({
  idle: app.pending.idle,
  view: () => viewForTests(app),
  hits: () => app.surface.hits,
})

/** What is looked at: what a test checks after a key or a gesture. */
interface ViewForTests {
  readonly startNs: number
  readonly endNs: number
  readonly scrollPx: number
  readonly playheadNs: number
  readonly playing: boolean
  readonly selected: ItemRef | null
  readonly range: Range | null
  readonly finding: string
  readonly lanes: readonly string[]
  readonly collapsed: readonly string[]
  readonly opened: readonly string[]
}

function viewForTests(app: App): ViewForTests {
  const { startNs, endNs, scrollPx, playheadNs, playing, collapsed, opened } = app.view.getState()
  const { selected, range, finding } = app.selection.getState()
  const lanes = lanesNow(app).map(lane => lane.id)
  return {
    startNs,
    endNs,
    scrollPx,
    playheadNs,
    playing,
    selected,
    range,
    finding,
    lanes,
    collapsed: [...collapsed],
    opened: [...opened],
  }
}
