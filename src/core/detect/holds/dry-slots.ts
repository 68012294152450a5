/**
 * Something that lets only so many calls through at a time, and in the end none: requests of a kind that each made a call, of
 * which those that come from one moment on make none, and hang.
 *
 *     POST /fetch  ├ GET target ┤  ├ GET target ✕  ├ GET target ┤
 *     POST /fetch                                     ├─────────────────── 504     no call to anybody
 *     POST /fetch                                        ├─────────────────── 504
 */
import { callNames } from '../../convention/calls/client-calls.ts'
import type { Request } from '../../convention/model.ts'
import { Kind, Status } from '../../store/store.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, victimsOf } from '../drafting.ts'
import { count, duration, fact, largest, limit, median, smallest } from '../words.ts'
import { whyEmpty } from './pool-refusals.ts'

/** As many before must have called, and as many after must hang: fewer may have had other reasons. */
const minRequests = 5
/** Of those before; a span of a call may have been lost as well. */
const withoutShare = 0.2
/** They took this many times as long as those before. */
const slowRatio = 10
/** Spans below a request that are looked at. */
const maxSpans = 256

interface Asked {
  readonly request: Request
  /** Its first call, -1 when it made none. */
  readonly callRow: number
}

/** `told`: processes of which an empty pool is known already. */
export function drySlots(context: Context, told: ReadonlySet<number>): Draft[] {
  const requests = context.model.requests.filter(({ process, open }) => !open && !told.has(process))
  return groupBy(requests, ({ process, operation }) => `${process} ${operation}`).flatMap(
    group => judge(context, group) ?? [],
  )
}

function firstCall({ store: { spans } }: Context, { row }: Request): number {
  const end = Math.min(spans.subtreeEnd[row]!, row + maxSpans)
  for (let at = row + 1; at < end; at++) if (spans.kind[at] === Kind.client) return at
  return -1
}

function judge(context: Context, group: readonly Request[]): Draft | null {
  const { thresholds } = context
  if (group.length < 2 * minRequests) return null
  const asked = group.map((request): Asked => ({ request, callRow: firstCall(context, request) }))
  const lastServed = asked.findLastIndex(({ callRow }) => callRow >= 0)
  const served = asked.slice(0, lastServed + 1)
  const stuck = asked.slice(lastServed + 1)
  const without = served.filter(({ callRow }) => callRow < 0)
  // Not all of them need it where many did without before.
  if (served.length - without.length < minRequests || without.length > withoutShare * served.length)
    return null
  if (stuck.length < minRequests) return null
  const slowNs = Math.max(
    thresholds.poolCriticalNs,
    slowRatio * median(served.slice(0, Math.ceil(served.length / 2)).map(lengthOf)),
  )
  return stuck.every(one => lengthOf(one) >= slowNs && one.request.error)
    ? draft(context, served, stuck)
    : null
}

const lengthOf = ({ request: { startNs, endNs } }: Asked): number => endNs - startNs

/** How many first calls were under way at a time, at most. */
function peakOf({ store: { spans } }: Context, served: readonly Asked[]): number {
  const ends = served.map(({ callRow }) => spans.endNs[callRow]!).sort((a, b) => a - b)
  const starts = served.map(({ callRow }) => spans.startNs[callRow]!).sort((a, b) => a - b)
  let ended = 0
  let peak = 0
  for (const [begun, startNs] of starts.entries()) {
    while (ends[ended]! <= startNs) ended++
    peak = Math.max(peak, begun + 1 - ended)
  }
  return peak
}

function draft(context: Context, served: readonly Asked[], stuck: readonly Asked[]): Draft {
  const { model, store, thresholds } = context
  const { spans } = store
  const { request: first } = stuck[0]!
  const name = callNames(store)(served[0]!.callRow) || 'what it calls'
  const failed = served.filter(({ callRow }) => spans.status[callRow] === Status.error)
  const startNs = first.startNs
  const endNs = largest(stuck.map(({ request }) => request.endNs))
  const lastNs = spans.startNs[served.at(-1)!.callRow]!
  return makeDraft({
    detector: 'pool-exhausted',
    severity: 'critical',
    confidence: confidenceOf({ tier: 'inferred', repeats: stuck.length }),
    startNs,
    endNs,
    subject: { kind: 'resource', name: `slots for ${name}` },
    culprit: culpritOf(
      { role: 'calls', site: first.operation },
      [],
      (failed.length > 0 ? failed : served).map(({ callRow }) => callRow),
    ),
    victims: victimsOf(
      model,
      stuck.map(({ request }) => request),
      stuck.reduce((sum, one) => sum + lengthOf(one), 0),
    ),
    steps: [
      ...failed.slice(-2).map(({ request, callRow }) => ({
        atNs: spans.endNs[callRow]!,
        task: request.task,
        event: 'failed',
        value: name,
        row: callRow,
      })),
      {
        atNs: lastNs,
        task: served.at(-1)!.request.task,
        event: 'was the last to call',
        value: name,
        row: served.at(-1)!.callRow,
      },
      { atNs: startNs, task: first.task, event: 'began', value: 'and never came to call', row: first.row },
      {
        atNs: first.endNs,
        task: first.task,
        event: 'failed',
        value: `after ${duration(first.endNs - startNs)}`,
        row: first.row,
      },
    ],
    evidence: [
      fact('requests that hung without a call', stuck.length, '{request}', first.row),
      fact('of them the shortest took', smallest(stuck.map(lengthOf)), 'ns'),
      fact('requests before that each made one', served.length, '{request}'),
      fact('calls at a time, at most', peakOf(context, served), '{call}'),
      fact('calls that failed before', failed.length, '{call}'),
      limit(thresholds, 'poolCriticalNs'),
    ],
    missing: [
      'What lets calls through: no span tells of it. A limiter that the recorder wraps (one line) shows who took a slot and did not give it back.',
    ],
    marks: [{ kind: 'band', startNs: lastNs, endNs, loop: -1 }],
    text: {
      title: `${first.operation} came to call ${name} no more: ${count(stuck.length, 'request')} hung for ${duration(median(stuck.map(lengthOf)))} and failed, where each of ${served.length} before made that call${failed.length > 0 ? `; ${failed.length} of those calls had failed` : ''}`,
      rule: 'whoever takes a slot gives it back, also when the call fails',
      ...whyEmpty,
    },
    explains: 'partly',
  })
}
