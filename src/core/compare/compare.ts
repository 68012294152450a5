/**
 * Before and after, side by side. Findings are matched by signature; resources, loops and locks by name: exactly where both
 * recordings have the name, else without ids and numbers, so that `lock:job/1` and `lock:job/2` are one line.
 */
import { makeContext } from '../detect/context.ts'
import { type Finding, type Product, type Severity, severities } from '../detect/finding.ts'
import type { ImportReport } from '../import/import.ts'
import type { Session } from '../scene/scene.ts'
import { unixNano } from '../store/store.ts'
import { type Distribution, type Measures, measure, type ResourceMeasure } from './measures.ts'
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
   * Of a gone one: `subject-seen` when AFTER has what it was about, so that its silence says something; `subject-not-seen`
   * when it does not: fixed by taking it away, or simply not exercised.
   */
  readonly silence?: 'subject-seen' | 'subject-not-seen'
}

export interface Pair<Value> {
  /** null where the recording does not have it. */
  readonly before: Value | null
  readonly after: Value | null
}

export interface ComparedResource extends Pair<Omit<ResourceMeasure, 'name' | 'type'>> {
  readonly name: string
  readonly type: string
}

export interface ComparedLoop extends Pair<{ readonly stalls: Distribution }> {
  readonly name: string
}

export interface Comparison {
  readonly findings: {
    readonly gone: readonly ComparedFinding[]
    readonly new: readonly ComparedFinding[]
    readonly same: readonly ComparedFinding[]
  }
  readonly resources: readonly ComparedResource[]
  readonly loops: readonly ComparedLoop[]
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
    resources: pairs(first.resources, second.resources).map(({ name, before, after }) => ({
      name,
      type: (before ?? after)!.type,
      before: before && withoutName(before),
      after: after && withoutName(after),
    })),
    loops: pairs(first.loops, second.loops).map(({ name, before, after }) => ({
      name,
      before: before && { stalls: before.stalls },
      after: after && { stalls: after.stalls },
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
      silence: seen.has(stableName(finding.subject.name))
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
  ]
  return new Set([...new Set(names)].map(stableName))
}

const namesIn = ({ model }: Session): ReadonlySet<string> =>
  new Set([...model.resources, ...model.loops].map(({ label }) => label))

const sharedNames =
  (before: ReadonlySet<string>, after: ReadonlySet<string>) =>
  (name: string): string =>
    before.has(name) && after.has(name) ? name : stableName(name)

function pairs<Entry extends { readonly name: string }>(
  before: readonly Entry[],
  after: readonly Entry[],
): readonly ({ readonly name: string } & Pair<Entry>)[] {
  const first = new Map(before.map(entry => [entry.name, entry]))
  const second = new Map(after.map(entry => [entry.name, entry]))
  return [...new Set([...first.keys(), ...second.keys()])].map(name => ({
    name,
    before: first.get(name) ?? null,
    after: second.get(name) ?? null,
  }))
}

const withoutName = ({
  name: _,
  type: __,
  ...numbers
}: ResourceMeasure): Omit<ResourceMeasure, 'name' | 'type'> => numbers

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
