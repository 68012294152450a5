import { laneIndexSteps } from '../../src/core/lanes/mipmap.ts'
import { buildScene } from '../../src/core/scene/build-scene.ts'
import { noFolds, stackLanes } from '../../src/core/scene/geometry.ts'
import type { Scene, Session } from '../../src/core/scene/scene.ts'
import { defaultSettings } from '../state/settings.ts'
import { screenPainter } from '../timeline/canvas.ts'
import { measureText } from '../timeline/measure-text.ts'
import { fitAll } from '../timeline/viewport.ts'

/** What the first picture of a session needs, computed once and remembered: with pauses now rather than in one frame later. */
export function* warmUp(session: Session): Generator<void, true> {
  yield
  for (const lane of session.lanes) yield* laneIndexSteps(lane)
  stackLanes(session.lanes, noFolds)
  yield
  for (const bold of [false, true]) measureText('0', 11, bold)
  yield
  // The first picture is slow, as all code is that never ran and letters that were never drawn: low ones before it, and
  // the whole one is quick.
  const canvas = document.createElement('canvas')
  const paint = screenPainter(canvas)
  for (const heightPx of [40, 100, 200, 320, 480, 640, 800]) {
    yield
    const scene = sceneOf(session, heightPx)
    yield
    paint(scene)
    // Asking for a pixel has the canvas carry out what it was told.
    canvas.getContext('2d')?.getImageData(0, 0, 1, 1)
  }
  return true
}

function sceneOf(session: Session, heightPx: number): Scene {
  const { gutterPx, timeDisplay } = defaultSettings
  const finding = session.analysis.findings[0]?.id ?? ''
  return buildScene({
    session,
    lanes: session.lanes,
    ...noFolds,
    viewport: { ...fitAll(session.store.durationNs), widthPx: 960, heightPx, gutterPx, scrollPx: 0 },
    highlights: { finding, selected: null, hovered: null, playheadNs: 0, range: null },
    notes: [],
    theme: 'light',
    timeDisplay,
    measure: measureText,
  })
}
