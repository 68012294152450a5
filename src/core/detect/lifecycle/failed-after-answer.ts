/**
 * The same in traces without a recorder: work below a request that was answered well, went on afterwards, and failed when
 * nobody was there any more to tell.
 *
 *     PATCH /me    ├────┤ 200
 *     writeAudit      ├────────✕
 */
import { failureTexts } from '../../convention/calls/failure-texts.ts'
import type { Request } from '../../convention/model.ts'
import { hasFlag, Kind, SpanFlag, Status, spanName } from '../../store/store.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, sectionOf } from '../drafting.ts'
import { count, duration, fact, limit, taskName } from '../words.ts'

interface Part {
  readonly row: number
  /** Of the request. */
  readonly root: number
  /** It was under way for so long after the answer, 0 when it was over by then. */
  readonly lateNs: number
}

/** Called off on purpose, as a hedged request or a stream is when the answer is out. */
const calledOff = /abort|cancel|client disconnect/i

export function failedAfterAnswer(context: Context): Draft[] {
  const { store } = context
  const kindOf = ({ row, root }: Part): string => `${spanName(store, row)}\n${spanName(store, root)}`
  const late: Part[] = []
  const inTime: Part[] = []
  const answered = answeredRequests(context)
  for (const request of answered)
    forEachPart(context, request, part => {
      if (part.lateNs > 0) late.push(part)
    })
  if (late.length === 0) return []
  const kinds = new Set(late.map(kindOf))
  for (const request of answered)
    forEachPart(context, request, part => {
      if (part.lateNs === 0 && kinds.has(kindOf(part))) inTime.push(part)
    })
  const awaited = new Map(groupBy(inTime, kindOf).map(list => [kindOf(list[0]!), list.length] as const))
  return groupBy(late, kindOf).flatMap(group => {
    // Where others of its kind are over before the answer it is awaited: who went away is the client.
    if (group.length < lateShare * (group.length + (awaited.get(kindOf(group[0]!)) ?? 0))) return []
    const failed = group.filter(({ row }) => failedUnseen(context, row))
    // Who tries again once does so always, even where that span was lost.
    const seen = failed.length === 0 || failed.some(({ row }) => triedAgain(context, row))
    return seen ? [] : [draft(context, failed)]
  })
}

const lateShare = 0.8

/** Answered well, in processes of which no recorder tells. */
const answeredRequests = ({ model }: Context): Request[] =>
  model.requests.filter(
    ({ task, row, open, error, status }) =>
      model.tasks[task]?.row === row &&
      model.tasks[task].inferred &&
      !open &&
      !error &&
      status > 0 &&
      status < 400,
  )

/** Its own spans; below one that is late no further. */
function forEachPart(
  { store, thresholds }: Context,
  { row: root, process, endNs }: Request,
  visit: (part: Part) => void,
): void {
  const { spans, processes } = store
  const slackNs = thresholds.siblingRunNs + processes[process]!.uncertaintyNs
  const end = spans.subtreeEnd[root]!
  for (let row = root + 1; row < end; ) {
    const own =
      spans.process[row] === process && (spans.kind[row] === Kind.internal || spans.kind[row] === Kind.client)
    const isLate = own && spans.endNs[row]! > endNs + slackNs
    if (own) visit({ row, root, lateNs: isLate ? spans.endNs[row]! - endNs : 0 })
    row = own && !isLate ? row + 1 : spans.subtreeEnd[row]!
  }
}

function failedUnseen({ store }: Context, row: number): boolean {
  const failed = store.spans.status[row] === Status.error && !hasFlag(store, row, SpanFlag.open)
  return failed && !calledOff.test(failureTexts(store)(row))
}

/** Somebody did notice: the same was done again. */
function triedAgain({ store: { spans } }: Context, row: number): boolean {
  const parent = spans.parent[row]!
  for (let at = row + 1; at < spans.subtreeEnd[parent]!; at = spans.subtreeEnd[at]!)
    if (
      spans.name[at] === spans.name[row] &&
      spans.startNs[at]! >= spans.endNs[row]! &&
      spans.parent[at] === parent
    )
      return true
  return false
}

function draft(context: Context, group: readonly Part[]): Draft {
  const { model, store, thresholds } = context
  const { spans } = store
  const { row, root, lateNs } = group[0]!
  const name = spanName(store, row)
  const task = model.taskOfSpan[root]!
  const caller = taskName(model, task)
  const text = failureTexts(store)(row).split('\n', 1)[0]!
  return makeDraft({
    detector: 'fire-and-forget',
    severity: 'medium',
    confidence: confidenceOf({ tier: 'inferred', proven: true, repeats: group.length }),
    startNs: spans.startNs[row]!,
    endNs: spans.endNs[row]!,
    subject: { kind: 'task', name },
    culprit: culpritOf(
      { role: 'starts it', site: caller },
      [],
      group.map(item => item.row),
    ),
    victims: { count: group.length, totalWaitNs: 0, rows: group.map(item => item.root).slice(0, 50) },
    steps: [
      { atNs: spans.startNs[row]!, task, event: 'started', value: name, row },
      { atNs: spans.endNs[root]!, task, event: 'answered without awaiting it', value: '', row: root },
      { atNs: spans.endNs[row]!, task, event: 'failed', value: text.slice(0, 80), row },
    ],
    evidence: [
      fact('times this happened', group.length, '1'),
      fact('outlived its request by', lateNs, 'ns', row),
      ...(text === '' ? [] : [fact('error', text, '', row)]),
      limit(thresholds, 'siblingRunNs'),
    ],
    missing: ['Whether somebody catches the error after all: only a recorder sees who awaits what.'],
    marks: [{ kind: 'section', a: sectionOf(model, task, spans.startNs[row]!, spans.endNs[row]!) }],
    text: {
      title: `${name} was started by ${caller}, which answered without it, and failed ${duration(lateNs)} later, unseen${group.length > 1 ? `, ${count(group.length, 'time')}` : ''}${text === '' ? '' : ` (“${text.slice(0, 60)}”)`}`,
      rule: 'somebody awaits every task, or keeps it in a set that is drained',
      explainer:
        'The answer said that all is well, while part of the work was still under way. When that part failed there was nobody left to tell: no status, no retry, and what it should have done is missing.',
      remedy: {
        primitive: 'await it before the answer, or give it to a queue that tries again',
        why: 'Then its failure is the request’s, or somebody’s whose task it is to notice.',
      },
    },
  })
}
