/** What the import report says about clocks that do not agree. */
import type { ImportIssue } from '../import/import.ts'
import type { Store } from '../store/store.ts'
import { type ClockEstimate, estimateClocks } from './estimate.ts'

export const clockIssues = (store: Store): readonly ImportIssue[] => {
  const estimate = estimateClocks(store)
  return [...skewed(store, estimate), ...contradicting(store, estimate)]
}

function skewed({ processes }: Store, { offsets }: ClockEstimate): ImportIssue[] {
  // Corrected already: what is left is no news.
  const ahead = offsets.filter(
    ({ suggestedNs, process }) => suggestedNs !== 0 && processes[process]!.offsetNs === 0,
  )
  const [first] = ahead
  if (!first) return []
  const ms = Math.abs(first.suggestedNs) / 1e6
  const direction = first.suggestedNs > 0 ? 'ahead of' : 'behind'
  const one = ahead.length === 1
  return [
    {
      code: 'clock-skew',
      count: ahead.length,
      example: `clock of "${processes[first.process]!.label}" is about ${rounded(ms)} ms ${direction} "${processes[first.reference]!.label}" by ${first.pairs} call${first.pairs === 1 ? '' : 's'}`,
      consequence: `${ahead.length} process${one ? ' has a clock that does' : 'es have clocks that do'} not agree with the calls; times are shown as written, order between processes is judged within the bounds`,
    },
  ]
}

/** A few servers close their span long after the client has its answer; more than this share is another matter. */
const telling = 0.2

function contradicting({ processes }: Store, { offsets }: ClockEstimate): ImportIssue[] {
  const odd = offsets.filter(({ contradictions, pairs }) => contradictions > pairs * telling)
  const [first] = odd
  if (!first) return []
  // Each call is counted at both of its ends.
  const calls = Math.ceil(odd.reduce((sum, { contradictions }) => sum + contradictions, 0) / 2)
  return [
    {
      code: 'clock-contradiction',
      count: calls,
      example: `${first.contradictions} of ${first.pairs} calls of "${processes[first.process]!.label}"`,
      consequence: `${calls} call${calls === 1 ? ' fits' : 's fit'} no one clock offset together with the others; a clock jumped or drifts, or spans are wrong`,
    },
  ]
}

const rounded = (ms: number): string => String(Number(ms.toPrecision(3)))
