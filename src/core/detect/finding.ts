/**
 * A finding as detectors make it: row indexes and numbers, with the sentences made by the detector's own `describe`.
 * `report/finding-json.ts` turns it into the contract's JSON; the app draws from the indexes.
 */
export type DetectorId =
  | 'lost-update'
  | 'check-then-act'
  | 'duplicate-operation'
  | 'overlapping-critical-section'
  | 'loop-stall'
  | 'pool-exhausted'
  | 'leaked-hold'
  | 'deadlock'
  | 'lock-order-inversion'
  | 'lock-convoy'
  | 'thundering-herd'
  | 'retry-storm'
  | 'sequential-awaits'
  | 'fire-and-forget'
  | 'cancelled-holder'
  | 'unbounded-queue'
  | 'timer-drift'
  | 'late-heartbeat'
  | 'out-of-order'
  | 'missing-timeout'
  | 'failed-join'
  | 'stuck-flag'
  | 'missing-await'
  | 'shutdown-audit'
  | 'clock-suspect'
  | 'import-loss'

/** Worst first. */
export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const
export type Severity = (typeof severities)[number]

/** Observed: it happened in this trace. Predicted: this trace shows that it can. Import: about the files themselves. */
export type Product = 'observed' | 'predicted' | 'import'

export interface Subject {
  readonly kind: 'resource' | 'key' | 'loop' | 'timer' | 'queue' | 'channel' | 'peer' | 'task' | 'service'
  /** Named as in the trace. */
  readonly name: string
}

export interface Finding {
  /** `F1`…: position in the ranked list; stable for the same input and options. */
  readonly id: string
  readonly detector: DetectorId
  readonly product: Product
  /** Impact only. */
  readonly severity: Severity
  /** Evidence only, 0…1. */
  readonly confidence: number
  /** The decisive interval: what the view flies to. */
  readonly startNs: number
  readonly endNs: number
  readonly subject: Subject
  /** Indexes into the model, -1 none. */
  readonly resource: number
  readonly key: number
  readonly loop: number
  readonly culprit: Culprit
  readonly victims: Victims
  /** The interleaving, at most 8, by time. */
  readonly steps: readonly Step[]
  readonly evidence: readonly Evidence[]
  readonly against: readonly Evidence[]
  /** Data that would settle it: one sentence each. */
  readonly missing: readonly string[]
  /** What to draw: outlined sections, overlaps, gaps. */
  readonly marks: readonly FindingMark[]
  readonly text: FindingText
  readonly explains: 'yes' | 'no' | 'partly'
  readonly defect: boolean
}

/** Sentences of a card, made late and in one place per detector. */
export interface FindingText {
  /** Who did what to whom, with a number. */
  readonly title: string
  /** The rule that was violated: `nothing held job:4521 between this read and this write`. */
  readonly rule: string
  /** Plain words for someone who never met this class of bug: two or three sentences. */
  readonly explainer: string
  readonly remedy: Remedy
}

export interface Remedy {
  /** `row lock + 409` */
  readonly primitive: string
  /** Why it is safe. */
  readonly why: string
  /** Re-simulated numbers, e.g. `{ waits: 0, peak: 1 }`; empty when there is no simulation. */
  readonly whatIf: Readonly<Record<string, number>>
}

export interface Culprit {
  /** Site of the acquire, access or slice: `auth.check (auth.ts:41)`; `''` unknown. */
  readonly site: string
  readonly sites: readonly string[]
  /** What happens where, in the order of the code: what to open in the editor. */
  readonly places: readonly Place[]
  /** Span rows. */
  readonly rows: readonly number[]
}

export interface Place {
  /** `reads`, `writes`, `acquires`, `buy waits for orders`. */
  readonly role: string
  readonly site: string
}

export interface Victims {
  readonly count: number
  readonly totalWaitNs: number
  /** Span rows: its task's span, else the waiting span. */
  readonly rows: readonly number[]
}

