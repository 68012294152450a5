/**
 * What an entry of the import report is, and which findings it touches: those whose culprits, victims or steps are spans
 * that the entry is about, or run in a process that it is about. Only detectors of order and overlap weigh clocks in
 * their confidence; of the rest this says where to look again.
 */
import { estimateClocks } from '../clock/estimate.ts'
import type { Finding } from '../detect/finding.ts'
import type { ImportIssue } from '../import/import.ts'
import { SpanFlag, type Store } from '../store/store.ts'
import { plural } from './quantity.ts'

export type IssueKind = 'lost' | 'repaired' | 'doubtful' | 'noted'

/** Losses cannot be undone, repairs were, doubts are about what was read as written, notes change nothing. */
const kinds: { readonly [code: string]: IssueKind } = {
  'truncated-tail': 'lost',
  'truncated-gzip': 'lost',
  'bad-line': 'lost',
  'bad-span': 'lost',
  'unknown-value': 'lost',
  'recorder-loss': 'lost',
  'dropped-by-producer': 'lost',
  'elided-value': 'lost',
  'partial-trace': 'lost',
  'empty-input': 'lost',
  'archive-member': 'noted',
  'no-spans': 'lost',
  'missing-parent': 'lost',
  'unresolved-link': 'lost',
  'notebook-entry': 'lost',
  'coarse-clock': 'doubtful',
  'clock-skew': 'doubtful',
  'clock-contradiction': 'doubtful',
  'unaligned-clock': 'doubtful',
  'imprecise-number': 'doubtful',
  'producer-warning': 'doubtful',
  'open-span': 'doubtful',
  'open-span-unknown': 'doubtful',
  'conflicting-span': 'doubtful',
  'line-without-time': 'doubtful',
  'late-scope': 'doubtful',
  'zone-assumed': 'doubtful',
  'unit-assumed': 'doubtful',
  'enum-name': 'noted',
  'base64-id': 'noted',
  'near-form': 'noted',
  'other-line': 'noted',
  'skipped-event': 'noted',
  'metrics-skipped': 'noted',
}

export const kindOfIssue = (code: string): IssueKind => kinds[code] ?? 'repaired'

/** Whether an entry is about some of a finding's rows. */
type Touches = (rows: readonly number[]) => boolean

/** By code of each issue that is about spans or processes: ids of the findings that it touches, worst first. */
export function importEffects(
  store: Store,
  findings: readonly Finding[],
  issues: readonly ImportIssue[],
): ReadonlyMap<string, readonly string[]> {
  const effects = new Map<string, readonly string[]>()
  const seen = findings.filter(({ product }) => product !== 'import')
  for (const { code } of issues) {
    const touches = touchedBy(store, code)
    if (!touches) continue
    effects.set(
      code,
      seen.filter(finding => touches(rowsOf(finding))).map(({ id }) => id),
    )
  }
  return effects
}

/** `touches 3 findings: F1, F2, F5`; `''` when there is none. */
export function effectText(ids: readonly string[] = []): string {
  if (ids.length === 0) return ''
  const some = ids.slice(0, 5).join(', ')
  const more = ids.length > 5 ? ` and ${ids.length - 5} more` : ''
  return `touches ${plural(ids.length, 'finding')}: ${some}${more}`
}

function touchedBy(store: Store, code: string): Touches | undefined {
  const { flags, process, parent } = store.spans
  const flagged =
    (flag: number): Touches =>
    rows =>
      rows.some(row => (flags[row]! & flag) !== 0)
  const running =
    (those: readonly boolean[]): Touches =>
    rows =>
      rows.some(row => those[process[row]!])
  /** A wrong clock matters only where instants of two processes are compared. */
  const compared =
    (those: readonly boolean[]): Touches =>
    rows =>
      running(those)(rows) && rows.some(row => process[row] !== process[rows[0]!])
  switch (code) {
    case 'missing-parent':
      return rows =>
        flagged(SpanFlag.orphan)(rows.flatMap(row => (parent[row]! < 0 ? [row] : [row, parent[row]!])))
    case 'end-before-start':
      return flagged(SpanFlag.endBeforeStart)
    case 'far-out-time':
      return flagged(SpanFlag.timeRepaired)
    case 'parent-cycle':
      return flagged(SpanFlag.cutCycle)
    case 'open-span-unknown':
      return flagged(SpanFlag.open)
    case 'coarse-clock':
      return flagged(SpanFlag.coarse)
    case 'recorder-loss':
      return running(store.processes.map(({ lost }) => lost > 0))
    case 'clock-skew':
      return compared(estimateClocks(store).offsets.map(({ suggestedNs }) => suggestedNs !== 0))
    case 'clock-contradiction':
      return compared(estimateClocks(store).offsets.map(({ contradictions }) => contradictions > 0))
    default:
      return undefined
  }
}

const rowsOf = (finding: Finding): readonly number[] =>
  [...finding.culprit.rows, ...finding.victims.rows, ...finding.steps.map(({ row }) => row)].filter(
    row => row >= 0,
  )
