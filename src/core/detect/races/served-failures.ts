/**
 * The same where no cache is told of: one call failed, and from then on every request fails with the same words at once, without
 * making that call.
 *
 *     GET /nearest  ├─ GET config ✕
 *     GET /nearest                   ├✕  ├✕  ├✕  ├✕        nobody calls again
 */
import { callNames } from '../../convention/calls/client-calls.ts'
import { failureTexts } from '../../convention/calls/failure-texts.ts'
import type { Request } from '../../convention/model.ts'
import { Kind, Status } from '../../store/store.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, victimsOf } from '../drafting.ts'
import { count, duration, fact, limit, median, quoted, taskName } from '../words.ts'

/** Fewer that failed at once may have failed by themselves. */
const minServed = 5
/** Spans below a request that are looked at. */
const maxSpans = 256

interface Failed {
  readonly request: Request
  /** Its failed call, -1 when it made none. */
  readonly callRow: number
  readonly words: string
  /** What is equal among those that fail alike. */
  readonly alike: string
}

export function servedFailures(context: Context): Draft[] {
  const textOf = failureTexts(context.store)
  const failed = context.model.requests
    .filter(request => request.error && !request.open)
    .map((request): Failed => {
      const callRow = failedCall(context, request)
      const own = textOf(request.row)
      const [words = ''] = (own || (callRow < 0 ? '' : textOf(callRow))).split('\n', 1)
      const alike = `${request.process}\n${own || `${request.operation} ${request.status}`}`
      return { request, callRow, words, alike }
    })
  return groupBy(failed, ({ alike }) => alike).flatMap(group => judge(context, group) ?? [])
}

/** The first failed call below a request, -1 for none. */
function failedCall({ store: { spans } }: Context, { row }: Request): number {
  const end = Math.min(spans.subtreeEnd[row]!, row + maxSpans)
  for (let at = row + 1; at < end; at++)
    if (spans.kind[at] === Kind.client && spans.status[at] === Status.error) return at
  return -1
}

function judge(context: Context, group: readonly Failed[]): Draft | null {
  const { model, store, thresholds } = context
  const { spans } = store
  const made = group.filter(({ callRow }) => callRow >= 0)
  const [first] = made
  if (!first) return null
  const { process } = first.request
  const failedNs = spans.endNs[first.callRow]!
  // Who calls tries again; those that came while the first call was under way did not know yet.
  if (made.some(({ callRow }) => spans.startNs[callRow]! > failedNs)) return null
  const served = group.map(({ request }) => request).filter(({ startNs }) => startNs > failedNs)
  const last = served.at(-1)
  if (served.length < minServed || !last || last.startNs - failedNs < thresholds.coverageNs) return null
  const triedNs = failedNs - spans.startNs[first.callRow]!
  if (median(served.map(lengthOf)) > triedNs) return null
  // To the end: what is kept for a while on purpose is asked for again.
  const operations = new Set(served.map(({ operation }) => operation))
  const known = new Set(served)
  const wentOn = model.requests.some(
    request =>
      request.process === process &&
      request.startNs > failedNs &&
      operations.has(request.operation) &&
      !known.has(request),
  )
  const nameOf = callNames(store)
  const name = nameOf(first.callRow)
  const calledAgain = (row: number): boolean =>
    spans.name[row] === spans.name[first.callRow] &&
    spans.process[row] === process &&
    spans.startNs[row]! > failedNs &&
    nameOf(row) === name
  if (wentOn) return null
  for (let row = 0; row < spans.count; row++)
    if (spans.kind[row] === Kind.client && calledAgain(row)) return null
  return draft(context, first, served, name)
}

const lengthOf = ({ startNs, endNs }: Request): number => endNs - startNs

function draft(
  context: Context,
  { request, callRow, words }: Failed,
  served: readonly Request[],
  name: string,
): Draft {
  const { model, store, thresholds } = context
  const { spans } = store
  const failedNs = spans.endNs[callRow]!
  const last = served.at(-1)!
  const site = taskName(model, request.task)
  return makeDraft({
    detector: 'stuck-flag',
    severity: 'high',
    confidence: confidenceOf({ tier: 'inferred', proven: words !== '', repeats: served.length }),
    startNs: spans.startNs[callRow]!,
    endNs: last.endNs,
    subject: { kind: 'peer', name: name || taskName(model, request.task) },
    culprit: culpritOf({ role: 'keeps the failure', site }, [], [callRow]),
    victims: victimsOf(model, served, 0),
    steps: [
      { atNs: failedNs, task: request.task, event: 'failed', value: quoted(words), row: callRow },
      ...served.slice(0, 3).map(({ endNs, task, row }) => ({
        atNs: endNs,
        task,
        event: 'failed alike, without a call',
        value: '',
        row,
      })),
    ],
    evidence: [
      fact('requests that got the old failure', served.length, '{request}', served[0]!.row),
      fact('the call that failed took', failedNs - spans.startNs[callRow]!, 'ns', callRow),
      fact('they take (median)', median(served.map(lengthOf)), 'ns'),
      fact('nobody called again for', last.startNs - failedNs, 'ns'),
      fact('error', words, '', callRow),
      limit(thresholds, 'coverageNs'),
    ],
    missing: [
      `What keeps it: with the cache's reads and writes recorded, the entry has a name and a code site.`,
    ],
    marks: [{ kind: 'band', startNs: failedNs, endNs: last.endNs, loop: -1 }],
    text: {
      title: `${name || 'One call'} failed once (“${quoted(words)}”), and ${count(served.length, 'later request')} failed with it at once within ${duration(last.startNs - failedNs)}: nobody tried again`,
      rule: 'a failure is not kept: the next one who asks tries again',
      explainer:
        'What is kept to be shared, a promise, a token, a connection, was kept although it had failed. Everybody after it gets that same failure, whether or not the call would succeed by now.',
      remedy: {
        primitive: 'take the entry out of the cache when its promise fails',
        why: 'The next one to ask finds nothing there and tries again; those that were waiting for the first attempt still learn that it failed.',
      },
    },
  })
}
