/**
 * Which finding explains which: by blame where waiting is concerned, by a named mechanism where an event is.
 * Then the smallest set of causes that covers the symptoms, greedily; what stays uncovered is listed, never hidden.
 */
import type { Context } from '../detect/context.ts'
import type { Draft } from '../detect/detector.ts'
import type { Cause, DetectorId, Finding } from '../detect/finding.ts'
import type { Blame, Signature } from './blame.ts'

/** The part of all waiting that a finding must be blamed for to explain another. */
const majority = 0.5

/** `edges[i]` = findings that finding `i` explains. */
export type Explains = readonly (readonly number[])[]

export interface Explained {
  readonly edges: Explains
  /** `feedback[i]` = findings that finding `i` explains and that explain it in turn. */
  readonly feedback: Explains
}

/** Detectors whose findings are effects of something else whenever that something is known. */
const effects: ReadonlySet<DetectorId> = new Set([
  'pool-exhausted',
  'timer-drift',
  'late-heartbeat',
  'out-of-order',
  'lock-convoy',
  'missing-timeout',
  'retry-storm',
  'thundering-herd',
  'shutdown-audit',
  'fire-and-forget',
])

export function explainFindings(context: Context, drafts: readonly Draft[], blame: Blame): Explained {
  const edges: number[][] = drafts.map(() => [])
  for (let a = 0; a < drafts.length; a++) {
    for (let b = 0; b < drafts.length; b++) {
      if (a !== b && explains(context, blame, drafts[a]!, drafts[b]!)) edges[a]!.push(b)
    }
  }
  // Two that explain each other feed each other: the earlier one began it.
  const feedback: number[][] = drafts.map(() => [])
  for (let a = 0; a < drafts.length; a++) {
    const mutual = edges[a]!.filter(b => edges[b]!.includes(a))
    feedback[a] = mutual.filter(b => before(drafts[a]!, drafts[b]!, a, b))
    edges[a] = edges[a]!.filter(b => !mutual.includes(b) || feedback[a]!.includes(b))
  }
  return { edges, feedback }
}

const before = (a: Draft, b: Draft, i: number, j: number) =>
  a.startNs < b.startNs || (a.startNs === b.startNs && i < j)

const overlap = (a: Draft, b: Draft) => a.startNs <= b.endNs && b.startNs <= a.endNs

function explains(context: Context, blame: Blame, a: Draft, b: Draft): boolean {
  if (a.detector === b.detector || !effects.has(b.detector) || !overlap(a, b)) return false
  const sameResource = a.resource >= 0 && context.groupOf(a.resource) === context.groupOf(b.resource)
  switch (b.detector) {
    case 'pool-exhausted':
    case 'lock-convoy':
      if (
        sameResource &&
        (a.detector === 'leaked-hold' || a.detector === 'cancelled-holder' || a.detector === 'deadlock')
      )
        return true
      if (a.detector === 'retry-storm') return crowds(context, a, b)
      return blamedFor(context, blame, a, b) >= majority
    case 'late-heartbeat':
    case 'timer-drift':
      if (a.detector === 'loop-stall') return b.loop < 0 || a.loop === b.loop
      return a.detector === 'sequential-awaits' && blamedFor(context, blame, a, b) >= majority
    case 'missing-timeout':
      return (
        a.detector === 'deadlock' ||
        a.detector === 'leaked-hold' ||
        (a.detector === 'pool-exhausted' && sameResource)
      )
    case 'out-of-order':
      return (
        a.detector === 'fire-and-forget' || a.detector === 'sequential-awaits' || a.detector === 'loop-stall'
      )
    case 'retry-storm':
      // What a tick renews runs out when the ticks come late.
      if (a.detector === 'timer-drift') return saysExpired(b)
      return a.detector === 'pool-exhausted' || a.detector === 'leaked-hold' || a.detector === 'loop-stall'
    case 'shutdown-audit':
      return (
        a.detector === 'deadlock' ||
        a.detector === 'leaked-hold' ||
        a.detector === 'fire-and-forget' ||
        a.detector === 'cancelled-holder'
      )
    case 'fire-and-forget':
      return a.detector === 'failed-join' && shareTask(a, b)
    default:
      return false
  }
}

/** Most of those who wait for what `b` is about are attempts of storm `a`. */
function crowds(context: Context, storm: Draft, b: Draft): boolean {
  const { model } = context
  const attempts = new Set([...storm.culprit.rows, ...storm.victims.rows].map(row => model.taskOfSpan[row]!))
  const waits = context
    .waitsOfGroup()
    .overlapping(context.groupOf(b.resource), storm.startNs, storm.endNs)
    .map(index => model.waits[index]!)
  const crowding = waits.filter(({ task }) =>
    [task, model.tasks[task]?.parent ?? -1].some(one => one >= 0 && attempts.has(one)),
  )
  return crowding.length > 0 && crowding.length >= majority * waits.length
}

const saysExpired = (draft: Draft): boolean =>
  draft.evidence.some(
    entry => entry.label === 'error' && /expire|stale|outdated|no longer valid/i.test(String(entry.value)),
  )

const shareTask = (a: Draft, b: Draft) => {
  const rows = new Set([...a.culprit.rows, ...a.victims.rows])
  return [...b.culprit.rows, ...b.victims.rows].some(row => rows.has(row))
}

