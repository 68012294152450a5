import type { Draft } from './detector.ts'
import { severities } from './finding.ts'
import { fact } from './words.ts'

/** One finding per detector, subject and culprit site: of several the worst speaks, and counts the others. */
export function mergeSame(drafts: readonly Draft[]): Draft[] {
  const groups = new Map<string, Draft[]>()
  for (const draft of drafts) {
    const key = `${draft.detector}\n${draft.subject.kind}\n${draft.subject.name}\n${draft.culprit.site}`
    const group = groups.get(key)
    if (group) group.push(draft)
    else groups.set(key, [draft])
  }
  return [...groups.values()].map(group => {
    if (group.length === 1) return group[0]!
    const [worst] = [...group].sort(
      (a, b) =>
        severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
        b.confidence - a.confidence ||
        a.startNs - b.startNs,
    )
    return {
      ...worst!,
      culprit: {
        ...worst!.culprit,
        rows: [...new Set(group.flatMap(draft => draft.culprit.rows))].slice(0, 200),
      },
      victims: {
        count: group.reduce((sum, draft) => sum + draft.victims.count, 0),
        totalWaitNs: group.reduce((sum, draft) => sum + draft.victims.totalWaitNs, 0),
        rows: [...new Set(group.flatMap(draft => draft.victims.rows))].slice(0, 200),
      },
      evidence: [...worst!.evidence, fact('times this was found here', group.length, '1')],
    }
  })
}
