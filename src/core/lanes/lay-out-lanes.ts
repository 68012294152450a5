import type { Model } from '../convention/model.ts'
import type { Analysis } from '../detect/finding.ts'
import type { Store } from '../store/store.ts'
import { withParents } from './child-lanes.ts'
import type { LaneContext } from './context.ts'
import { gaugeLanes } from './gauge-lanes.ts'
import { involvedIn } from './involved.ts'
import type { Lane } from './lane.ts'
import { loopLanes } from './loop-lanes.ts'
import { marksLane } from './marks-lane.ts'
import { queueLanes } from './queue-lanes.ts'
import { resourceLanes } from './resource-lanes.ts'
import { spanLanes } from './span-lanes.ts'
import { stateLanes } from './state-lanes.ts'
import { taskLanes } from './task-lanes.ts'
import { timerLanes } from './timer-lanes.ts'

/**
 * All lanes of a trace, top to bottom: loops, resources, queues, metrics, state keys, timers that a finding tells of, tasks by service and
 * operation, spans without a task, other timers, marks. Inside a group, lanes that findings are about come first. Ids are made of names, so they are
 * the same after a re-import. O(n log n) in spans.
 */
export function layOutLanes(store: Store, model: Model, analysis: Analysis): Lane[] {
  const context: LaneContext = {
    store,
    model,
    involved: involvedIn(model, analysis),
  }
  const timers = timerLanes(context)
  // Ticks come before the tasks only when a finding tells of them; there may be one timer per task.
  const timersTell = timers[0]?.rank === 0
  const lanes = [
    ...[loopLanes, resourceLanes, queueLanes, gaugeLanes, stateLanes].flatMap(layOut => layOut(context)),
    ...(timersTell ? timers : []),
    ...[taskLanes, spanLanes].flatMap(layOut => layOut(context)),
    ...(timersTell ? [] : timers),
    ...marksLane(context),
  ]
  return withParents(store, model, uniqueIds(lanes.map(({ lane }) => lane)))
}

/** Two resources of one name, two tasks of one id: the later one gets a number. */
function uniqueIds(lanes: readonly Lane[]): Lane[] {
  const taken = new Map<string, number>()
  return lanes.map(lane => {
    const times = (taken.get(lane.id) ?? 0) + 1
    taken.set(lane.id, times)
    return times === 1 ? lane : { ...lane, id: `${lane.id} (${times})` }
  })
}
