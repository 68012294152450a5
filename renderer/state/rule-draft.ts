import { createStore, type StoreApi } from 'zustand/vanilla'
import type { UserRule } from '../../src/core/convention/user-rule.ts'
import type { OpenTrace } from './trace.ts'

/** "Treat spans like this as …", while it is being made: what the lanes show meanwhile is a preview. */
export interface RuleDraft {
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
export function ruleOf({ name, service, role, resource, capacity }: RuleDraft): UserRule {
  const permits = Number(capacity)
  const aboutResource = role === 'hold' || role === 'wait'
  return {
    match: { ...(service !== '' && { service }), name: name || '*' },
    role,
    ...(resource !== '' && role !== 'plain' && role !== 'task' && role !== 'stall' && { resource }),
    // More than one at a time is no mutex.
    ...(aboutResource && permits > 1 && { type: 'pool' }),
    ...(aboutResource && Number.isInteger(permits) && permits > 0 && { capacity: permits }),
  }
}
