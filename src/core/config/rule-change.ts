import type { UserRule } from '../convention/user-rule.ts'

/** One change to the list of rules: the first that matches a span wins. */
export type RuleChange =
  /** Before all others, so that it wins. */
  | { readonly kind: 'add'; readonly rule: UserRule }
  | { readonly kind: 'replace'; readonly at: number; readonly rule: UserRule }
  | { readonly kind: 'remove'; readonly at: number }

export function changedRules(rules: readonly UserRule[], change: RuleChange): readonly UserRule[] {
  if (change.kind === 'add') return [change.rule, ...rules]
  return change.kind === 'remove' ? rules.toSpliced(change.at, 1) : rules.with(change.at, change.rule)
}
