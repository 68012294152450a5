import { laneIndexSteps } from '../../src/core/lanes/mipmap.ts'
import { buildScene } from '../../src/core/scene/build-scene.ts'
import { noFolds } from '../../src/core/scene/geometry.ts'
import { densityOf } from '../../src/core/scene/overview.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { laneOfTask, taskLabel } from '../state/lookup.ts'
import { defaultSettings } from '../state/settings.ts'
import { measureText } from '../timeline/measure-text.ts'
import { fitAll } from '../timeline/viewport.ts'

/** What the first picture of a session needs, computed once and remembered: with pauses now rather than in one frame later. */
export function* warmUp(session: Session): Generator<void, true> {
  yield
  for (const lane of session.lanes) yield* laneIndexSteps(lane)
  densityOf(session)
  yield
  laneOfTask(session)
  yield
  taskLabel(session, 0)
  // The first scene is slow, as all code is that never ran: a low one, then a higher one, and the whole one is quick.
  for (const heightPx of [120, 400]) {
    yield
    drawNowhere(session, heightPx)
  }
  return true
}

function drawNowhere(session: Session, heightPx: number): void {
  const { gutterPx, timeDisplay } = defaultSettings
  buildScene({
    session,
    lanes: session.lanes,
    ...noFolds,
    viewport: { ...fitAll(session.store.durationNs), widthPx: 800, heightPx, gutterPx, scrollPx: 0 },
    highlights: { finding: '', selected: null, hovered: null, playheadNs: -1, range: null },
    notes: [],
    theme: 'light',
    timeDisplay,
    measure: measureText,
  })
}