export interface Step {
  readonly atNs: number
  /** Task index in the model. */
  readonly task: number
  /** Short word: `read`, `write`, `acquired`, `timed out`. */
  readonly event: string
  readonly value: string
  /** Span row or -1. */
  readonly row: number
}

export interface Evidence {
  readonly label: string
  readonly value: number | string
  /** UCUM: `ns`, `{connection}`, `1`; `''` for text. */
  readonly unit: string
  /** Span row or -1. */
  readonly row: number
}

/** Something to draw for a finding when it is selected (and faintly when it is not). */
export type FindingMark =
  /** Two sections that overlap or nearly do; `gapNs` is the distance of the decisive accesses or starts. */
  | { readonly kind: 'overlap'; readonly a: Section; readonly b: Section; readonly gapNs: number }
  /** One outlined stretch in one lane. */
  | { readonly kind: 'section'; readonly a: Section }
  /** Who waits for whom, round: each waits for the next one, the last for the first. */
  | { readonly kind: 'ring'; readonly members: readonly Section[] }
  /** A band through all lanes. */
  | { readonly kind: 'band'; readonly startNs: number; readonly endNs: number; readonly loop: number }

/** A stretch of time of a task, hold or access pair; `task` and the finding's resource or key tell its lanes. */
export interface Section {
  readonly startNs: number
  readonly endNs: number
  readonly task: number
  /** Hold index or -1. */
  readonly hold: number
  readonly row: number
}

/** The stretches that a mark outlines; a band outlines none. */
export function sectionsOf(mark: FindingMark): readonly Section[] {
  switch (mark.kind) {
    case 'band':
      return []
    case 'section':
      return [mark.a]
    case 'overlap':
      return [mark.a, mark.b]
    case 'ring':
      return mark.members
  }
}

/** Something a detector looked at and found in order, with the number that clears it. */
export interface Cleared {
  readonly detector: DetectorId
  readonly subject: string
  readonly reason: string
}

/** What explains what: the smallest set of findings that covers the symptoms. */
export interface Cause {
  readonly finding: string
  readonly explains: readonly string[]
  /** Of all blamed waiting, or of the findings where nobody waited for it. */
  readonly share: number
  readonly shareOf: 'wait' | 'findings'
  readonly unexplained: readonly string[]
  /** Of those it explains, the ones that feed it in turn, as retries feed an overload: it goes on without what began it. */
  readonly feedback: readonly string[]
}

/** So much waiting of these is blamed on that one. */
export interface BlameCell {
  /** Who waited: for a resource or a loop, asked for at `site`. */
  readonly victims: { readonly kind: 'resource' | 'loop'; readonly name: string; readonly site: string }
  /**
   * A hold of a resource, a slice on a loop, a chain of awaits before a tick, a cycle of waiting, or nobody known. `name` is
   * that of the resource or loop, `site` the code.
   */
  readonly culprit: {
    readonly kind: 'hold' | 'slice' | 'chain' | 'cycle' | 'unknown'
    readonly name: string
    readonly site: string
  }
  readonly ns: number
  /** Of all waiting in the trace. */
  readonly share: number
}

export interface ChecklistItem {
  readonly item: string
  readonly state: 'found' | 'clean' | 'not-observable'
  readonly why: string
}

/** All that `analyze` concludes. */
export interface Analysis {
  /** Observed first, then predicted, then import; worst first: severity, share of blamed wait, confidence, time. */
  readonly findings: readonly Finding[]
  readonly cleared: readonly Cleared[]
  readonly causes: readonly Cause[]
  readonly checklist: readonly ChecklistItem[]
  /** Who blocked whom, most first; at most 50 cells. */
  readonly blame: readonly BlameCell[]
}

/** certain ≥ 0.9, likely ≥ 0.65, possible ≥ 0.35, else hint. */
export function confidenceWord(confidence: number): 'certain' | 'likely' | 'possible' | 'hint' {
  if (confidence >= 0.9) return 'certain'
  if (confidence >= 0.65) return 'likely'
  return confidence >= 0.35 ? 'possible' : 'hint'
}
