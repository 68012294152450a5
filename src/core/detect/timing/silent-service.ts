/**
 * A service that answers nobody any more: calls of a kind that it all served, of which those that come from one moment on reach
 * no span of it, and are given up by their callers after a long wait. What hangs is not exported, so it is silent itself.
 *
 *     web     ├ GET ┤   ├ GET ┤  ├────── GET ──────✕ timeout
 *     shop     ├──┤      ├──┤        ├────── GET ──────✕ timeout
 *                                ▲ from here on no span of shop's ends
 */
import { callNames } from '../../convention/calls/client-calls.ts'
import { Kind, Status } from '../../store/store.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, victimsOf } from '../drafting.ts'
import { count, duration, fact, largest, limit, median, smallest } from '../words.ts'

/** As many must have been served before, and as many be given up after: fewer may have had other reasons. */
const minServed = 10
const minGivenUp = 5
/** Of those before; the span of one that was served may be lost. */
const unservedShare = 0.1
/** They took this many times as long as those before. */
const slowRatio = 10

/** Calls of one name to one process. */
interface Calls {
  readonly name: string
  readonly process: number
  readonly served: readonly number[]
  readonly givenUp: readonly number[]
}

/** `told`: processes of which a hang is known already. */
export function silentServices(context: Context, told: ReadonlySet<number>): Draft[] {
  const { store } = context
  const { spans } = store
  const servedBy = servers(context)
  const nameOf = callNames(store)
  const calls: number[] = []
  // Names that were served at all, so that other calls need no closer look.
  const names = new Set<number>()
  for (let row = 0; row < spans.count; row++) {
    if (spans.kind[row] !== Kind.client) continue
    calls.push(row)
    if (servedBy.has(row)) names.add(spans.name[row]!)
  }
  const groups = groupBy(
    calls.filter(row => names.has(spans.name[row]!)),
    row => `${spans.process[row]} ${nameOf(row)}`,
  ).flatMap(rows => judge(context, rows, nameOf(rows[0]!), servedBy) ?? [])
  return groupBy(
    groups.filter(({ process }) => !told.has(process)),
    ({ process }) => String(process),
  ).flatMap(list =>
    list.reduce((sum, { givenUp }) => sum + givenUp.length, 0) < minGivenUp ? [] : draft(context, list),
  )
}

/** Span rows of calls → process that served them. */
function servers({ store: { spans } }: Context): ReadonlyMap<number, number> {
  const out = new Map<number, number>()
  for (let row = 0; row < spans.count; row++) {
    const parent = spans.parent[row]!
    if (spans.kind[row] === Kind.server && parent >= 0 && spans.process[parent] !== spans.process[row])
      out.set(parent, spans.process[row]!)
  }
  return out
}

function judge(
  { store: { spans }, thresholds }: Context,
  rows: readonly number[],
  name: string,
  servedBy: ReadonlyMap<number, number>,
): Calls | null {
  const calls = [...rows].sort((a, b) => spans.startNs[a]! - spans.startNs[b]! || a - b)
  const last = calls.findLastIndex(row => servedBy.has(row))
  const before = calls.slice(0, last + 1)
  const givenUp = calls.slice(last + 1)
  const served = before.filter(row => servedBy.has(row))
  if (name === '' || givenUp.length === 0 || served.length < minServed) return null
  if (before.length - served.length > unservedShare * before.length) return null
  const lengthOf = (row: number): number => spans.endNs[row]! - spans.startNs[row]!
  const longNs = Math.max(thresholds.poolCriticalNs, slowRatio * median(served.map(lengthOf)))
  // Who is refused at once knows that nobody is there.
  if (!givenUp.every(row => spans.status[row] === Status.error && lengthOf(row) >= longNs)) return null
  return { name, process: servedBy.get(calls[last]!)!, served, givenUp }
}

function draft(context: Context, groups: readonly Calls[]): Draft | [] {
  const { model, store, thresholds } = context
  const { spans } = store
  const { service } = store.processes[groups[0]!.process]!
  const byStart = (a: number, b: number): number => spans.startNs[a]! - spans.startNs[b]! || a - b
  const givenUp = groups.flatMap(group => group.givenUp).sort(byStart)
  const served = groups.flatMap(group => group.served).sort(byStart)
  const lengths = givenUp.map(row => spans.endNs[row]! - spans.startNs[row]!)
  const [first] = givenUp as [number]
  const startNs = spans.startNs[first]!
  const endNs = largest(givenUp.map(row => spans.endNs[row]!))
  const usualNs = median(served.map(row => spans.endNs[row]! - spans.startNs[row]!))
  const names =
    groups.length === 1 ? groups[0]!.name : `${groups[0]!.name} and ${count(groups.length - 1, 'other kind')}`
  return makeDraft({
    detector: 'missing-timeout',
    severity: 'critical',
    confidence: confidenceOf({ tier: 'inferred', repeats: givenUp.length, completeness: 0.9 }),
    startNs,
    endNs,
    subject: { kind: 'service', name: service },
    culprit: culpritOf({ role: 'answers nobody', site: service }, [], givenUp),
    victims: victimsOf(
      model,
      givenUp.map(row => ({ task: model.taskOfSpan[row]!, row })),
      lengths.reduce((sum, ns) => sum + ns, 0),
    ),
    steps: [
      {
        atNs: spans.endNs[served.at(-1)!]!,
        task: model.taskOfSpan[served.at(-1)!]!,
        event: 'was the last to be answered',
        value: '',
        row: served.at(-1)!,
      },
      { atNs: startNs, task: model.taskOfSpan[first]!, event: 'asked', value: service, row: first },
      {
        atNs: spans.endNs[first]!,
        task: model.taskOfSpan[first]!,
        event: 'gave up',
        value: `after ${duration(lengths[0]!)}`,
        row: first,
      },
    ],
    evidence: [
      fact('calls that were given up', givenUp.length, '{call}', first),
      fact('of them the shortest took', smallest(lengths), 'ns'),
      fact('calls that were answered before', served.length, '{call}'),
      fact('usual answer (median)', usualNs, 'ns'),
      limit(thresholds, 'poolCriticalNs'),
    ],
    missing: [
      `What ${service} waited for: of a request that never ends no span is exported. The recorder writes what is open, and a dump of its threads or tasks shows it while it hangs.`,
    ],
    marks: [{ kind: 'band', startNs, endNs, loop: -1 }],
    text: {
      title: `${service} answered nobody any more: ${count(givenUp.length, 'call')} were given up after ${duration(median(lengths))}, where ${duration(usualNs)} were usual (${names})`,
      rule: 'who is asked answers, or says no, in bounded time',
      explainer:
        'From one moment on no request to this service came to an end. Its callers gave up, it did not: whatever its requests wait for has no limit, so each one that comes joins those that hang. It may also have died, or be cut off.',
      remedy: {
        primitive: 'a limit on every wait inside it',
        why: 'A request that fails in time gives back what it holds, and its span ends and says where it stood.',
      },
    },
    explains: 'partly',
  })
}
