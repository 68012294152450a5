/**
 * What people suspected while it happened, and counted: `63 idle connections on the server, which allows 100`. A limit that
 * was never reached made nobody wait.
 */
import type { Mark } from '../../convention/model.ts'
import type { Context } from '../context.ts'
import { groupBy } from '../drafting.ts'
import type { Cleared } from '../finding.ts'

export function clearSuspects({ model }: Context): Cleared[] {
  const suspects = model.marks.filter(mark => mark.kind === 'hypothesis' && mark.counted)
  return groupBy(suspects, mark => mark.text.replace(/\d+/g, '#')).flatMap(same => {
    const most = same.reduce((a, b) => (countOf(b) > countOf(a) ? b : a))
    const { value, limit } = most.counted!
    if (value >= limit) return []
    const reason = `${value} of ${limit} at most: the limit was never reached, so nobody waited for it`
    return [{ detector: 'pool-exhausted', subject: most.text, reason }]
  })
}

const countOf = (mark: Mark): number => mark.counted!.value
