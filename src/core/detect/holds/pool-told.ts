/**
 * A pool that no span tells of, and that was empty: requests that failed with its words, after as long as it lets them wait.
 *
 *     request  ├─ query ─┤ ··············✕   “couldn't get a connection after 2.00 sec”
 */
import { failureTexts } from '../../convention/calls/failure-texts.ts'
import type { Request } from '../../convention/model.ts'
import { Kind } from '../../store/store.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, sectionOf, victimsOf } from '../drafting.ts'
import { count, duration, fact, largest, limit, quoted, smallest } from '../words.ts'
import { whyEmpty } from './pool-refusals.ts'

/** As the pools of psycopg, SQLAlchemy, asyncpg, pg, generic-pool, knex, HikariCP, Npgsql, Go and others say it. */
const emptyWords =
  /PoolTimeout\b|QueuePool limit|couldn't get a connection after|ResourceRequest timed out|Knex: Timeout acquiring a connection|timeout exceeded when trying to connect|Connection is not available, request timed out|connection pool (?:has been |is )?exhausted|Unable to acquire (?:a )?(?:JDBC )?[Cc]onnection|Timed out fetching a new connection from the connection pool/
/** Spans below a request that are looked at. */
const maxSpans = 256

interface Refused {
  readonly request: Request
  readonly text: string
  /** Since the last call before it was over. */
  readonly waitedNs: number
}

/** One per service, where no wait for a pool of it is known. */
export function toldEmptyPools(context: Context): Draft[] {
  const { model, store } = context
  const known = new Set(model.waits.map(wait => model.resources[wait.resource]!.process))
  const textOf = failureTexts(store)
  const refused: Refused[] = []
  for (const request of model.requests) {
    if (known.has(request.process) || store.spans.status[request.row] !== 2) continue
    const text = textOf(request.row)
      .split('\n')
      .find(line => emptyWords.test(line))
    if (text === undefined) continue
    const waitedNs = request.endNs - lastCallNs(context, request)
    if (waitedNs >= context.thresholds.poolExhaustedNs) refused.push({ request, text, waitedNs })
  }
  return groupBy(refused, ({ request }) => String(request.process)).map(group => draft(context, group))
}

function lastCallNs({ store: { spans } }: Context, { row, startNs }: Request): number {
  let lastNs = startNs
  for (let at = row + 1; at < Math.min(spans.subtreeEnd[row]!, row + maxSpans); at++)
    if (spans.kind[at] === Kind.client) lastNs = Math.max(lastNs, spans.endNs[at]!)
  return lastNs
}

function draft(context: Context, group: readonly Refused[]): Draft {
  const { model, store, thresholds } = context
  const requests = group.map(({ request }) => request)
  const [{ request: first, text, waitedNs }] = group as [Refused, ...Refused[]]
  const name = `connection pool of ${store.processes[first.process]?.service ?? 'the service'}`
  const startNs = first.endNs - waitedNs
  const endNs = largest(requests.map(request => request.endNs))
  const [most] = groupBy(requests, request => request.operation).sort((a, b) => b.length - a.length)
  const others = group.length - 1
  return makeDraft({
    detector: 'pool-exhausted',
    severity: 'high',
    confidence: confidenceOf({ tier: 'inferred', proven: true, repeats: group.length }),
    startNs,
    endNs,
    subject: { kind: 'resource', name },
    culprit: culpritOf(
      { role: 'asks in vain', site: most![0]!.operation },
      [],
      requests.map(request => request.row),
    ),
    victims: victimsOf(
      model,
      requests,
      group.reduce((sum, one) => sum + one.waitedNs, 0),
    ),
    steps: group.slice(0, 4).map(({ request, waitedNs: ns }) => ({
      atNs: request.endNs,
      task: request.task,
      event: 'timed out',
      value: `after ${duration(ns)}`,
      row: request.row,
    })),
    evidence: [
      fact('requests that got no connection', group.length, '{request}', first.row),
      fact('the first of them waited', waitedNs, 'ns', first.row),
      fact('the shortest wait', smallest(group.map(one => one.waitedNs)), 'ns'),
      fact('error', text, '', first.row),
      limit(thresholds, 'poolExhaustedNs'),
    ],
    missing: [
      'Who had the connections: no span tells when one is taken or given back. Wrapped with the recorder (one line), each hold has its end and its code site.',
    ],
    marks: requests.slice(0, 8).map(request => ({
      kind: 'section' as const,
      a: sectionOf(model, request.task, request.startNs, request.endNs),
    })),
    text: {
      title: `The ${name} had nothing left: ${first.operation} failed after ${duration(waitedNs)}${others > 0 ? `, ${count(others, 'other')} too` : ''} (“${quoted(text)}”)`,
      rule: 'whoever takes a connection gives it back right after its last use, on every path',
      ...whyEmpty,
    },
    explains: 'partly',
  })
}
