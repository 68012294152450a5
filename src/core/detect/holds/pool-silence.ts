/**
 * A pool that hands out nothing any more, where nobody's acquire has a time limit: such acquires never end, and what never
 * ends is never exported. What shows is requests of a kind that always begins with an acquire, which now have none:
 *
 *     request  ├─┤  ├──┤                       each acquired, asked the database, answered
 *     request         ├────────────────────┤   no acquire, no call to anybody; the client gave up
 *     request           ├───────────────────┤
 */
import { isGuess, type Request, type Wait } from '../../convention/model.ts'
import { Kind } from '../../store/store.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import { isLossy } from '../coverage.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, sectionOf, victimsOf } from '../drafting.ts'
import { oncePer } from '../once-per.ts'
import type { ResourceGroup } from '../resource-groups.ts'
import { count, duration, fact, largest, limit, median, smallest, unitOfResource } from '../words.ts'

/** As many before must have acquired, and as many after must hang: fewer may have had other reasons. */
const minRequests = 3
/** They took this many times as long as those before. */
const slowRatio = 10
/** Where records are missing: of those served, as many may have lost theirs. */
const lostShare = 0.2
/** Spans below a request that are looked at. */
const maxSpans = 256

const requestsByOperation = oncePer(({ model }: Context) =>
  groupBy(model.requests, ({ process, operation }) => `${process} ${operation}`),
)

/** null where holds were recorded, or somebody still got something. */
export function silence(context: Context, group: ResourceGroup): Draft | null {
  const { model, thresholds } = context
  const waits = group.waits.map(index => model.waits[index]!)
  if (waits.length < minRequests || waits.some(wait => !isGuess(wait.inferred))) return null
  const { process, label: name } = model.resources[group.resource]!
  const waitOf = new Map<number, Wait>()
  for (const wait of waits) if (!waitOf.has(wait.task)) waitOf.set(wait.task, wait)
  const lastNs = largest(waits.map(wait => wait.endNs))
  const stuck: Request[] = []
  for (const requests of requestsByOperation(context)) {
    if (requests[0]!.process !== process) continue
    const served = requests.filter(request => waitOf.has(request.task))
    const without = requests.filter(request => !waitOf.has(request.task))
    if (served.length < minRequests || without.length < minRequests) continue
    const firstCallNs = largest(served.map(({ task, startNs }) => waitOf.get(task)!.startNs - startNs))
    const slowNs = Math.max(
      thresholds.poolCriticalNs,
      slowRatio * median(served.map(({ startNs, endNs }) => endNs - startNs)),
    )
    // One that did without before shows that not all of them need it.
    const hangs = ({ row, startNs, endNs }: Request): boolean =>
      startNs + firstCallNs >= lastNs && endNs - startNs >= slowNs && callsNobody(context, row)
    const hung = without.filter(hangs)
    const mayBeLost = isLossy(model, process) ? lostShare * served.length : 0
    if (hung.length >= minRequests && without.length - hung.length <= mayBeLost) stuck.push(...hung)
  }
  return stuck.length < minRequests ? null : draft(context, group, name, waits, stuck)
}

function callsNobody({ store: { spans } }: Context, row: number): boolean {
  const end = spans.subtreeEnd[row]!
  if (end - row > maxSpans) return false
  for (let at = row + 1; at < end; at++) if (spans.kind[at] === Kind.client) return false
  return true
}

function draft(
  context: Context,
  group: ResourceGroup,
  name: string,
  waits: readonly Wait[],
  stuck: readonly Request[],
): Draft {
  const { model, thresholds } = context
  const unit = unitOfResource(model.resources[group.resource]!)
  const first = stuck.reduce((a, b) => (b.startNs < a.startNs ? b : a))
  const startNs = first.startNs
  const endNs = largest(stuck.map(request => request.endNs))
  const [takers] = groupBy(waits, wait => wait.site || nameOf(context, wait)).sort(
    (a, b) => b.length - a.length,
  )
  const site = takers![0]!.site || nameOf(context, takers![0]!)
  const others = stuck.length - 1
  return makeDraft({
    detector: 'pool-exhausted',
    severity: 'critical',
    confidence: confidenceOf({ tier: 'inferred', repeats: stuck.length }),
    startNs,
    endNs,
    subject: { kind: 'resource', name },
    resource: group.resource,
    culprit: culpritOf(
      { role: 'acquires', site },
      [],
      takers!.map(wait => wait.row),
    ),
    victims: victimsOf(
      model,
      stuck,
      stuck.reduce((sum, request) => sum + request.endNs - request.startNs, 0),
    ),
    steps: [
      ...waits.slice(-2).map(wait => ({
        atNs: wait.endNs,
        task: wait.task,
        event: 'acquired',
        value: `${unit} of ${name}`,
        row: wait.row,
      })),
      { atNs: startNs, task: first.task, event: 'began', value: 'and got none', row: first.row },
      {
        atNs: first.endNs,
        task: first.task,
        event: 'ended',
        value: `after ${duration(first.endNs - startNs)}, without a call to anybody`,
        row: first.row,
      },
    ],
    evidence: [
      fact('requests that got none and hung', stuck.length, '{request}', first.row),
      fact('of them the shortest took', smallest(stuck.map(one => one.endNs - one.startNs)), 'ns'),
      fact('acquires before', waits.length, '{wait}', waits[0]!.row),
      fact(
        'after the last of them nobody got one, for',
        endNs - largest(waits.map(wait => wait.endNs)),
        'ns',
      ),
      limit(thresholds, 'poolCriticalNs'),
    ],
    missing: [
      'The acquires themselves: a span is exported when it ends, and these never did.',
      `When ${name} gets its connections back: no span tells. Wrapped with the recorder (one line), each hold has its end and its code site.`,
    ],
    marks: stuck.slice(0, 8).map(({ task, startNs: fromNs, endNs: toNs }) => ({
      kind: 'section' as const,
      a: sectionOf(model, task, fromNs, toNs),
    })),
    text: {
      title: `${name} gave nobody a ${unit} any more: ${first.operation} hung for ${duration(first.endNs - startNs)}${others > 0 ? `, ${count(others, 'other')} too` : ''}, where each before began with one`,
      rule: `whoever takes a ${unit} of ${name} gives it back, on every path`,
      explainer:
        'Every request of this kind began with an acquire; then, from one moment on, none did, and all of them hung until their clients gave up. That is how it looks when the last one of a pool is not given back, after an early return or an error, and acquires have no time limit.',
      remedy: {
        primitive: 'give back in finally, and let acquires time out',
        why: 'Then no path out of the code, not even an error, can keep one, and whoever gets none says so at once instead of hanging.',
      },
    },
    explains: 'partly',
  })
}

const nameOf = ({ model }: Context, { task }: Wait): string => model.tasks[task]?.name ?? ''
