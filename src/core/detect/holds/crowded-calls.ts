/**
 * A pool that no span tells of, seen by how calls to a database begin: never more than so many at a time, and while there are
 * that many each new one begins at the very moment at which another's ends, in a request that did nothing until then.
 *
 *     request   ├┤ query ├────────────┤
 *     request   ├┤ query ├───────────────┤
 *     request     ├ ········ idle ···· ├── query ──────┤       begins as the first one ends
 */
import { isPooledDatabase } from '../../convention/calls/client-calls.ts'
import { hasFlag, Kind, SpanFlag } from '../../store/store.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, victimsOf } from '../drafting.ts'
import { count, duration, fact, largest, limit, median, taskName } from '../words.ts'
import { whyEmpty } from './pool-refusals.ts'

interface Call {
  readonly row: number
  readonly task: number
  readonly startNs: number
  readonly endNs: number
  /** Its request did nothing for so long before. */
  readonly idleNs: number
  /** Of its request. */
  readonly isFirst: boolean
}

/** Shorter pauses before a call are the request's own work. */
const minIdleNs = 20e6
/** From the end of one call to the start of the next on the same connection. */
const handoffNs = 2e6
/** So close an end must be this unlikely to be chance. */
const chance = 0.25
const minHandoffs = 20
/** Where one of those that ran beside it was lost, it does not look like one. */
const handoffShare = 0.5

/** `told`: processes that tell of their pools themselves. */
export function crowdedCalls(context: Context, told: ReadonlySet<number>): Draft[] {
  const { store } = context
  return groupBy(callsOf(context, told), ({ row }) => String(store.spans.process[row])).flatMap(
    calls => judge(context, calls) ?? [],
  )
}

/** Calls of requests to databases that are reached through a pool, by start. */
function callsOf({ model, store, requestOf }: Context, told: ReadonlySet<number>): Call[] {
  const { spans } = store
  const isPooled = isPooledDatabase(store)
  const idleFrom = new Map<number, number>()
  const rows: number[] = []
  for (let row = 0; row < spans.count; row++)
    if (spans.kind[row] === Kind.client && model.roleOfSpan[row]! <= 1 && !told.has(spans.process[row]!))
      rows.push(row)
  const startOf = (row: number): number =>
    hasFlag(store, row, SpanFlag.coarse)
      ? Math.min(spans.startNs[row]! + 1e6, spans.endNs[row]!)
      : spans.startNs[row]!
  rows.sort((a, b) => spans.startNs[a]! - spans.startNs[b]!)
  const out: Call[] = []
  for (const row of rows) {
    const request = model.requests[requestOf(model.taskOfSpan[row]!)]
    if (!request) continue
    const { task } = request
    const startNs = startOf(row)
    const endNs = spans.endNs[row]!
    const isFirst = !idleFrom.has(task)
    const idleNs = startNs - (idleFrom.get(task) ?? request.startNs)
    idleFrom.set(task, Math.max(idleFrom.get(task) ?? 0, endNs))
    if (isPooled(row)) out.push({ row, task, startNs, endNs, idleNs, isFirst })
  }
  return out
}

interface Crowd {
  readonly capacity: number
  readonly waited: readonly Call[]
}

function judge(context: Context, calls: readonly Call[]): Draft | null {
  const { thresholds } = context
  if (calls.length < minHandoffs) return null
  const ends = calls.map(({ endNs }) => endNs).sort((a, b) => a - b)
  // How many are under way just before each begins, and at most.
  let ended = 0
  let capacity = 0
  const before = calls.map(({ startNs }, begun) => {
    while (ended < ends.length && ends[ended]! <= startNs) ended++
    capacity = Math.max(capacity, begun + 1 - ended)
    return { others: begun - ended, freedNs: ended === 0 ? Number.NEGATIVE_INFINITY : ends[ended - 1]! }
  })
  const lengthNs = median(calls.map(({ startNs, endNs }) => endNs - startNs))
  const closeNs = Math.min(handoffNs, (chance * lengthNs) / capacity)
  const idle = calls.flatMap((call, at) => (call.idleNs >= minIdleNs ? [{ call, ...before[at]! }] : []))
  const waited = idle
    .filter(({ call, others, freedNs }) => others === capacity - 1 && call.startNs - freedNs <= closeNs)
    .map(({ call }) => call)
  if (waited.length < minHandoffs || waited.length < handoffShare * idle.length) return null
  if (new Set(waited.map(({ task }) => task)).size < minHandoffs) return null
  // What every request does first, work or a pause, is no wait: the first ones to come got a connection at once.
  if (calls.filter(({ isFirst, idleNs }) => isFirst && idleNs < minIdleNs).length < capacity) return null
  // A burst that drains at once is none.
  if (waited.at(-1)!.startNs - waited[0]!.startNs < thresholds.poolCriticalNs) return null
  if (median(waited.map(({ idleNs }) => idleNs)) < thresholds.poolExhaustedNs) return null
  return draft(context, { capacity, waited })
}

function draft(context: Context, { capacity, waited }: Crowd): Draft {
  const { model, store, thresholds } = context
  const first = waited[0]!
  const process = store.spans.process[first.row]!
  const name = `connection pool of ${store.processes[process]?.service ?? 'the service'}`
  const startNs = first.startNs - first.idleNs
  const endNs = largest(waited.map(call => call.startNs))
  const idles = waited.map(({ idleNs }) => idleNs)
  const [most] = groupBy(waited, ({ task }) => taskName(model, task)).sort((a, b) => b.length - a.length)
  const rows = waited.map(({ row }) => row)
  return makeDraft({
    detector: 'pool-exhausted',
    severity: median(idles) >= thresholds.poolCriticalNs ? 'high' : 'medium',
    confidence: confidenceOf({ tier: 'inferred', repeats: waited.length }),
    startNs,
    endNs,
    subject: { kind: 'resource', name },
    culprit: culpritOf({ role: 'calls', site: taskName(model, most![0]!.task) }, [], rows),
    victims: victimsOf(
      model,
      waited,
      idles.reduce((sum, ns) => sum + ns, 0),
    ),
    steps: waited.slice(0, 4).map(({ startNs: atNs, idleNs, task, row }) => ({
      atNs,
      task,
      event: 'began its call, as another’s ended',
      value: `after ${duration(idleNs)} of doing nothing`,
      row,
    })),
    evidence: [
      fact('calls at a time, at most', capacity, '{call}', first.row),
      fact('calls that began as another ended', waited.length, '{call}'),
      fact('their requests had done nothing for (median)', median(idles), 'ns'),
      fact('at longest', largest(idles), 'ns'),
      limit(thresholds, 'poolExhaustedNs'),
      limit(thresholds, 'poolCriticalNs'),
    ],
    missing: [
      'The pool itself: no span tells how many connections it has, when one is asked for, taken or given back. Wrapped with the recorder (one line), each hold has its end and its code site.',
    ],
    marks: [{ kind: 'band', startNs, endNs, loop: -1 }],
    text: {
      title: `The ${name} seems to have ${count(capacity, 'connection')}: never more calls ran at a time, and ${waited.length} of them began only as another ended, after ${duration(median(idles))} (at longest ${duration(largest(idles))}) in which their requests did nothing`,
      rule: 'a pool has as many connections as are needed at a time, or whoever has one is quick',
      ...whyEmpty,
    },
    explains: 'partly',
  })
}
