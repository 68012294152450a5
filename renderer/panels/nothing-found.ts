import type { Analysis } from '../../src/core/detect/finding.ts'
import { plural } from '../widgets/format.ts'

/** How many questions of the checklist this trace cannot answer. */
export const unanswered = ({ checklist }: Pick<Analysis, 'checklist'>): number =>
  checklist.filter(({ state }) => state === 'not-observable').length

/** What no finding means: that all is well only where the trace could have shown the contrary. */
export function nothingFound(analysis: Pick<Analysis, 'checklist' | 'cleared'>): string {
  const { checklist, cleared } = analysis
  const blind = unanswered(analysis)
  const looked =
    cleared.length > 0
      ? `${plural(cleared.length, 'suspect')} ${cleared.length === 1 ? 'was' : 'were'} looked at and ruled out, below.`
      : ''
  if (blind === 0) return `Nothing stands out in this trace. ${looked}`.trim()
  const answered = checklist.length - blind
  const told =
    answered === 0
      ? `none of the ${plural(blind, 'question')} of the checklist: it does not record what they need.`
      : `only ${answered} of the ${plural(checklist.length, 'question')} of the checklist: it does not record what the others need.`
  return `Nothing was found, but this trace can answer ${told} ${looked}`.trim()
}
