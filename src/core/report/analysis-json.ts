/**
 * `analyze --json`, version 1: the contract with scripts and CI. Fields are only added; a change of meaning bumps the
 * version and gets a line in `docs/format-changelog.md`.
 */
import type { Model } from '../convention/model.ts'
import {
  type Analysis,
  type BlameCell,
  type Cause,
  type ChecklistItem,
  type Cleared,
  confidenceWord,
  type DetectorId,
  type Evidence,
  type Finding,
  type Place,
  type Product,
  type Severity,
  type Subject,
} from '../detect/finding.ts'
import type { ImportInput, ImportIssue, ImportReport } from '../import/import.ts'
import type { Session } from '../scene/scene.ts'
import { hasFlag, SpanFlag, type Store, spanIdOf, spanName, traceIdOf, unixNano } from '../store/store.ts'
import { type IssueKind, importEffects, kindOfIssue } from './import-effects.ts'

export interface IssueJson extends ImportIssue {
  readonly kind: IssueKind
  /** Ids of the findings that rest on what it is about. */
  readonly findings: readonly string[]
}

export interface AnalysisJson {
  readonly version: 1
  readonly inputs: readonly ImportInput[]
  readonly trace: TraceJson
  readonly import: { readonly issues: readonly IssueJson[] }
  /** Observed first, then predicted, then import; worst first. */
  readonly findings: readonly FindingJson[]
  readonly cleared: readonly Cleared[]
  readonly causes: readonly Cause[]
  readonly checklist: readonly ChecklistItem[]
  /** Who blocked whom, most first. */
  readonly blame: readonly BlameCell[]
}

export interface TraceJson {
  readonly startUnixNano: string
  readonly endUnixNano: string
  readonly spans: number
  readonly services: number
  readonly tasks: number
  readonly resources: number
  readonly loops: number
  readonly openSpans: number
}

export interface SpanJson {
  readonly traceId: string
  readonly spanId: string
  readonly name: string
  readonly taskId: string
}

export interface EvidenceJson {
  readonly label: string
  readonly value: number | string
  readonly unit: string
  /** Left out for evidence that is no single span. */
  readonly spanId?: string
}

export interface FindingJson {
  readonly id: string
  readonly detector: DetectorId
  readonly product: Product
  readonly severity: Severity
  readonly confidence: number
  readonly confidenceWord: 'certain' | 'likely' | 'possible' | 'hint'
  readonly title: string
  readonly startUnixNano: string
  readonly endUnixNano: string
  readonly subject: Subject
  readonly resource: string | null
  readonly key: string | null
  readonly loop: string | null
  readonly culprit: {
    readonly site: string
    readonly sites: readonly string[]
    /** What happens where, in the order of the code. */
    readonly places: readonly Place[]
    readonly spans: readonly SpanJson[]
  }
  readonly victims: {
    readonly count: number
    readonly totalWaitNs: number
    readonly spans: readonly SpanJson[]
  }
  readonly steps: readonly {
    readonly atUnixNano: string
    readonly task: string
    readonly event: string
    readonly value: string
  }[]
  readonly evidence: readonly EvidenceJson[]
  readonly against: readonly EvidenceJson[]
  readonly missing: readonly string[]
  readonly rule: string
  readonly explainer: string
  readonly remedy: {
    readonly primitive: string
    readonly why: string
    readonly whatIf: Readonly<Record<string, number>>
  }
  readonly explains: 'yes' | 'no' | 'partly'
  readonly defect: boolean
}

const MOST_SPANS = 20
const MOST_STEPS = 8

export function analysisJson({ store, model, analysis }: Session, report: ImportReport): AnalysisJson {
  return {
    version: 1,
    inputs: report.inputs,
    trace: traceJson(store, model),
    import: { issues: issuesJson(store, analysis, report) },
    findings: analysis.findings.map(finding => findingJson(store, model, finding)),
    cleared: analysis.cleared,
    causes: analysis.causes,
    checklist: analysis.checklist,
    blame: analysis.blame,
  }
}

/** `check --json`: the import report alone. */
export function checkJson(
  { store, model, analysis }: Session,
  report: ImportReport,
): Omit<AnalysisJson, 'findings' | 'cleared' | 'causes' | 'checklist' | 'blame'> {
  return {
    version: 1,
    inputs: report.inputs,
    trace: traceJson(store, model),
    import: { issues: issuesJson(store, analysis, report) },
  }
}

function issuesJson(store: Store, { findings }: Analysis, { issues }: ImportReport): readonly IssueJson[] {
  const effects = importEffects(store, findings, issues)
  return issues.map(issue => ({
    ...issue,
    kind: kindOfIssue(issue.code),
    findings: effects.get(issue.code) ?? [],
  }))
}

export function traceJson(store: Store, model: Model): TraceJson {
  let openSpans = 0
  for (let row = 0; row < store.spans.count; row++) if (hasFlag(store, row, SpanFlag.open)) openSpans++
  return {
    startUnixNano: unixNano(store, 0),
    endUnixNano: unixNano(store, store.durationNs),
    spans: store.spans.count,
    services: new Set(store.processes.map(process => process.service)).size,
    tasks: model.tasks.length,
    resources: model.resources.length,
    loops: model.loops.length,
    openSpans,
  }
}

function findingJson(store: Store, model: Model, finding: Finding): FindingJson {
  const { text, culprit, victims } = finding
  const spans = (rows: readonly number[]): SpanJson[] =>
    rows.slice(0, MOST_SPANS).map(row => ({
      traceId: traceIdOf(store, row),
      spanId: spanIdOf(store, row),
      name: spanName(store, row),
      taskId: model.tasks[model.taskOfSpan[row]!]?.id ?? '',
    }))
  const evidence = ({ label, value, unit, row }: Evidence): EvidenceJson => ({
    label,
    value,
    unit,
    ...(row >= 0 ? { spanId: spanIdOf(store, row) } : {}),
  })
  return {
    id: finding.id,
    detector: finding.detector,
    product: finding.product,
    severity: finding.severity,
    confidence: Math.round(finding.confidence * 100) / 100,
    confidenceWord: confidenceWord(finding.confidence),
    title: text.title,
    startUnixNano: unixNano(store, finding.startNs),
    endUnixNano: unixNano(store, finding.endNs),
    subject: finding.subject,
    resource: model.resources[finding.resource]?.label ?? null,
    key: model.keys[finding.key] ?? null,
    loop: model.loops[finding.loop]?.label ?? null,
    culprit: { site: culprit.site, sites: culprit.sites, places: culprit.places, spans: spans(culprit.rows) },
    victims: {
      count: victims.count,
      totalWaitNs: Math.round(victims.totalWaitNs),
      spans: spans(victims.rows),
    },
    steps: finding.steps.slice(0, MOST_STEPS).map(({ atNs, task, event, value }) => ({
      atUnixNano: unixNano(store, atNs),
      task: taskName(model, task),
      event,
      value,
    })),
    evidence: finding.evidence.map(evidence),
    against: finding.against.map(evidence),
    missing: finding.missing,
    rule: text.rule,
    explainer: text.explainer,
    remedy: text.remedy,
    explains: finding.explains,
    defect: finding.defect,
  }
}

/** Name and id: `POST /api/jobs/complete #12`; names alone repeat. */
export function taskName(model: Model, task: number): string {
  const found = model.tasks[task]
  if (!found) return 'unknown task'
  return found.name && found.name !== found.id ? `${found.name} #${found.id}` : found.id
}
