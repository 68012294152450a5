/**
 * A pool of which only the acquires are told, and these run into their time limit: it was empty, whoever had it.
 *
 *     acquire  ├┤ ├┤  ├┤       granted; whether they were given back nobody tells
 *     acquire        ├─────────✕   timed out
 */

import { failureTexts } from '../../convention/calls/failure-texts.ts'
import { type Hold, isGuess, type Wait } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, sectionOf, victimsOf } from '../drafting.ts'
import type { ResourceGroup } from '../resource-groups.ts'
import { longestWithoutGrant, timedOut } from '../waiting.ts'
import { count, duration, fact, largest, limit, smallest, taskName, unitOfResource } from '../words.ts'

/** As pools say that there was none to be had; a server that is down or a wrong password says something else. */
const emptyWords =
  /time[d -]?out|\bexhausted\b|not available|no (?:more |free |available )?connections?\b|QueuePool limit|PoolTimeout|pool (?:is )?(?:full|empty)|unable to (?:acquire|obtain|get)/i
const serverWords = /refused|unreachable|reset|ENOTFOUND|password|authentication|ssl/i

/** What is said of every pool that was found empty. */
export const whyEmpty = {
  explainer:
    'A pool hands out a fixed number. What is kept too long, or never given back after an early return or an error, is missing for all who come later; when none is left they wait until they give up.',
  remedy: {
    primitive: 'give back in finally, right after the last use',
    why: 'Then no path out of the code, not even an error, can keep one; a larger pool only takes longer to run dry.',
  },
} as const

/** null where no acquire was refused, or holds were recorded: then who has it is known better. */
export function refusals(context: Context, group: ResourceGroup): Draft | null {
  const { model, store, thresholds } = context
  const textOf = failureTexts(store)
  const saysEmpty = ({ row }: Wait): boolean => {
    const text = row < 0 ? '' : textOf(row)
    return emptyWords.test(text) && !serverWords.test(text)
  }
  const waits = group.waits.map(index => model.waits[index]!)
  const refused = waits.filter(
    wait =>
      isGuess(wait.inferred) &&
      timedOut(wait) &&
      wait.endNs - wait.startNs >= thresholds.poolExhaustedNs &&
      saysEmpty(wait),
  )
  const [first] = refused
  if (!first) return null
  const last = refused.at(-1)!
  const endNs = largest(refused.map(wait => wait.endNs))
  // As many went out before as it has, at least: of those nobody told the end.
  const granted = waits.filter(wait => wait.outcome === 'acquired' && wait.endNs <= first.startNs)
  const holders = group.holds
    .map(index => model.holds[index]!)
    .filter(hold => hold.startNs < first.endNs && hold.endNs > first.startNs)
  const takers: readonly (Hold | Wait)[] = holders.length > 0 ? holders : granted
  const [most] = groupBy(takers, one => one.site || nameOf(context, one.task)).sort(
    (a, b) => b.length - a.length,
  )
  const site = most ? most[0]!.site || nameOf(context, most[0]!.task) : first.site
  const resource = model.resources[group.resource]!
  const name = resource.label
  const waitedNs = first.endNs - first.startNs
  const idleNs = longestWithoutGrant(context, group, first.startNs, endNs)
  const others = refused.length - 1
  const user =
    holders.length > 0
      ? `, while ${site || 'others'} had ${count(holders.length, unitOfResource(resource))}`
      : ''
  return makeDraft({
    detector: 'pool-exhausted',
    severity: idleNs >= thresholds.poolCriticalNs ? 'critical' : 'high',
    confidence: confidenceOf({ tier: 'inferred', proven: true, repeats: refused.length }),
    startNs: smallest(refused.map(wait => wait.startNs)),
    endNs,
    subject: { kind: 'resource', name },
    resource: group.resource,
    culprit: culpritOf(
      { role: 'acquires', site },
      [{ role: 'asks in vain', site: first.site }],
      (most ?? refused).map(one => one.row),
    ),
    victims: victimsOf(
      model,
      refused,
      refused.reduce((sum, wait) => sum + wait.endNs - wait.startNs, 0),
    ),
    steps: [first, last]
      .flatMap(wait => [
        { atNs: wait.startNs, task: wait.task, event: 'asked for', value: name, row: wait.row },
        {
          atNs: wait.endNs,
          task: wait.task,
          event: 'timed out',
          value: `after ${duration(wait.endNs - wait.startNs)}`,
          row: wait.row,
        },
      ])
      .slice(0, others > 0 ? 4 : 2),
    evidence: [
      fact('acquires that timed out', refused.length, '{wait}', first.row),
      fact('the first of them waited', waitedNs, 'ns', first.row),
      fact('error', textOf(first.row).split('\n', 1)[0]!, '', first.row),
      fact('granted before', granted.length, `{${unitOfResource(resource)}}`),
      fact('longest time in which nobody got one', idleNs, 'ns'),
      limit(thresholds, 'poolExhaustedNs'),
    ],
    missing: [
      `When ${name} gets its connections back: no span tells. Wrapped with the recorder (one line), each hold has its end and its code site.`,
    ],
    marks: refused
      .slice(0, 8)
      .map(wait => ({ kind: 'section' as const, a: sectionOf(model, wait.task, wait.startNs, wait.endNs) })),
    text: {
      title: `${name} had nothing left for ${duration(endNs - first.startNs)}: ${nameOf(context, first.task)} timed out after ${duration(waitedNs)}${others > 0 ? `, ${count(others, 'other')} too` : ''}${user}`,
      rule: `whoever takes a ${unitOfResource(resource)} of ${name} gives it back, on every path`,
      ...whyEmpty,
    },
    explains: 'partly',
  })
}

const nameOf = ({ model }: Context, task: number): string => taskName(model, task)
