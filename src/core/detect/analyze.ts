/** Runs the detectors over one trace, ranks what they found and says what explains what. */
import { computeBlame } from '../blame/blame.ts'
import { explainFindings, findCauses, shareOf } from '../blame/causes.ts'
import { fillChecklist } from '../blame/checklist.ts'
import { blameMatrix } from '../blame/matrix.ts'
import { type Allowed, allowedBy } from '../config/config.ts'
import type { Model } from '../convention/model.ts'
import type { ImportReport } from '../import/import.ts'
import type { Store } from '../store/store.ts'
import { inferredCeiling } from './confidence.ts'
import { makeContext } from './context.ts'
import type { Draft, Need } from './detector.ts'
import {
  type Analysis,
  type Cleared,
  type DetectorId,
  type Finding,
  type Product,
  severities,
} from './finding.ts'
import { mergeSame } from './merge.ts'
import { detectors as all } from './registry.ts'
import type { Thresholds } from './thresholds.ts'

export interface AnalyzeOptions {
  /** Stops with the signal's reason. */
  readonly signal?: AbortSignal
  /** Only these; all by default. */
  readonly detectors?: readonly DetectorId[]
  readonly thresholds?: Partial<Thresholds>
  /** Findings that go to what was ruled out, with the reason given. */
  readonly allow?: readonly Allowed[]
}

const products: readonly Product[] = ['observed', 'predicted', 'import']

/**
 * Findings ranked and named (`F1` first), what was cleared, causes and the checklist.
 * The same input and options give the same result. Throws only the signal's reason.
 */
export function analyze(
  store: Store,
  model: Model,
  report: ImportReport,
  options: AnalyzeOptions = {},
): Analysis {
  const context = makeContext(store, model, report, {
    ...(options.signal && { signal: options.signal }),
    ...(options.thresholds && { thresholds: options.thresholds }),
  })
  const chosen = options.detectors ? all.filter(detector => options.detectors!.includes(detector.id)) : all
  const found: { draft: Draft; product: Product; order: number }[] = []
  const cleared: Cleared[] = []
  chosen.forEach((detector, order) => {
    context.checkpoint()
    // What can not be seen is told by the checklist, not among what was ruled out.
    if (missingNeeds(model, detector.needs).length > 0) return
    const { observed, predicted, ...rest } = detector.run(context)
    for (const draft of mergeSame(observed))
      found.push({ draft: capped(model, draft), product: 'observed', order })
    for (const draft of mergeSame(predicted)) found.push({ draft, product: 'predicted', order })
    for (const draft of rest.import ?? []) found.push({ draft, product: 'import', order })
    for (const one of rest.cleared) cleared.push(one)
  })
  const allowed = new Set<DetectorId>()
  const drafts = found.filter(({ draft }) => {
    const by = allowedBy(options.allow ?? [], draft)
    if (!by) return true
    allowed.add(draft.detector)
    const reason = `allowed by the config: ${by.reason} (${draft.text.title})`
    cleared.push({ detector: draft.detector, subject: draft.subject.name, reason })
    return false
  })
  context.checkpoint()
  const blame = computeBlame(context)
  const observed = drafts.filter(entry => entry.product === 'observed').map(entry => entry.draft)
  const { edges: explains, feedback: fed } = explainFindings(context, observed, blame)
  const shares = new Map(
    observed.map((draft, index) => [draft, shareOf(context, blame, observed, explains, index)]),
  )

  const ranked = drafts
    .map(entry => ({ ...entry, share: shares.get(entry.draft) ?? 0 }))
    .sort(
      (a, b) =>
        products.indexOf(a.product) - products.indexOf(b.product) ||
        severities.indexOf(a.draft.severity) - severities.indexOf(b.draft.severity) ||
        b.share - a.share ||
        b.draft.confidence - a.draft.confidence ||
        a.draft.startNs - b.draft.startNs ||
        a.order - b.order ||
        compareText(a.draft.subject.name, b.draft.subject.name) ||
        compareText(a.draft.culprit.site, b.draft.culprit.site),
    )
  const findings = ranked.map(
    (entry, index): Finding => ({ id: `F${index + 1}`, product: entry.product, ...entry.draft }),
  )

  const position = new Map(ranked.map((entry, index) => [entry.draft, index]))
  const ranksOf = (table: readonly (readonly number[])[]): number[][] => {
    const ranks: number[][] = findings.map(() => [])
    table.forEach((targets, from) => {
      ranks[position.get(observed[from]!)!] = targets
        .map(to => position.get(observed[to]!)!)
        .sort((a, b) => a - b)
    })
    return ranks
  }
  return {
    findings,
    cleared,
    causes: findCauses(
      findings,
      ranksOf(explains),
      ranked.map(entry => entry.share),
      ranksOf(fed),
    ),
    checklist: fillChecklist({
      findings,
      missing: needs => missingNeeds(model, needs),
      ran: new Set(chosen.map(detector => detector.id)),
      allowed,
      shutdownSeen: model.marks.some(mark => mark.kind === 'shutdown'),
      gaps: model.coverage.gaps,
    }),
    blame: blameMatrix(context, blame),
  }
}

/** A finding all of whose tasks were inferred is not certain. */
function capped(model: Model, draft: Draft): Draft {
  if (draft.confidence <= inferredCeiling) return draft
  const tasks = draft.steps.map(step => model.tasks[step.task]).filter(task => task !== undefined)
  const inferred = tasks.length > 0 && tasks.every(task => task.inferred && task.inferred.rule !== 'T0')
  return inferred ? { ...draft, confidence: inferredCeiling } : draft
}

/** Not by locale: the same on every machine. */
const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function missingNeeds(model: Model, needs: readonly Need[]): Need[] {
  const has: Record<Need, boolean> = {
    tasks: model.coverage.hasTasks,
    'slices or stalls': model.coverage.hasSlices || model.stalls.length > 0,
    holds: model.coverage.hasHolds,
    waits: model.coverage.hasHolds || model.waits.length > 0,
    accesses: model.coverage.hasAccesses,
    'holds or accesses': model.coverage.hasHolds || model.coverage.hasAccesses,
    awaits: model.coverage.hasAwaits,
    timers: model.ticks.length > 0,
    'requests or accesses': model.requests.length > 0 || model.coverage.hasAccesses,
    'messages or accesses': model.messages.length > 0 || model.coverage.hasAccesses,
    queues: model.queueItems.length > 0,
  }
  return needs.filter(need => !has[need])
}
