import { callNames } from '../../convention/calls/client-calls.ts'
import { Kind } from '../../store/store.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, sectionOf, victimsOf } from '../drafting.ts'
import { unendedCalls } from '../unended.ts'
import { duration, fact, largest, limit, quantile, taskName } from '../words.ts'
import { silentServices } from './silent-service.ts'

/** A wait for the network far beyond what the same wait usually takes, with no deadline to end it. */
export const missingTimeout: Detector = {
  id: 'missing-timeout',
  // Awaits or calls of clients; of a call that never ended only the recorder tells.
  needs: ['tasks'],
  run(context: Context): Detected {
    const { model } = context
    const network = model.awaits.filter(
      entry =>
        entry.targetType === 'io' && entry.site !== '' && !patient.has(model.tasks[entry.task]?.type ?? ''),
    )
    const observed: Draft[] = []
    for (const group of groupBy(
      [
        ...network.map(entry => ({ ...entry, target: entry.targetId || entry.site })),
        ...clientCalls(context),
      ],
      entry => entry.site || entry.target,
    )) {
      const hung = find(context, group)
      if (hung.length > 0) observed.push(draft(context, group, hung))
    }
    const told = new Set(
      observed.flatMap(({ culprit }) => culprit.rows.map(row => context.store.spans.process[row]!)),
    )
    return { observed: [...observed, ...silentServices(context, told)], predicted: [], cleared: [] }
  },
}

/** Made to wait: streams, daemons, timers. */
const patient = new Set(['stream', 'background', 'timer'])
/** Without this many others of its kind nobody can say what is usual. */
const minOthers = 5

/** A wait for the network: an await, or a call that a client's instrumentation recorded. */
interface NetworkWait {
  readonly task: number
  readonly startNs: number
  readonly endNs: number
  readonly row: number
  readonly open: boolean
  readonly outcome: string
  readonly site: string
  readonly target: string
  /** Of a call that is not in the trace: what kind of request it must be in. */
  readonly within?: string
}

/** Brokers give a message that takes longer to somebody else. */
const handledNs = 30e9

/** Spans of kind CLIENT; a task that awaits one is patient only as long as nothing in it speaks to the network. */
function clientCalls(context: Context): NetworkWait[] {
  const { model, store, thresholds, requestOf } = context
  const { spans } = store
  // Nobody waits for who handles a message: a large one takes its time.
  const mayBeLong = (row: number): boolean => {
    const request = model.requests[requestOf(model.taskOfSpan[row]!)]
    return (
      request !== undefined &&
      spans.kind[request.row] === Kind.consumer &&
      spans.endNs[row]! - spans.startNs[row]! < handledNs
    )
  }
  const rows: number[] = []
  // What always was short needs no closer look.
  const longNames = new Set<number>()
  for (let row = 0; row < spans.count; row++) {
    if (spans.kind[row] !== Kind.client || model.roleOfSpan[row]! > 1) continue
    rows.push(row)
    if (spans.endNs[row]! - spans.startNs[row]! > thresholds.timeoutMinNs) longNames.add(spans.name[row]!)
  }
  // The process lived on long enough for them to be over.
  const unended = unendedCalls(context).filter(
    ({ process, sinceNs }) => store.processes[process]!.lastNs - sinceNs >= thresholds.timeoutMinNs,
  )
  for (const { exampleRow } of unended) longNames.add(spans.name[exampleRow]!)
  const nameOf = callNames(store)
  const out = unended.map(
    ({ lastRow, sinceNs, exampleRow, process }): NetworkWait => ({
      task: model.taskOfSpan[lastRow]!,
      startNs: sinceNs,
      endNs: store.processes[process]!.lastNs,
      row: lastRow,
      open: true,
      outcome: '',
      site: '',
      target: nameOf(exampleRow),
      within: taskName(model, model.taskOfSpan[exampleRow]!),
    }),
  )
  for (const row of rows) {
    const target = longNames.has(spans.name[row]!) ? nameOf(row) : ''
    if (target === '' || mayBeLong(row)) continue
    const task = model.taskOfSpan[row]!
    out.push({
      task,
      startNs: spans.startNs[row]!,
      endNs: spans.endNs[row]!,
      row,
      open: false,
      // A call that failed was ended by something, if not by its own deadline.
      outcome: spans.status[row] === 2 ? 'timeout' : 'resolved',
      site: '',
      target,
    })
  }
  return out
}