/** Part of the waiting on `b`'s resource or loop that is blamed on `a`. */
function blamedFor(context: Context, blame: Blame, a: Draft, b: Draft): number {
  const subject = b.resource >= 0 ? context.groupOf(b.resource) : b.loop
  const kind = b.resource >= 0 ? 'resource' : 'loop'
  let totalNs = 0
  let ns = 0
  for (const group of blame.groups) {
    if (group.victims.kind !== kind || group.victims.subject !== subject) continue
    totalNs += group.totalNs
    for (const row of group.rows) if (isSignatureOf(context, a, row.signature)) ns += row.ns
  }
  return totalNs > 0 ? ns / totalNs : 0
}

const takesAt = ({ culprit }: Draft, site: string): boolean =>
  site !== '' && culprit.places.some(place => place.site === site)

function isSignatureOf(context: Context, draft: Draft, signature: Signature): boolean {
  if (draft.loop >= 0 && signature.kind === 'slice')
    return signature.subject === draft.loop && signature.site === draft.culprit.site
  if (signature.kind === 'chain')
    return draft.detector === 'sequential-awaits' && draft.culprit.sites.includes(signature.site)
  // A ring waits for several resources, of which its finding names one: all of that waiting is its doing.
  if (signature.kind === 'cycle' && draft.detector === 'deadlock' && takesAt(draft, signature.site))
    return true
  if (draft.resource < 0 || signature.kind === 'slice' || signature.kind === 'unknown') return false
  if (signature.subject !== context.groupOf(draft.resource)) return false
  return signature.kind === 'cycle' || draft.culprit.sites.includes(signature.site)
}

/** Part of all waiting in the trace that a finding is to blame for; what another explains is blamed on that one. */
export function shareOf(
  context: Context,
  blame: Blame,
  drafts: readonly Draft[],
  edges: Explains,
  index: number,
): number {
  if (blame.totalNs <= 0 || edges.some(targets => targets.includes(index))) return 0
  const draft = drafts[index]!
  let ns = 0
  for (const group of blame.groups) {
    for (const row of group.rows) if (isSignatureOf(context, draft, row.signature)) ns += row.ns
  }
  return Math.min(1, ns / blame.totalNs)
}

/** Causes in order of how much they explain. `shares` and `edges` are by position in `findings`. */
export function findCauses(
  findings: readonly Finding[],
  edges: Explains,
  shares: readonly number[],
  feedback: Explains,
): Cause[] {
  const observed = findings
    .map((finding, index) => ({ finding, index }))
    .filter(entry => entry.finding.product === 'observed')
  const explained = new Set(edges.flat())
  const roots = observed.filter(
    ({ index }) => !explained.has(index) && !isLone(findings[index]!, edges[index]!),
  )
  const covered = new Set<number>()
  const causes: Cause[] = []
  const left = new Set(roots.map(root => root.index))
  const reached = new Map(roots.map(({ index }) => [index, reach(edges, index)]))
  while (left.size > 0) {
    // Explains most that is not explained yet; then the larger share; then the rank of the list.
    let best = -1
    let bestGain = -1
    for (const index of left) {
      const gain = reached.get(index)!.filter(target => !covered.has(target)).length
      if (
        gain > bestGain ||
        (gain === bestGain &&
          (shares[index]! > shares[best]! || (shares[index] === shares[best] && index < best)))
      ) {
        best = index
        bestGain = gain
      }
    }
    left.delete(best)
    const explains = reached.get(best)!
    for (const target of explains) covered.add(target)
    const unexplained = observed
      .filter(({ index }) => index !== best && !covered.has(index) && effects.has(findings[index]!.detector))
      .map(({ finding }) => finding.id)
    causes.push({
      finding: findings[best]!.id,
      explains: explains.map(index => findings[index]!.id),
      ...shareOfCause(shares, findings, explains, best),
      unexplained,
      feedback: [best, ...explains]
        .flatMap(index => feedback[index]!)
        .filter((index, at, all) => all.indexOf(index) === at)
        .map(index => findings[index]!.id),
    })
  }
  return causes
}

/** An effect without a known cause is a symptom, not a cause. */
const isLone = (finding: Finding, targets: readonly number[]) =>
  effects.has(finding.detector) &&
  targets.length === 0 &&
  finding.detector !== 'pool-exhausted' &&
  finding.detector !== 'fire-and-forget'

/** By blame where somebody waited; else by the part of the findings that it explains, itself included. */
function shareOfCause(
  shares: readonly number[],
  findings: readonly Finding[],
  explains: readonly number[],
  index: number,
): Pick<Cause, 'share' | 'shareOf'> {
  const byWait = shares[index]!
  if (byWait > 0) return { share: round(byWait), shareOf: 'wait' }
  const observed = findings.filter(finding => finding.product === 'observed').length
  return { share: round((explains.length + 1) / Math.max(1, observed)), shareOf: 'findings' }
}

const round = (value: number) => Math.round(value * 1000) / 1000

/** All that a finding explains, directly or over others. */
function reach(edges: Explains, from: number): number[] {
  const seen = new Set<number>([from])
  const stack = [from]
  while (stack.length > 0) {
    for (const next of edges[stack.pop()!]!) {
      if (seen.has(next)) continue
      seen.add(next)
      stack.push(next)
    }
  }
  seen.delete(from)
  return [...seen].sort((a, b) => a - b)
}
