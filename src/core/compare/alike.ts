import type { Finding } from '../detect/finding.ts'
import { oncePer } from '../detect/once-per.ts'
import { count } from '../report/quantity.ts'
import { stableName } from './stable-name.ts'

/** What tells the defect of a finding, as detectors and the JSON have it alike. */
type Telling = Pick<Finding, 'id' | 'detector' | 'product' | 'subject'> & {
  readonly culprit: Pick<Finding['culprit'], 'site'>
}

/**
 * Findings by the defect they tell of: one detector at one line of code, on subjects that differ in ids alone. The
 * first of each group, the worst in the list's order, speaks for the others.
 *
 *     F1  duplicate-operation  row:orders/217  complete (jobs.ts:41) ─┬─ one defect, seen on two rows
 *     F3  duplicate-operation  row:orders/37   complete (jobs.ts:41) ─┘
 */
export function groupAlike<F extends Telling>(findings: readonly F[]): readonly (readonly [F, ...F[]])[] {
  const groups = new Map<string, [F, ...F[]]>()
  for (const finding of findings) {
    const { id, detector, product, subject, culprit } = finding
    // Without a place nothing says that it is the same code.
    const place = culprit.site || id
    const key = [product, detector, subject.kind, stableName(subject.name), place].join('\n')
    const group = groups.get(key)
    if (group) group.push(finding)
    else groups.set(key, [finding])
  }
  return [...groups.values()]
}

const groupById = oncePer(
  (findings: readonly Finding[]) =>
    new Map(groupAlike(findings).flatMap(group => group.map(({ id }) => [id, group] as const))),
)

/** All that tell of a finding's defect, itself among them. `findings` is the whole list of an analysis. */
export const alikeTo = (findings: readonly Finding[], { id }: Finding): readonly [Finding, ...Finding[]] =>
  groupById(findings).get(id)!

const MOST_NAMES = 3

/** `row:orders/37 (F3), row:orders/4 (F5) and 12 more`; `''` for none. */
export function alikeText(others: readonly Telling[]): string {
  const names = others.slice(0, MOST_NAMES).map(({ id, subject }) => `${subject.name} (${id})`)
  const rest = others.length - names.length
  return rest > 0 ? `${names.join(', ')} and ${count(rest)} more` : names.join(' and ')
}