function find(context: Context, group: readonly NetworkWait[]): NetworkWait[] {
  const { thresholds } = context
  if (group.length <= minOthers) return []
  const lengths = group.map(entry => entry.endNs - entry.startNs).sort((a, b) => a - b)
  // The usual: without the slowest tenth, which may be the ones in question.
  const usual = lengths.slice(0, Math.max(minOthers, Math.floor(lengths.length * 0.9)))
  const limitNs = Math.max(thresholds.timeoutMinNs, thresholds.timeoutRatio * quantile(usual, 0.99))
  const hung = group.filter(
    entry =>
      entry.endNs - entry.startNs > limitNs && entry.outcome !== 'timeout' && entry.outcome !== 'cancelled',
  )
  const othersNs = largest(
    group.filter(entry => !hung.includes(entry)).map(entry => entry.endNs - entry.startNs),
    0,
  )
  return hung.filter(
    entry => entry.open || (entry.endNs - entry.startNs > apartRatio * othersNs && !hasDeadline(entry, hung)),
  )
}

/** Not far beyond the longest of the others, it is one of the slow ones: a tail of latencies goes on in steps of two or three. */
const apartRatio = 4

/** It ended after a round number of seconds, and so did another one: somebody's clock ended them, as in long polling. */
function hasDeadline(entry: NetworkWait, others: readonly NetworkWait[]): boolean {
  const lengthNs = entry.endNs - entry.startNs
  const roundNs = Math.round(lengthNs / deadlineStepNs) * deadlineStepNs
  const isRound = ({ startNs, endNs }: NetworkWait) =>
    Math.abs(endNs - startNs - roundNs) <= deadlineSlackRatio * roundNs
  return isRound(entry) && others.some(other => other !== entry && !other.open && isRound(other))
}

const deadlineStepNs = 5e9
const deadlineSlackRatio = 0.005

function draft(context: Context, group: readonly NetworkWait[], hung: readonly NetworkWait[]): Draft {
  const { model, thresholds } = context
  const worst = [...hung].sort((a, b) => b.endNs - b.startNs - (a.endNs - a.startNs))[0]!
  const lengthNs = worst.endNs - worst.startNs
  const usualNs = quantile(
    group.filter(entry => !hung.includes(entry)).map(entry => entry.endNs - entry.startNs),
    0.99,
  )
  return makeDraft({
    detector: 'missing-timeout',
    // Of a stream that is meant to stay open no more would be there.
    severity: worst.open && worst.within === undefined ? 'high' : 'medium',
    confidence: confidenceOf({
      tier: worst.within === undefined ? 'observed' : 'inferred',
      repeats: hung.length,
      completeness: worst.open ? 1 : 0.9,
    }),
    startNs: worst.startNs,
    endNs: worst.endNs,
    subject: { kind: 'peer', name: worst.target },
    culprit: culpritOf(
      { role: 'waits', site: worst.site || model.tasks[worst.task]?.site || worst.target },
      [],
      hung.map(entry => entry.row),
    ),
    victims: victimsOf(
      model,
      hung,
      hung.reduce((sum, entry) => sum + entry.endNs - entry.startNs, 0),
    ),
    steps: [
      {
        atNs: worst.startNs,
        task: worst.task,
        event: 'began to wait for',
        value: worst.target,
        row: worst.row,
      },
      {
        atNs: worst.endNs,
        task: worst.task,
        event: worst.open ? 'still waiting' : worst.outcome || 'resumed',
        value: `after ${duration(lengthNs)}`,
        row: worst.row,
      },
    ],
    evidence: [
      fact('waited', lengthNs, 'ns', worst.row),
      fact('99 % of such waits are over within', usualNs, 'ns'),
      fact('such waits compared with', group.length - hung.length, '{wait}'),
      limit(thresholds, 'timeoutRatio'),
      limit(thresholds, 'timeoutMinNs'),
    ],
    missing:
      worst.within === undefined
        ? []
        : ['The call itself and its request: a span is exported when it ends, and these never did.'],
    marks: [{ kind: 'section', a: sectionOf(model, worst.task, worst.startNs, worst.endNs) }],
    text: {
      title: `${worst.within ?? taskName(model, worst.task)} ${worst.open ? `was still waiting for ${worst.target} after ${duration(lengthNs)}, when the recording ended` : `waited ${duration(lengthNs)} for ${worst.target}`}; usually that takes ${duration(usualNs)}, and no deadline ended it`,
      rule: 'every wait for the network has a deadline',
      explainer:
        'A peer can be gone without saying so: a dead connection looks just like a slow one. Without a deadline one silent peer keeps its caller for ever, with all that the caller holds.',
      remedy: {
        primitive: 'a timeout on the call',
        why: 'The caller gets an error after a bounded time and can retry, skip the peer, or report.',
      },
    },
  })
}
