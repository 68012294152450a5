/**
 * A cache that nobody tells of, seen by the calls it saves: most requests of a kind do without the call, until the entry
 * expires; then all that come before it is filled again make the same call.
 *
 *     GET /home   ├┤ ├┤  ├ query ─────┤                    ├┤ ├┤
 *     GET /home           ├ query ─────┤
 *     GET /home            ├ query ─────┤
 *                 without     all with it       without, for it is there again
 */

import { readerOf } from '../../convention/attributes/attribute-reader.ts'
import { callNames, questions } from '../../convention/calls/client-calls.ts'
import { workSite } from '../../convention/calls/work-site.ts'
import { countUntil } from '../../convention/count-until.ts'
import type { Request } from '../../convention/model.ts'
import { Kind, type Store } from '../../store/store.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, sectionOf, victimsOf } from '../drafting.ts'
import { count, duration, fact, largest, limit, smallest } from '../words.ts'

interface Call {
  readonly row: number
  readonly request: Request
  /** Exactly what it asks, and what kind of call it is. */
  readonly question: string
  readonly name: string
}

interface Herd {
  readonly calls: readonly Call[]
  readonly wastedNs: number
}

/** Of shorter calls nobody saves one. */
const minCallNs = 20e6
/** Requests that did without, before and after: it is the cache that makes the difference, not the start of the service. */
const minHits = 5
/** Of those that came meanwhile, nearly all must have made the call; others had it from elsewhere. */
const herdShare = 0.9

export function herdsOfCalls(context: Context): Draft[] {
  const { model } = context
  const requests = new Map(
    groupBy(model.requests, operationOf).map(list => [operationOf(list[0]!), list] as const),
  )
  return groupBy(callsOf(context), ({ request, name }) => `${operationOf(request)}\n${name}`).flatMap(
    kind => {
      // Who asked for something else of the kind did not do without either.
      const callers = new Set(kind.map(({ request }) => request))
      const all = requests.get(operationOf(kind[0]!.request))!
      return groupBy(kind, ({ question }) => question).flatMap(calls => {
        context.checkpoint()
        const herds = findHerds(context, calls, all, callers)
        return herds.length === 0 ? [] : [draft(context, herds, kind[0]!.name)]
      })
    },
  )
}

const operationOf = ({ process, operation }: Request): string => `${process} ${operation}`

const isLong = ({ spans }: Store, row: number): boolean =>
  spans.endNs[row]! - spans.startNs[row]! >= minCallNs

/** Calls of requests, the first of each question; short ones too: who made one did not do without. */
function callsOf({ model, store, requestOf }: Context): Call[] {
  const { spans } = store
  const nameOf = callNames(store)
  const questionOf = questions(store)
  const out: Call[] = []
  const seen = new Set<string>()
  // What always was short is no work that a cache would be for, and needs no closer look.
  const longNames = new Set<number>()
  for (let row = 0; row < spans.count; row++)
    if (spans.kind[row] === Kind.client && isLong(store, row)) longNames.add(spans.name[row]!)
  for (let row = 0; row < spans.count; row++) {
    if (spans.kind[row] !== Kind.client || !longNames.has(spans.name[row]!)) continue
    const at = requestOf(model.taskOfSpan[row]!)
    const request = model.requests[at]
    if (!request || model.roleOfSpan[row]! > 1) continue
    const question = questionOf(row)
    if (question === '' || seen.has(`${at} ${question}`)) continue
    seen.add(`${at} ${question}`)
    out.push({ row, request, question, name: nameOf(row) })
  }
  return out.sort((a, b) => spans.startNs[a.row]! - spans.startNs[b.row]!)
}

