import { type Finding, sectionsOf } from '../../src/core/detect/finding.ts'
import type { Lane } from '../../src/core/lanes/lane.ts'
import { queuesOf } from '../../src/core/replay/queues.ts'
import { stepsRange } from '../../src/core/scene/finding-range.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { laneOfTask } from './lookup.ts'

/** Tasks a finding is about, the ones of its steps and marks first. */
export function involvedTasks(session: Session, finding: Finding): readonly number[] {
  const tasks = new Set<number>()
  const add = (task: number): void => {
    if (task >= 0) tasks.add(task)
  }
  const addRow = (row: number): void => {
    if (row >= 0) add(session.model.taskOfSpan[row] ?? -1)
  }
  for (const step of finding.steps) add(step.task)
  for (const mark of finding.marks) for (const section of sectionsOf(mark)) add(section.task)
  finding.culprit.rows.forEach(addRow)
  finding.victims.rows.forEach(addRow)
  return [...tasks]
}

/**
 * Lanes a finding is about, in the order of the timeline. Of what happened again and again its steps tell the worst one;
 * tasks of the others have nothing to show there.
 */
export function involvedLanes(session: Session, finding: Finding): readonly Lane[] {
  const { tasks } = session.model
  const shown = stepsRange(finding, session.store.durationNs)
  const ids = new Set<string>()
  for (const task of involvedTasks(session, finding)) {
    const { startNs, endNs } = tasks[task]!
    if (startNs > shown.endNs || endNs < shown.startNs) continue
    const id = laneOfTask(session, task)?.id
    if (id !== undefined) ids.add(id)
  }
  const { kind, name } = finding.subject
  const queues = queuesOf(session.model)
  return session.lanes.filter(
    lane =>
      ids.has(lane.id) ||
      isSubject(lane, finding) ||
      (kind === 'queue' && lane.kind === 'queue' && queues[lane.subject]?.name === name),
  )
}

const isSubject = (lane: Lane, finding: Finding): boolean =>
  lane.subject >= 0 &&
  ((lane.kind === 'resource' && lane.subject === finding.resource) ||
    (lane.kind === 'state' && lane.subject === finding.key) ||
    (lane.kind === 'loop' && lane.subject === finding.loop))
