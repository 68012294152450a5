import { createStore, type StoreApi } from 'zustand/vanilla'
import type { UserRule } from '../../src/core/convention/user-rule.ts'
import type { OpenTrace } from './trace.ts'

/** "Treat spans like this as …", while it is being made: what the lanes show meanwhile is a preview. */
export interface RuleDraft {
  /** Place in the config of the rule that is edited, -1 for a new one. */
  readonly at: number
  /** What the editor has no field for stays as it is. */
  readonly was: UserRule | null
  /** Span that it began from. */
  readonly row: number
  /** Globs. */
  readonly name: string
  readonly service: string
  readonly role: UserRule['role']
  readonly resource: string
  /** As typed. */
  readonly capacity: string
}

export interface RuleDraftState {
  readonly draft: RuleDraft | null
  /** The trace without it. */
  readonly base: OpenTrace | null
  /** Spans that follow it; null while that is being found out. */
  readonly matched: number | null
}

export const noRuleDraft: RuleDraftState = { draft: null, base: null, matched: null }

export const createRuleDraftStore = (): StoreApi<RuleDraftState> =>
  createStore<RuleDraftState>(() => noRuleDraft)

/** As the config has it. */
export function ruleOf({ was, name, service, role, resource, capacity }: RuleDraft): UserRule {
  const permits = Number(capacity)
  const aboutResource = role === 'hold' || role === 'wait'
  return {
    match: { ...was?.match, service: service || undefined, name: name || '*' },
    role,
    ...(resource !== '' && role !== 'plain' && role !== 'task' && role !== 'stall' && { resource }),
    // More than one at a time is no mutex.
    ...(aboutResource && (was?.type ? { type: was.type } : permits > 1 && { type: 'pool' })),
    ...(aboutResource && Number.isInteger(permits) && permits > 0 && { capacity: permits }),
  }
}

export const draftOf = (row: number, at: number, rule: UserRule): RuleDraft => ({
  row,
  at,
  was: rule,
  name: rule.match.name ?? '*',
  service: rule.match.service ?? '',
  role: rule.role,
  resource: rule.resource ?? '',
  capacity: rule.capacity === undefined ? '' : String(rule.capacity),
})
