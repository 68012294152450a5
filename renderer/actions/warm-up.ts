import { laneIndexSteps } from '../../src/core/lanes/mipmap.ts'
import { densityOf } from '../../src/core/scene/overview.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { laneOfTask, taskLabel } from '../state/lookup.ts'

/** What the first picture of a session needs, computed once and remembered: with pauses now rather than in one frame later. */
export function* warmUp(session: Session): Generator<void, true> {
  for (const lane of session.lanes) yield* laneIndexSteps(lane)
  densityOf(session)
  yield
  laneOfTask(session)
  yield
  taskLabel(session, 0)
  return true
}