function findHerds(
  { store, thresholds }: Context,
  alike: readonly Call[],
  requests: readonly Request[],
  callers: ReadonlySet<Request>,
): Herd[] {
  const calls = alike.filter(({ row }) => isLong(store, row))
  if (calls.length < thresholds.herdCount || callers.size + 2 * minHits > requests.length) return []
  const { startNs, endNs } = store.spans
  // They come by start.
  const before = (atNs: number): number => countUntil(requests, atNs - 1, request => request.startNs)
  const between = (fromNs: number, toNs: number): readonly Request[] =>
    requests.slice(before(fromNs), before(toNs))
  const herds: Herd[] = []
  let doneNs = Number.NEGATIVE_INFINITY
  for (let at = 0; at < calls.length; ) {
    let filledNs = Number.POSITIVE_INFINITY
    let next = at
    // Who had come by then had found nothing, even where its call began a moment later.
    for (; next < calls.length && calls[next]!.request.startNs < filledNs; next++)
      filledNs = Math.min(filledNs, endNs[calls[next]!.row]!)
    const members = calls.slice(at, next)
    const beganNs = smallest(members.map(({ request }) => request.startNs))
    const againNs = next < calls.length ? calls[next]!.request.startNs : Number.POSITIVE_INFINITY
    const lengths = members.map(({ row }) => endNs[row]! - startNs[row]!)
    const wastedNs = lengths.reduce((sum, ns) => sum + ns, 0) - largest(lengths)
    if (
      members.length >= thresholds.herdCount &&
      wastedNs >= thresholds.sequentialSavingNs &&
      members.length >= herdShare * between(beganNs, filledNs).length &&
      between(doneNs, beganNs).filter(request => !callers.has(request)).length >= minHits &&
      between(filledNs, againNs).filter(request => !callers.has(request)).length >= minHits
    )
      herds.push({ calls: members, wastedNs })
    doneNs = filledNs
    at = next
  }
  return herds
}

function draft(context: Context, herds: readonly Herd[], name: string): Draft {
  const { model, store, thresholds } = context
  const { spans } = store
  const { calls, wastedNs } = [...herds].sort((a, b) => b.calls.length - a.calls.length)[0]!
  const [first] = calls as [Call, ...Call[]]
  const operation = first.request.operation
  const rows = calls.map(({ row }) => row)
  return makeDraft({
    detector: 'thundering-herd',
    severity: calls.length >= 10 ? 'high' : 'medium',
    confidence: confidenceOf({ tier: 'inferred', repeats: herds.length }),
    startNs: spans.startNs[first.row]!,
    endNs: largest(rows.map(row => spans.endNs[row]!)),
    subject: { kind: 'peer', name },
    culprit: culpritOf(
      { role: 'asks', site: workSite({ store, attributes: readerOf(store) }, first.row) || operation },
      [],
      rows,
    ),
    victims: victimsOf(
      model,
      calls.slice(1).map(({ row, request }) => ({ task: request.task, row })),
      wastedNs,
    ),
    steps: calls.slice(0, 8).map(({ row, request }) => ({
      atNs: spans.startNs[row]!,
      task: request.task,
      event: 'asked',
      value: name,
      row,
    })),
    evidence: [
      fact('requests that asked the same at once', calls.length, '{request}', first.row),
      fact('one answer took', spans.endNs[first.row]! - spans.startNs[first.row]!, 'ns', first.row),
      fact('work done for nothing', wastedNs, 'ns'),
      fact('times this happened', herds.length, '1'),
      fact('requests before and after that did without, at least', minHits, '{request}'),
      limit(thresholds, 'herdCount'),
    ],
    missing: [
      `The cache itself: with its reads and writes recorded (\`state('cache:…')\`), the entry has a name and each miss a code site.`,
    ],
    marks: calls.slice(0, 12).map(({ row, request }) => ({
      kind: 'section' as const,
      a: sectionOf(model, request.task, spans.startNs[row]!, spans.endNs[row]!),
    })),
    text: {
      title: `${calls.length} runs of ${operation} asked the same at once where one answer would have served them all (${name}): ${duration(wastedNs)} of work for nothing${herds.length > 1 ? `; this happened ${count(herds.length, 'time')}` : ''}`,
      rule: 'one refresh of an entry at a time',
      explainer:
        'Others before and after did without this call: its answer is kept for a while. When it expired, all that came before it was there again made the call themselves, just when it is most expensive.',
      remedy: {
        primitive: 'one refresh per key, shared by all (“single flight”)',
        why: 'The first one works; the others await its promise and share the result.',
      },
    },
  })
}
