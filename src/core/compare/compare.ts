/**
 * Before and after, side by side. Findings are matched by signature; resources, loops, timers and tasks by name: exactly where both
 * recordings have the name, else without ids and numbers, so that `lock:job/1` and `lock:job/2` are one line.
 */
import { callNames } from '../convention/calls/client-calls.ts'
import { makeContext } from '../detect/context.ts'
import { type Finding, type Product, type Severity, severities } from '../detect/finding.ts'
import type { ImportReport } from '../import/import.ts'
import type { Session } from '../scene/scene.ts'
import { Kind, type Store, spanName, unixNano } from '../store/store.ts'
import { type Distribution, type Measures, measure, type Peak, type TimedKind } from './measures.ts'
import { signatureOf } from './signature.ts'
import { stableName } from './stable-name.ts'

/** One recording with what is known of it. */
export interface Recording {
  readonly session: Session
  readonly report: ImportReport
}

/** A finding as one of the two recordings has it. */
export interface ToldFinding {
  readonly id: string
  readonly severity: Severity
  readonly title: string
  readonly startUnixNano: string
  readonly victims: number
}

export interface ComparedFinding {
  readonly signature: string
  readonly detector: Finding['detector']
  readonly product: Product
  readonly subject: Finding['subject']
  readonly site: string
  /** Empty when new. */
  readonly before: readonly ToldFinding[]
  /** Empty when gone. */
  readonly after: readonly ToldFinding[]
  /**
   * Of a gone one: `subject-seen` when AFTER has what it was about, or who did it, so that its silence says something;
   * `subject-not-seen` when it has neither: fixed by taking it away, or simply not exercised.
   */
  readonly silence?: 'subject-seen' | 'subject-not-seen'
}

export interface Pair<Value> {
  /** null where the recording does not have it. */
  readonly before: Value | null
  readonly after: Value | null
}

export interface ComparedTimes extends Pair<Distribution> {
  readonly kind: TimedKind
  readonly name: string
}

export interface ComparedPeak extends Pair<Omit<Peak, 'name'>> {
  readonly name: string
}

export interface Comparison {
  readonly findings: {
    readonly gone: readonly ComparedFinding[]
    readonly new: readonly ComparedFinding[]
    readonly same: readonly ComparedFinding[]
  }
  readonly times: readonly ComparedTimes[]
  readonly peaks: readonly ComparedPeak[]
  readonly lockOrders: {
    readonly gone: readonly (readonly [held: string, asked: string])[]
    readonly new: readonly (readonly [held: string, asked: string])[]
  }
  /** What AFTER cannot show and BEFORE could: there, silence says nothing. */
  readonly notObservable: readonly string[]
}

/** O(n log n) in holds, waits and findings. The findings are those of the sessions; nothing is detected again. */
export function compareRecordings(before: Recording, after: Recording): Comparison {
  const one = contextOf(before)
  const two = contextOf(after)
  const rename = sharedNames(namesIn(before.session), namesIn(after.session))
  const first = measure(one, rename)
  const second = measure(two, rename)
  const all = matchFindings(before.session, after.session)
  return {
    findings: {
      gone: all.filter(each => each.after.length === 0),
      new: all.filter(each => each.before.length === 0),
      same: all.filter(each => each.before.length > 0 && each.after.length > 0),
    },
    times: pairs(first.times, second.times, ({ kind, name }) => `${kind} ${name}`).map(
      ({ before, after }) => {
        const { kind, name } = (before ?? after)!
        return { kind, name, before: before?.times ?? null, after: after?.times ?? null }
      },
    ),
    peaks: pairs(first.peaks, second.peaks, ({ name }) => name).map(({ before, after }) => ({
      name: (before ?? after)!.name,
      before: before && withoutName(before),
      after: after && withoutName(after),
    })),
    lockOrders: {
      gone: notIn(first.lockOrders, second.lockOrders),
      new: notIn(second.lockOrders, first.lockOrders),
    },
    notObservable: lostSight(before.session, after.session),
  }
}

/** What a gate fails on: a new finding about the program, at or above low. */
export const newProblems = ({ findings }: Comparison): readonly ComparedFinding[] =>
  findings.new.filter(
    ({ product, after }) => product !== 'import' && after.some(({ severity }) => severity !== 'info'),
  )

const contextOf = ({ session, report }: Recording) => makeContext(session.store, session.model, report)

function matchFindings(before: Session, after: Session): readonly ComparedFinding[] {
  const bySignature = new Map<string, { finding: Finding; before: ToldFinding[]; after: ToldFinding[] }>()
  for (const [session, side] of [
    [before, 'before'],
    [after, 'after'],
  ] as const) {
    for (const finding of session.analysis.findings) {
      const signature = signatureOf(session.store, finding)
      const entry = bySignature.get(signature) ?? { finding, before: [], after: [] }
      bySignature.set(signature, entry)
      entry[side].push(told(session, finding))
    }
  }
  const seen = subjectsIn(after)
  return [...bySignature].map(([signature, { finding, before, after }]) => ({
    signature,
    detector: finding.detector,
    product: finding.product,
    subject: finding.subject,
    site: finding.culprit.site,
    before,
    after,
    ...(after.length === 0 && {
      silence: [finding.subject.name, finding.culprit.site].some(name => seen.has(stableName(name)))
        ? ('subject-seen' as const)
        : ('subject-not-seen' as const),
    }),
  }))
}

