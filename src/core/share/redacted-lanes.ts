import type { Lane } from '../lanes/lane.ts'
import type { Session } from '../scene/scene.ts'

/**
 * Each lane of the original trace with its twin in the redacted one. Redaction renames and so may reorder lanes, but
 * rows of the model keep their numbers: a lane is known by what it begins with.
 */
export function redactedLanes(original: Session, redacted: Session): ReadonlyMap<string, Lane> {
  const twins = new Map(redacted.lanes.map(lane => [contentKey(lane), lane]))
  const out = new Map<string, Lane>()
  for (const lane of original.lanes) {
    const twin = twins.get(contentKey(lane))
    if (twin) out.set(lane.id, twin)
  }
  return out
}

const contentKey = ({ kind, subject, items }: Lane): string =>
  [kind, subject, items.count, items.kind[0] ?? -1, items.ref[0] ?? -1].join(' ')
