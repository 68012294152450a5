import { childLanes } from '../lanes/child-lanes.ts'
import type { Lane } from '../lanes/lane.ts'
import { plural } from '../report/quantity.ts'
import { deepLevels } from './geometry.ts'

/** What opening a lane brings to light: `3 child tasks, 2 deeper levels`; `''` when there is nothing more. */
export function nestedText(all: readonly Lane[], lane: Lane): string {
  const tasks = childLanes(all).get(lane.id)?.length ?? 0
  const levels = deepLevels(lane)
  return [tasks > 0 ? plural(tasks, 'child task') : '', levels > 0 ? plural(levels, 'deeper level') : '']
    .filter(Boolean)
    .join(', ')
}
