import type { Severity } from '../detect/finding.ts'
import { severities } from '../detect/finding.ts'
import { isOwnLane } from '../lanes/child-lanes.ts'
import { type Involved, involvedIn, NOT_INVOLVED } from '../lanes/involved.ts'
import type { Lane } from '../lanes/lane.ts'
import type { Frame } from './frame.ts'
import type { Session } from './scene.ts'
import type { Theme } from './theme.ts'

const cache = new WeakMap<Session['analysis'], Involved>()

function involvedOf({ model, analysis }: Session): Involved {
  let known = cache.get(analysis)
  if (!known) {
    known = involvedIn(model, analysis)
    cache.set(analysis, known)
  }
  return known
}

/** Severity (index into `severities`) of the worst finding a lane is involved in; −1 none. */
export function severityRank({ input }: Frame, lane: Lane): number {
  const involved = involvedOf(input.session)
  const { loop, resource, queue, key, task } = involved
  const ranks = { loop, resource, queue, state: key, task }
  if (lane.kind === 'marks' || lane.kind === 'gauge' || (lane.kind === 'task' && !isOwnLane(lane))) return -1
  const rank = ranks[lane.kind][lane.subject] ?? NOT_INVOLVED
  const finding = input.session.analysis.findings[rank]
  return finding ? severities.indexOf(finding.severity) : -1
}

export const severityTone = (theme: Theme, rank: number): string => theme[severities[rank] ?? 'info']

export const toneOf = (theme: Theme, severity: Severity): string => theme[severity]