const told = ({ store }: Session, finding: Finding): ToldFinding => ({
  id: finding.id,
  severity: finding.severity,
  title: finding.text.title,
  startUnixNano: unixNano(store, finding.startNs),
  victims: finding.victims.count,
})

/**
 * The times worth a person's look: everything about resources and loops, and timers and tasks only where the median or the
 * longest changed by a fifth and at least 5 ms. Largest change first within its kind.
 */
export function tellingTimes({ times }: Comparison): readonly ComparedTimes[] {
  const change = ({ before, after }: ComparedTimes): number => {
    const far = (a = 0, b = 0): number =>
      Math.abs(a - b) >= Math.max(5e6, 0.2 * Math.max(a, b)) ? Math.abs(a - b) : 0
    return Math.max(far(before?.p50Ns, after?.p50Ns), far(before?.maxNs, after?.maxNs))
  }
  return times
    .filter(each => change(each) > 0 || !['lateness', 'task'].includes(each.kind))
    .map((each, at) => ({ each, at }))
    .sort((a, b) => (a.each.kind === b.each.kind ? change(b.each) - change(a.each) : a.at - b.at))
    .map(({ each }) => each)
}

/** `db-pool held`, `session late`. */
export const timesName = ({ kind, name }: ComparedTimes): string => `${name} ${TIMES_WORD[kind]}`

const TIMES_WORD: Readonly<Record<TimedKind, string>> = {
  hold: 'held',
  wait: 'waited for',
  stall: 'stalled',
  lateness: 'late',
  task: 'took',
}

/** The worst severity a compared finding has on one side; null where it is not. */
export function worstOf(side: readonly ToldFinding[]): Severity | null {
  return severities.find(severity => side.some(each => each.severity === severity)) ?? null
}

/** Names of everything a finding can be about. */
function subjectsIn({ model, store }: Session): ReadonlySet<string> {
  const names = [
    ...model.resources.map(({ label }) => label),
    ...model.keys,
    ...model.loops.map(({ label }) => label),
    ...model.tasks.map(({ name }) => name),
    ...model.ticks.map(({ name }) => name),
    ...model.requests.flatMap(({ operation, entity }) => [operation, entity]),
    ...model.messages.flatMap(({ channel, receiver }) => [channel, receiver]),
    ...model.queueItems.map(({ queue }) => queue),
    ...store.processes.map(({ service }) => service),
    ...calledPeers(store),
  ]
  return new Set([...new Set(names)].map(stableName))
}

/** What clients called, by span name and by what a call is told apart by. */
function calledPeers(store: Store): ReadonlySet<string> {
  const { kind, count } = store.spans
  const callName = callNames(store)
  const out = new Set<string>()
  for (let row = 0; row < count; row++) {
    if (kind[row] === Kind.client) out.add(spanName(store, row)).add(callName(row))
  }
  return out
}

const namesIn = ({ model }: Session): ReadonlySet<string> =>
  new Set([
    ...[...model.resources, ...model.loops].map(({ label }) => label),
    ...[...model.tasks, ...model.ticks].map(({ name }) => name),
  ])

const sharedNames =
  (before: ReadonlySet<string>, after: ReadonlySet<string>) =>
  (name: string): string =>
    before.has(name) && after.has(name) ? name : stableName(name)

function pairs<Entry>(
  before: readonly Entry[],
  after: readonly Entry[],
  keyOf: (entry: Entry) => string,
): readonly Pair<Entry>[] {
  const first = new Map(before.map(entry => [keyOf(entry), entry]))
  const second = new Map(after.map(entry => [keyOf(entry), entry]))
  return [...new Set([...first.keys(), ...second.keys()])].map(key => ({
    before: first.get(key) ?? null,
    after: second.get(key) ?? null,
  }))
}

const withoutName = ({ name: _, ...numbers }: Peak): Omit<Peak, 'name'> => numbers

function notIn(
  orders: Measures['lockOrders'],
  others: Measures['lockOrders'],
): readonly (readonly [string, string])[] {
  const known = new Set(others.map(pair => pair.join('\n')))
  return orders.filter(pair => !known.has(pair.join('\n')))
}

function lostSight(before: Session, after: Session): readonly string[] {
  const could = new Set(
    before.analysis.checklist.filter(({ state }) => state !== 'not-observable').map(({ item }) => item),
  )
  return after.analysis.checklist
    .filter(({ item, state }) => state === 'not-observable' && could.has(item))
    .map(({ item, why }) => `${item}: ${why}`)
}
